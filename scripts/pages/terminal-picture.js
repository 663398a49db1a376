/**
 * A screen at a moment of a recording.
 * @typedef {{ readonly atMs: number, readonly lines: readonly string[] }} Frame
 */

const [fontSize, lineHeight, margin] = [13, 18, 16];
/** The width of a letter of a monospaced font, in parts of its size. */
const letterWidth = 0.602;
/** The time for which the end stays. */
const restMs = 8_000;

/**
 * Draws a recording as one SVG that plays by itself, in the colours of the reader. Without animation it shows the end.
 * @param {readonly Frame[]} frames
 * @param {{ readonly columns: number, readonly title: string }} options
 */
export function terminalPicture(frames, { columns, title }) {
  const rows = Math.max(...frames.map(({ lines }) => lines.length));
  const width = Math.ceil(columns * fontSize * letterWidth) + 2 * margin;
  const height = rows * lineHeight + 2 * margin;
  const last = frames.length - 1;
  const totalMs = (frames[last]?.atMs ?? 0) + restMs;
  const percent = (ms) => `${Number(((100 * ms) / totalMs).toFixed(2))}%`;
  const shows = frames.map(({ atMs }, index) => {
    const end = frames[index + 1]?.atMs;
    const from = atMs === 0 ? '0%{opacity:1}' : `0%{opacity:0}${percent(atMs)}{opacity:1}`;
    return `@keyframes f${index}{${from}${end === undefined ? '' : `${percent(end)}{opacity:0}`}}`;
  });
  const play = frames.map((_, index) => `.f${index}{animation-name:f${index}}`);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text{font:${fontSize}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;fill:#1f2328;white-space:pre}
.paper{fill:#f6f8fa;stroke:#d0d7de}.bold{font-weight:600}.red{fill:#cf222e}.green{fill:#116329}.yellow{fill:#7d4e00}.cyan{fill:#1b7c83}.gray{fill:#59636e}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.paper{fill:#0d1117;stroke:#30363d}.red{fill:#ff7b72}.green{fill:#3fb950}.yellow{fill:#d29922}.cyan{fill:#39c5cf}.gray{fill:#9198a1}}
g{opacity:0}.f${last}{opacity:1}
@media (prefers-reduced-motion:no-preference){g{animation:${totalMs}ms step-end infinite}${play.join('')}}
${shows.join('\n')}
</style>
<rect class="paper" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6"/>
${frames.map(({ lines }, index) => `<g class="f${index}">\n${lines.map(line).join('')}</g>`).join('\n')}
</svg>
`;
}

function line(text, index) {
  if (text === '') return '';
  const y = margin + (index + 1) * lineHeight - 5;
  const words = runsOf(text).map(({ classes, words: each }) =>
    classes === '' ? escaped(each) : `<tspan class="${classes}">${escaped(each)}</tspan>`,
  );
  return `<text x="${margin}" y="${y}">${words.join('')}</text>\n`;
}

const colours = { 31: 'red', 32: 'green', 33: 'yellow', 36: 'cyan', 90: 'gray' };

/** The pieces of a line that look alike, by the terminal's own codes. */
function runsOf(text) {
  const [first = '', ...rest] = text.split('\u001b[');
  const runs = [{ classes: '', words: first }];
  let [colour, bold] = ['', ''];
  for (const piece of rest) {
    const end = piece.indexOf('m');
    for (const code of piece.slice(0, end).split(';').map(Number)) {
      if (code === 0) [colour, bold] = ['', ''];
      else if (code === 1) bold = 'bold';
      else if (code === 22) bold = '';
      else if (code === 39) colour = '';
      else colour = colours[code] ?? colour;
    }
    runs.push({ classes: [colour, bold].filter(Boolean).join(' '), words: piece.slice(end + 1) });
  }
  return runs.filter(({ words }) => words !== '');
}

function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
