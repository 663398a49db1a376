import { join } from 'node:path';
import { generateDataset } from '../dist/job/datasets/generate-dataset.js';
import { Project } from './project.js';

const rows = Number(process.env.BENCH_ROWS ?? 3_000_000);

/** The seconds beyond those of the same job writing to nowhere, round by round. */
const beyond = (values, nowhere) => values.map((value, round) => value - nowhere[round]);

export const sink = {
  name: 'sink',
  title: 'sink to JDBC, seconds beyond writing nowhere',
  unit: 's',
  must: 0.5,
  aim: 0.25,
  async measure(lab) {
    const project = new Project(lab, { files: ['jobs', 'bench/sink.py'] });
    const input = join(project.folder, 'users.jsonl');
    // Without defects, so that both write the same rows: JDBC has no place for rejected ones.
    await generateDataset({ dataset: 'users', seed: 42, rows, defects: {}, path: input, signal: lab.signal });
    await lab.settle();
    const rounds = lab.rounds();
    // By turns within one application, which holds the numbers of rows to each other.
    const printed = await project.sparkctl(
      ...['submit', '--no-manifest', '--progress', 'quiet', '--master', 'local[2]', '--driver-memory', '4g'],
      ...['--packages', 'org.xerial:sqlite-jdbc:3.50.3.0'],
      ...['bench/sink.py', project.folder, String(rows), String(rounds), input],
    );
    const { results, commitRowsPerSecond } = JSON.parse(printed.trim().split('\n').at(-1));
    const compared = results.map(({ name, rows: loaded, nowhere, jdbc, sink: own }) => ({
      part: name,
      title: `sink to JDBC, ${name}`,
      stock: {
        what: `JDBC with coalesce(1), ${loaded.toLocaleString('en-US')} rows`,
        values: beyond(jdbc, nowhere),
      },
      ours: { what: 'the sink', values: beyond(own, nowhere) },
      raw: { nowhere, jdbc, sink: own },
    }));
    const commit = {
      part: 'commit',
      title: "the sink's commit alone",
      unit: 'rows/s',
      judged: 'ours',
      better: 'more',
      must: 1e6,
      aim: 1e6,
      ours: { what: 'publish', values: commitRowsPerSecond },
    };
    return [...compared, commit];
  },
};
