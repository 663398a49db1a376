import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { execa } from 'execa';

/** The browser's program, or undefined where there is none. */
export async function findChromium(): Promise<string | undefined> {
  for (const program of [process.env['CHROMIUM'], 'chromium', 'chromium-browser', 'google-chrome']) {
    if (program === undefined) continue;
    const { exitCode } = await execa(program, ['--version'], { reject: false });
    if (exitCode === 0) return program;
  }
  return undefined;
}

interface Looked {
  /** Whatever the page itself made the console say, such as a script or an image that was refused. */
  readonly console: readonly string[];
  /** Findings of axe: `impact id: element`. */
  readonly findings: readonly string[];
}

/** Shows a page in the browser as it is, and once more with axe in it. */
export async function lookAt(
  chromium: string,
  page: string,
  { dark = false, width = 1200 }: { readonly dark?: boolean; readonly width?: number } = {},
): Promise<Looked> {
  const folder = mkdtempSync(join(tmpdir(), 'sparkctl-look-'));
  try {
    const show = async (name: string, text: string) => {
      const path = join(folder, name);
      writeFileSync(path, text);
      return await execa(chromium, [
        ...['--headless', '--no-sandbox', '--disable-gpu', '--enable-logging=stderr', '--dump-dom'],
        ...[`--user-data-dir=${join(folder, 'profile')}`, `--window-size=${width},900`],
        ...[`--blink-settings=preferredColorScheme=${dark ? 0 : 1}`, '--virtual-time-budget=30000'],
        pathToFileURL(path).href,
      ]);
    };
    const { stderr } = await show('page.html', page);
    const { stdout } = await show('axe.html', withAxe(page));
    const found = /<pre id="axe-found">(.*?)<\/pre>/s.exec(stdout)?.[1];
    if (found === undefined) throw new Error('axe did not come to its end');
    return {
      console: stderr.split('\n').filter((line) => /:CONSOLE[:(]/.test(line)),
      findings: JSON.parse(decodeURIComponent(found)) as string[],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The page lets no script run, so the copy that axe looks at is without that rule. */
function withAxe(page: string): string {
  const script = axe.source.replaceAll('</script', '<\\/script');
  const run = `axe.run(document).then(({ violations }) => {
    const found = document.createElement('pre');
    found.id = 'axe-found';
    found.textContent = encodeURIComponent(JSON.stringify(violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html }) => impact + ' ' + id + ': ' + html))));
    document.body.append(found);
  });`;
  return page
    .replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, '')
    .replace('</body>', () => `<script>${script}</script><script>${run}</script></body>`);
}
