import { execFileSync } from 'node:child_process';
import { compare } from './compare.js';

const node = (...args) => execFileSync(process.execPath, args, { stdio: 'ignore' });

await compare(
  { name: 'sparkctl --help', run: () => node('bin/sparkctl.js', '--help') },
  { name: 'node -e 0', run: () => node('-e', '0') },
  { rounds: 21, goal: 2.5 },
);
