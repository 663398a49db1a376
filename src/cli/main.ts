import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { collectGarbage } from './collect-garbage.ts';
import { Outlet } from './outlet.ts';
import { runCli } from './run-cli.ts';

const terminals = [0, 1, 2].filter((file) => isatty(file));

const exitCode = await runCli(process.argv.slice(2), {
  workingFolder: process.cwd(),
  environment: process.env,
  stdout: new Outlet(process.stdout),
  stderr: new Outlet(process.stderr),
  onSignal: (signal, listener) => process.on(signal, listener),
  collectGarbage,
  exitNow: exit,
});
// Sockets that are kept alive for another request must not keep the process.
exit(exitCode);

/** At its end Node sets terminals back, and crashes over one that was closed meanwhile unless it is given up before. */
function exit(code: number): never {
  for (const terminal of terminals) if (!isatty(terminal)) closeSync(terminal);
  process.exit(code);
}
