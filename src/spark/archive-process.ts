import { setPriority } from 'node:os';
import { makeArchive } from './class-archive.ts';

// Nobody waits for it, so everything else on the machine goes first.
setPriority(19);
await makeArchive(JSON.parse(process.argv[2] ?? ''));
