/** The style sheet of a report. Light or dark as the reader's machine has it, and on paper light. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #56616d; --line: #dfe3e8; --paper: #ffffff; --card: #f6f7f9;
  --good: #16794a; --bad: #bb2a45; --warn: #94570a; --accent: #2259b8; --quarantine: #d9822b; --duplicate: #8a63c9; --filtered: #9aa4af;
  --c0: #3f7fd4; --c1: #2f9e8f; --c2: #d2902b; --c3: #8e6bd1; --c4: #c25f96; --c5: #7d9a3a; --c6: #9aa4af; --hot: #e8663c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #a0abb7; --line: #303841; --paper: #14181d;
  --card: #1b2128; --good: #4cc38a; --bad: #ff8090; --warn: #f0b061; --accent: #7db1ff; --quarantine: #f0a95b; --duplicate: #b497ec;
  --c0: #6aa3f0; --c1: #4cc4b2; --c2: #e8b155; --c3: #b497ec; --c4: #e08abb; --c5: #a6c25c; --c6: #6c7783; --hot: #ff8a5c; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 12px; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0 auto; max-width: 1120px; padding: 28px 20px 64px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 12px; top: 8px; background: var(--paper); padding: 4px 10px; z-index: 1; }
h1 { font-size: 26px; line-height: 1.3; margin: 0 0 2px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 40px 0 10px; }
p { margin: 6px 0; }
a { color: var(--accent); }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: 12.5px; overflow-wrap: anywhere; }
.soft { color: var(--soft); }
.state { display: inline-block; vertical-align: 4px; font-size: 14px; line-height: 1.6; padding: 1px 12px; border-radius: 999px; font-weight: 600;
  color: var(--paper); background: var(--bad); }
.state.good { background: var(--good); }
.message { border-left: 4px solid var(--bad); border-radius: 0 8px 8px 0; background: var(--card); padding: 10px 14px; margin: 14px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.traceback { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; margin: 14px 0; overflow-x: auto; white-space: pre-wrap; }
nav ul, .legend, .advice, .estimates { list-style: none; margin: 0; padding: 0; }
nav { border-block: 1px solid var(--line); margin-top: 22px; padding: 8px 0; font-size: 14px; }
nav ul { display: flex; flex-wrap: wrap; gap: 2px 18px; }
nav a { display: inline-block; padding: 3px 0; text-decoration: none; } nav a:hover { text-decoration: underline; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(148px, 1fr)); gap: 12px; margin-top: 16px; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; min-width: 0; }
.fact b { display: block; font-size: 21px; line-height: 1.35; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.fact span { color: var(--soft); font-size: 13px; overflow-wrap: anywhere; }
.advice li { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 10px 14px; margin-bottom: 8px; overflow-wrap: anywhere; }
.advice b { margin-right: 6px; }
.bar { display: flex; gap: 1px; height: 22px; border-radius: 6px; overflow: hidden; margin: 12px 0 6px; background: var(--line); }
.bar i { display: block; height: 100%; min-width: 3px; }
.loaded { background: var(--good); } .quarantined { background: var(--quarantine); }
.duplicates { background: var(--duplicate); } .filtered { background: var(--filtered); }
.swatch { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 7px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 13px; margin: 8px 0 14px; }
.legend li { overflow-wrap: anywhere; }
.scroll { overflow-x: auto; max-width: 100%; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
table.narrow { max-width: 760px; }
caption { text-align: left; color: var(--soft); font-size: 13px; padding-bottom: 4px; }
th { text-align: left; font-weight: 500; } thead th { color: var(--soft); font-size: 13px; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; min-width: 64px; }
thead th { overflow-wrap: normal; }
th.reason { padding-left: 34px; color: var(--soft); }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.detail { white-space: pre-wrap; } .name { white-space: nowrap; }
table.stages { min-width: 1000px; } table.stages th.stage { min-width: 220px; } th.stage span { color: var(--soft); font-size: 13px; }
.held { color: var(--good); } .failed { color: var(--bad); } .warned { color: var(--warn); } .skipped { color: var(--soft); } .note { color: var(--accent); }
.time { width: 30%; } .time div { height: 10px; border-radius: 3px; background: var(--accent); min-width: 2px; margin-top: 6px; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(380px, 100%), 1fr)); gap: 16px; margin-top: 16px; }
figure { margin: 0; min-width: 0; }
.pictures figure { max-width: 640px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px; }
figure img { width: 100%; height: auto; background: #fff; border-radius: 4px; }
.pictures figcaption { font-weight: 600; font-size: 14px; margin-bottom: 8px; overflow-wrap: anywhere; }
.chart { width: 100%; height: auto; } .grid { stroke: var(--line); } .tick { fill: var(--soft); font-size: 11px; }
.axis { fill: var(--soft); font-size: 12px; } .line { fill: none; stroke: var(--accent); stroke-width: 2; } .point { fill: var(--accent); }
.track { display: grid; grid-template-columns: 132px minmax(0, 1fr); gap: 12px; align-items: center; padding: 4px 0; border-bottom: 1px solid var(--line); }
.track .label { font-size: 13px; overflow-wrap: anywhere; } small { display: block; color: var(--soft); font-size: 12px; }
.track svg { display: block; width: 100%; } .marks path { fill: none; } .there { fill: var(--card); }
.ticks { position: relative; height: 20px; font-size: 12px; color: var(--soft); }
.ticks span { position: absolute; border-left: 1px solid var(--line); padding-left: 4px; white-space: nowrap; }
i.c0 { background: var(--c0); } i.c1 { background: var(--c1); } i.c2 { background: var(--c2); } i.c3 { background: var(--c3); }
i.c4 { background: var(--c4); } i.c5 { background: var(--c5); } i.c6 { background: var(--c6); } i.bad { background: var(--bad); }
.marks .c0 { stroke: var(--c0); } .marks .c1 { stroke: var(--c1); } .marks .c2 { stroke: var(--c2); } .marks .c3 { stroke: var(--c3); }
.marks .c4 { stroke: var(--c4); } .marks .c5 { stroke: var(--c5); } .marks .c6 { stroke: var(--c6); }
.marks .bad { stroke: var(--bad); } .marks .cut { stroke: var(--soft); } .marks .underline { stroke: var(--bad); stroke-width: 3; }
.area .c0 { fill: var(--c0); } .area .c1 { fill: var(--c1); }
.spread path { fill: none; stroke: var(--accent); } .spread .whisker { stroke: var(--soft); } .spread .box { stroke-width: 8; } .spread .middle { stroke: var(--ink); stroke-width: 2; }
.estimates { display: flex; flex-wrap: wrap; gap: 4px 22px; }
.plan ol { list-style: none; margin: 0; padding: 0; } .plan ol ol { margin: 4px 0 4px 8px; padding-left: 14px; border-left: 2px solid var(--line); }
.node { margin: 4px 0; border: 1px solid var(--line); border-left: 6px solid color-mix(in srgb, var(--hot) calc(var(--heat) * 100%), var(--line)); border-radius: 8px;
  background: color-mix(in srgb, var(--hot) calc(var(--heat) * 22%), var(--card)); padding: 5px 12px; overflow-wrap: anywhere; }
.node summary { cursor: pointer; } .node .soft { font-size: 13px; margin-left: 10px; color: var(--ink); } .node .ms { margin-left: 8px; font-variant-numeric: tabular-nums; }
.node p { font-size: 13px; } summary { cursor: pointer; padding: 2px 0; }
@media (max-width: 560px) { body { padding: 16px 14px 40px; } h1 { font-size: 22px; } .track { grid-template-columns: minmax(0, 1fr); gap: 2px; }
  .track .label { display: flex; justify-content: space-between; gap: 10px; } .facts { grid-template-columns: 1fr 1fr; } th.name { white-space: normal; } .time { display: none; } }
@media print { nav, .skip { display: none; } .scroll { overflow: visible; } section { break-inside: avoid-page; } }
`;
