/** The style sheet of a report. Light or dark as the reader's machine has it. */
export const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --soft: #5b6672; --line: #dfe3e8; --paper: #ffffff; --card: #f7f8fa;
  --good: #1a7f4b; --bad: #c4314b; --accent: #2563c9; --quarantine: #d9822b; --duplicate: #8a63c9; --filtered: #9aa4af; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ed; --soft: #9aa5b1; --line: #303841; --paper: #14181d;
  --card: #1b2128; --good: #4cc38a; --bad: #ff7a8a; --accent: #6ea8ff; --quarantine: #f0a95b; --duplicate: #b497ec; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 1040px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; }
h2 { font-size: 17px; margin: 36px 0 10px; }
p { margin: 6px 0; }
.soft { color: var(--soft); }
.state { display: inline-block; vertical-align: 3px; font-size: 14px; padding: 1px 12px; border-radius: 999px; font-weight: 600; color: #fff; background: var(--bad); }
.state.good { background: var(--good); }
.message { border-left: 4px solid var(--bad); background: var(--card); padding: 10px 14px; margin: 16px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-top: 16px; }
.fact { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; min-width: 0; }
.fact b { display: block; font-size: 21px; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.fact span { color: var(--soft); font-size: 13px; }
.bar { display: flex; height: 14px; border-radius: 7px; overflow: hidden; margin: 14px 0 6px; background: var(--line); }
.bar i { display: block; height: 100%; min-width: 2px; }
.loaded { background: var(--good); } .quarantined { background: var(--quarantine); }
.duplicates { background: var(--duplicate); } .filtered { background: var(--filtered); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 14px; }
.legend i { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 6px; }
table { width: 100%; border-collapse: collapse; font-size: 14px; }
th { text-align: left; color: var(--soft); font-weight: 500; font-size: 13px; }
th, td { padding: 6px 10px 6px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.detail { white-space: pre-wrap; } td.name { white-space: nowrap; }
.held { color: var(--good); } .failed { color: var(--bad); } .warned { color: var(--quarantine); } .skipped { color: var(--soft); }
.time { width: 34%; } .time div { height: 10px; border-radius: 3px; background: var(--accent); min-width: 2px; margin-top: 6px; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 13px; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(380px, 1fr)); gap: 16px; }
figure { margin: 0; max-width: 640px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px; min-width: 0; }
figure img { width: 100%; height: auto; background: #fff; border-radius: 4px; }
figcaption { font-weight: 600; font-size: 14px; margin-bottom: 8px; }
.chart { width: 100%; height: auto; } .grid { stroke: var(--line); } .tick { fill: var(--soft); font-size: 11px; }
.axis { fill: var(--soft); font-size: 12px; } .line { fill: none; stroke: var(--accent); stroke-width: 2; } .point { fill: var(--accent); }
a { color: var(--accent); }
@media (max-width: 460px) { .pictures { grid-template-columns: 1fr; } }
`;
