import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// Loaded with --import: the process then runs this file a second time, as the hooks of its modules.
if (isMainThread) register(import.meta.url);

/** Writes down every module that the process loads. */
export async function load(url, context, nextLoad) {
  appendFileSync(`${process.env.LOADED_MODULES}.${process.pid}`, `${url}\n`);
  return await nextLoad(url, context);
}
