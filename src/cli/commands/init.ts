import { relative } from 'node:path';
import { Command } from 'commander';
import { quoteForShell } from '../../operations/vocabulary.ts';
import { printable } from '../../system/errors/printable.ts';
import type { CommandContext } from '../cli-host.ts';

/** Loads what the action needs. */
async function load() {
  return {
    ...(await import('../../operations/init.ts')),
    ...(await import('./surroundings.ts')),
  };
}

/** `sparkctl init`. */
export function initCommand(context: CommandContext): Command {
  return new Command('init')
    .summary('make a project of two jobs and their tests')
    .description(
      'Writes a project that works: PySpark jobs with their manifests, data for them, and tests that run the jobs on a real\n' +
        'cluster. Files that are there are never overwritten: where one is, nothing is written (73).',
    )
    .argument('[folder]', 'where the project is to be; it is made where it is not there', '.')
    .option('--json', 'print JSON on stdout')
    .addHelpText('after', '\nExample:\n  sparkctl init demo && cd demo && npm install && npm test')
    .action(async (folder: string, values: { readonly json?: true }) => {
      const { initProject, print } = await load();
      const { workingFolder } = context.host;
      const made = await initProject(folder, workingFolder);
      print(context, values, { schemaVersion: 1, ...made }, () =>
        formatMade(relative(workingFolder, made.folder), made.files),
      );
    });
}

/** The files that were written, and the commands to type next. */
function formatMade(folder: string, files: readonly string[]): string {
  const next = ['npm install', 'npm test', 'npx sparkctl submit jobs/totals.py'];
  const lines = [
    `Made ${folder === '' ? 'a project here' : folder}:`,
    ...files.map((file) => `  ${file}`),
    'Next:',
    ...[...(folder === '' ? [] : [`cd ${quoteForShell([folder])}`]), ...next].map((words) => `  ${words}`),
  ];
  return printable(`${lines.join('\n')}\n`, 'lines');
}
