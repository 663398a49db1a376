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
// Sockets that are kept alive for another request must not keep the process.
process.exit(exitCode);

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
