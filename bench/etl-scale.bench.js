import { byTurns } from './compare.js';
import { NotMeasured } from './lab.js';
import { commandLineOf, descendantsOf, peakMemoryMb } from './machine.js';
import { Project } from './project.js';

const many = Number(process.env.BENCH_ROWS ?? 10_000_000);
const few = many / 10;

/** Often enough: the kernel keeps the highest value itself. */
const lookEveryMs = 200;

export const etlScale = {
  name: 'etl-scale',
  title: `jobs/etl.py, ${many.toLocaleString('en-US')} rows beside ${few.toLocaleString('en-US')}`,
  unit: 's',
  must: 1.1,
  aim: 1,
  /** @param {import('./lab.js').Lab} lab */
  async measure(lab) {
    if (process.platform !== 'linux') throw new NotMeasured('only Linux tells the peak of another process');
    const project = new Project(lab, { files: ['jobs'] });
    await project.up('default', { standby: false });
    const workers = (await project.status('default')).nodes
      .filter((/** @type {{ role: string }} */ { role }) => role === 'worker')
      .map((/** @type {{ id: string }} */ { id }) => Number(id));
    const peaks = { stock: /** @type {number[]} */ ([]), ours: /** @type {number[]} */ ([]) };
    const side = (/** @type {number} */ rows, /** @type {number[]} */ peaksOf) => ({
      what: `${rows.toLocaleString('en-US')} rows, a million of them`,
      run: async () => {
        const { phases, peak } = await submission(project, rows, workers);
        peaksOf.push(peak);
        return ms(phases) / 1000 / (rows / 1e6);
      },
    });
    const times = await byTurns(lab, {
      stock: side(few, peaks.stock),
      ours: side(many, peaks.ours),
      rounds: lab.rounds(1),
      warmUp: false,
    });
    return [
      {
        part: 'time',
        title: `time per row, ${many / 1e6} M to a tenth`,
        ...times,
      },
      {
        part: 'memory',
        title: "jobs/etl.py, a Python worker's peak memory",
        unit: 'MB',
        judged: 'ours',
        must: 400,
        aim: 400,
        stock: { what: times.stock.what, values: peaks.stock },
        ours: { what: times.ours.what, values: peaks.ours },
      },
    ];
  },
};

/**
 * Submits the job, and looks meanwhile how large the Python processes of the cluster's executors become.
 *
 * @param {Project} project @param {number} rows @param {readonly number[]} workers
 */
async function submission(project, rows, workers) {
  let peak = 0;
  const timer = setInterval(() => {
    for (const pid of workers.flatMap(descendantsOf).filter(isPythonWorker))
      peak = Math.max(peak, peakMemoryMb(pid) ?? 0);
  }, lookEveryMs);
  try {
    const words = ['--no-standby', '--skip-checks', '--rows', String(rows), 'jobs/etl.py'];
    const record = JSON.parse(await project.sparkctl('submit', '--json', ...words));
    const { state, accounting, phases } = record;
    if (state !== 'succeeded' || accounting.read !== rows)
      throw new Error(`${state}, ${accounting?.read} rows read`);
    if (!(peak > 20)) throw new Error(`a peak of ${peak} MB cannot be`);
    return { phases, peak };
  } finally {
    clearInterval(timer);
  }
}

/** @param {number} pid */
const isPythonWorker = (pid) => commandLineOf(pid).includes('pyspark.daemon');

/** @param {readonly { id: string, durationMs: number }[]} phases */
function ms(phases) {
  const found = phases.find(({ id }) => id === 'submit')?.durationMs;
  if (!(Number(found) > 0)) throw new Error('the record has no phase of the driver');
  return Number(found);
}
