import { Command } from 'commander';
import { sparkctlVersion } from '../system/package.ts';
import type { CliHost, CommandContext } from './cli-host.ts';
import { checkCommand } from './commands/check.ts';
import { clusterCommand } from './commands/cluster.ts';
import { completeCommand, completionCommand } from './commands/completion.ts';
import { doctorCommand } from './commands/doctor.ts';
import { envCommand } from './commands/env.ts';
import { generateCommand } from './commands/generate.ts';
import { initCommand } from './commands/init.ts';
import { keepClusterCommand } from './commands/keep-cluster.ts';
import { runsCommand } from './commands/runs.ts';
import { submitCommand } from './commands/submit.ts';
import { takeUpRunCommand } from './commands/take-up-run.ts';

/** The whole command line. Commands load what they need only when they run, so that help costs nothing. */
export function buildProgram(context: CommandContext): Command {
  const program = new Command('sparkctl')
    .description('From a PySpark script to a verified result with one command, on real Apache Spark.')
    .version(sparkctlVersion, '-V, --version', 'version of sparkctl')
    .enablePositionalOptions()
    .addHelpText(
      'after',
      `
Examples:
  sparkctl submit jobs/etl.py                 a verified table from nothing
  sparkctl submit my_script.py a b --c        any PySpark script, as under spark-submit
  sparkctl init demo                          a project of two jobs and their tests
  sparkctl cluster up --workers 3             a cluster that stays
  sparkctl runs show                          what became of the last run
  sparkctl check jobs/etl.yaml                whether its table still holds
  sparkctl doctor                             whether jobs can run here

Exit codes: the script's own; 0 verified, 64 usage, 65 a check failed, 66 no input, 69 no cluster, Java or Python,
70 a defect, 73/74 output, 75 try again, 77 permission, 78 manifest, 124 timeout, 130/143 Ctrl-C/SIGTERM`,
    );
  for (const make of [
    submitCommand,
    initCommand,
    clusterCommand,
    runsCommand,
    checkCommand,
    generateCommand,
    doctorCommand,
    envCommand,
    completionCommand,
  ])
    program.addCommand(make(context));
  program.addCommand(
    completeCommand(context, () => program),
    { hidden: true },
  );
  program.addCommand(keepClusterCommand(context), { hidden: true });
  program.addCommand(takeUpRunCommand(context), { hidden: true });
  silence(program, context.host);
  return program;
}

/** Help goes to stdout, also where a word that must follow is missing; mistakes are thrown and told in one place. */
function silence(command: Command, host: CliHost): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => host.stdout.write(text),
    writeErr: (text) => host.stdout.write(text),
    outputError: () => {},
  });
  for (const child of command.commands) silence(child, host);
}
