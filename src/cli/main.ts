import { runCli } from './run-cli.ts';

// A reader that has seen enough, such as `| head -1`, closes our stdout: the run goes on, what is printed is dropped.
process.stdout.on('error', ignoreClosedPipe);
process.stderr.on('error', ignoreClosedPipe);

const exitCode = await runCli(process.argv.slice(2), {
  workingFolder: process.cwd(),
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal: (signal, listener) => process.on(signal, listener),
  exitNow: (code) => process.exit(code),
});
// Whoever reads slowly gets all of it before the process ends.
await Promise.all([process.stdout, process.stderr].map(written));
// Sockets that are kept alive for another request must not keep the process.
process.exit(exitCode);

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** Settles once everything that was written to a stream is on its way, or nobody takes it any more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('close', resolve);
    if (stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
