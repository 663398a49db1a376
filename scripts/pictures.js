// Records a real terminal while `sparkctl submit jobs/etl.py` runs in it, and draws docs/terminal.svg: `npm run pictures`. Needs tmux.
import { cpSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { terminalPicture } from './pages/terminal-picture.js';

const repository = fileURLToPath(new URL('..', import.meta.url));
const columns = 124;
const command = 'sparkctl submit jobs/etl.py';
const lookEveryMs = 200;
/** A picture of a minute is not looked at to its end: so long may the recording be, and so many screens may it show. */
const [mostMs, mostFrames] = [16_000, 24];

const project = realpathSync(mkdtempSync(join(tmpdir(), 'sparkctl-picture-')));
cpSync(join(repository, 'jobs'), join(project, 'jobs'), { recursive: true });
try {
  const frames = thinned(await recorded());
  const title = `A terminal: ${command} ends with a verified table`;
  writeFileSync(join(repository, 'docs/terminal.svg'), terminalPicture(frames, { columns, title }));
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** Every screen that was seen, with its time. */
async function recorded() {
  const tmux = async (...words) =>
    (await execa('tmux', ['-L', `sparkctl-picture-${process.pid}`, ...words])).stdout;
  const size = ['-x', String(columns), '-y', '34'];
  // As at a person's own prompt, whatever calls this.
  const program = `env -u CI -u NO_COLOR -u FORCE_COLOR '${process.execPath}' '${join(repository, 'bin/sparkctl.js')}' ${command.replace('sparkctl ', '')}`;
  await tmux(
    '-f',
    '/dev/null',
    'new-session',
    '-d',
    ...size,
    '-c',
    project,
    `echo '$ ${command}'; ${program}; echo exit $?; sleep 600`,
  );
  const frames = [];
  const began = performance.now();
  try {
    for (;;) {
      const lines = (await tmux('capture-pane', '-p', '-e')).split('\n').map((line) => line.trimEnd());
      const shown = lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
      const exit = shown.at(-1)?.match(/^exit (\d+)$/);
      const screen = exit ? shown.slice(0, -1) : shown;
      if (screen.join('\n') !== frames.at(-1)?.lines.join('\n'))
        frames.push({ atMs: performance.now() - began, lines: screen });
      if (exit?.[1] === '0') return frames;
      if (exit) throw new Error(`the run ended with exit code ${exit[1]}:\n${screen.join('\n')}`);
      await pause(lookEveryMs);
    }
  } finally {
    await tmux('kill-server');
  }
}

/** The fullest screen of each of a few spans of the time, and the last one in any case, in a time that a reader gives it. */
function thinned(frames) {
  const last = frames.at(-1);
  const spanOf = ({ atMs }) => Math.floor((atMs / last.atMs) * mostFrames);
  const fullest = new Map();
  for (const frame of frames) {
    const before = fullest.get(spanOf(frame));
    if (before === undefined || frame.lines.length > before.lines.length) fullest.set(spanOf(frame), frame);
  }
  const scale = Math.min(1, mostMs / last.atMs);
  return [...new Set([...fullest.values(), last])].map(({ atMs, lines }, index) => ({
    atMs: index === 0 ? 0 : Math.round(atMs * scale),
    lines,
  }));
}
