import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { generateDataset } from '../dist/job/datasets/generate-dataset.js';
import { byTurns } from './compare.js';
import { repository } from './lab.js';

const rows = Number(process.env.BENCH_ROWS ?? 1_000_000);
const fakerRows = 20_000;

/** Counts the lines of a file that was generated. */
async function mustHaveLines(path, wanted) {
  let lines = 0;
  for await (const piece of createReadStream(path)) for (const byte of piece) if (byte === 10) lines += 1;
  if (lines !== wanted) throw new Error(`${path} has ${lines} lines instead of ${wanted}`);
}

/** A virtual environment with Python's Faker alone, pinned. */
async function pythonWithFaker(lab) {
  const venv = join(lab.folder(), 'venv');
  await lab.run('python3', ['-m', 'venv', venv]);
  const python = join(venv, 'bin/python');
  const pip = ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--only-binary', ':all:'];
  await lab.run(python, [...pip, '-r', join(repository, 'bench/faker.txt')]);
  return python;
}

export const generation = {
  name: 'generation',
  title: `generation of ${rows.toLocaleString('en-US')} rows with defects`,
  unit: 'rows/s',
  better: 'more',
  must: 40,
  aim: 60,
  async measure(lab) {
    const folder = lab.folder();
    const python = await pythonWithFaker(lab);
    const { dataset } = parse(readFileSync(join(repository, 'jobs/etl.yaml'), 'utf8'));
    let round = 0;
    const faker = async (...more) => {
      const path = join(folder, 'faker.jsonl');
      const words = [join(repository, 'bench/faker_rows.py'), String(fakerRows), path, ...more];
      const seconds = Number(await lab.run(python, words));
      await mustHaveLines(path, fakerRows);
      return fakerRows / seconds;
    };
    const compared = await byTurns(lab, {
      stock: {
        what: `Python Faker, ${fakerRows.toLocaleString('en-US')} rows of the same columns without defects`,
        run: () => faker(),
      },
      ours: {
        what: "sparkctl, the manifest's dataset",
        run: async () => {
          round += 1;
          const { name, seed, defects } = dataset;
          const path = join(folder, `users-${round}.jsonl`);
          const began = performance.now();
          const { ledger } = await generateDataset({
            dataset: name,
            seed,
            rows,
            defects,
            path,
            signal: lab.signal,
          });
          const seconds = (performance.now() - began) / 1000;
          if (ledger.rows !== rows) throw new Error(`the ledger says ${ledger.rows} rows`);
          await mustHaveLines(path, rows);
          return rows / seconds;
        },
      },
      rounds: lab.rounds(),
    });
    const fast = Math.round(await faker('--no-weights')).toLocaleString('en-US');
    return {
      ...compared,
      notes: [`Python Faker without weights (use_weighting=False) makes ${fast} rows/s`],
    };
  },
};
