// Side by side in one run, as ratios: `npm run bench [name]`. Absolute times drift from machine to machine; ratios tell.
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const wanted = process.argv[2];
const names = readdirSync(new URL('.', import.meta.url))
  .filter((file) => file.endsWith('.bench.js'))
  .map((file) => file.replace('.bench.js', ''))
  .filter((name) => wanted === undefined || name === wanted);

for (const name of names) {
  console.log(`\n${name}`);
  execFileSync(process.execPath, [new URL(`${name}.bench.js`, import.meta.url).pathname], {
    stdio: 'inherit',
  });
}
