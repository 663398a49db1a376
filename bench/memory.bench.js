import { readlinkSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { waitUntil } from '../dist/system/processes/wait-until.js';
import { byTurns } from './compare.js';
import { failure, NotMeasured } from './lab.js';
import { descendantsOf, peakMemoryMb } from './machine.js';
import { Project } from './project.js';

const many = Number(process.env.BENCH_ROWS ?? 10_000_000);
const few = 100_000;

/** The bytes on the disk that a row takes at most: its line, its row in the table, in a shard and in a journal. */
const bytesOfRow = 1_000;

/** The peak of any of sparkctl's Node processes during a submission: its own, threads included, and that of the checks. */
async function peakOf(project, rows) {
  const { lab, folder, program } = project;
  const words = [program, 'submit', '--json', '--rows', String(rows), 'jobs/etl.py'];
  const running = lab.start(process.execPath, words, { cwd: folder, marked: false });
  const node = readlinkSync(`/proc/${process.pid}/exe`);
  const isNode = (pid) => {
    try {
      return readlinkSync(`/proc/${pid}/exe`) === node;
    } catch {
      return false;
    }
  };
  let peak = 0;
  let ended = false;
  const result = running.finally(() => {
    ended = true;
  });
  const look = () => {
    // The kernel keeps the highest value itself, so that only the last moments of a process can be missed.
    for (const pid of [running.pid, ...descendantsOf(running.pid).filter(isNode)])
      peak = Math.max(peak, peakMemoryMb(pid) ?? 0);
    return ended || undefined;
  };
  await waitUntil(look, { timeoutMs: 60 * 60_000, intervalMs: 20 });
  const outcome = await result;
  lab.signal.throwIfAborted();
  if (outcome.failed) throw failure(outcome);
  const { state, accounting } = JSON.parse(outcome.stdout);
  if (state !== 'succeeded' || accounting.read !== rows)
    throw new Error(`${state}, ${accounting.read} rows read`);
  if (!(peak > 20)) throw new Error(`a peak of ${peak} MB cannot be`);
  return peak;
}

export const memory = {
  name: 'memory',
  title: `Node's peak memory, ${many / 1e6} M rows to 100,000`,
  unit: 'MB',
  must: 1.2,
  aim: 1.05,
  async measure(lab) {
    if (process.platform !== 'linux') throw new NotMeasured('only Linux tells the peak of another process');
    const project = new Project(lab, { files: ['jobs'] });
    const { bavail, bsize } = await statfs(project.folder);
    if (bavail * bsize < many * bytesOfRow) throw new NotMeasured('there is too little room on the disk');
    await project.up('default', { standby: true });
    return await byTurns(lab, {
      stock: { what: `${few.toLocaleString('en-US')} rows`, run: () => peakOf(project, few) },
      ours: { what: `${many.toLocaleString('en-US')} rows`, run: () => peakOf(project, many) },
      rounds: lab.rounds(1),
      warmUp: false,
    });
  },
};
