import { runCommand } from '../system/processes/run-command.ts';

/** Shows a page in this machine's browser. False where there is none that could be asked, as on a server. */
export async function openLink(
  url: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  // Without a display xdg-open would take a text browser into the terminal.
  if (process.platform === 'linux' && !environment['DISPLAY'] && !environment['WAYLAND_DISPLAY'])
    return false;
  const { exitCode } = await runCommand(opener, [url], { environment, timeoutMs: 10_000 });
  return exitCode === 0;
}
