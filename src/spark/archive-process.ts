import { setPriority } from 'node:os';
import { makeArchive } from './class-archive.ts';

// Nobody waits for it, so everything else on the machine goes first; with the lowest priority it would never end on a busy one.
setPriority(10);
await makeArchive(JSON.parse(process.argv[2] ?? ''));
