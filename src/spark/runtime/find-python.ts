import { constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { z } from 'zod';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { canAccess } from '../../system/files/read-file.ts';
import { parseJson } from '../../system/files/read-json.ts';
import { runCommand } from '../../system/processes/run-command.ts';
import { describePassedOver, type PassedOver } from './candidate.ts';

/** The oldest Python that pyspark 4.3 installs on. */
const oldest = { major: 3, minor: 11 };

export interface Python {
  /** The interpreter itself, shims and links resolved. */
  readonly executable: string;
  readonly version: string;
}

const names = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python'];

const probe = `
import json, sys
try:
    import ensurepip, venv
    missing = None
except ImportError as error:
    missing = error.name
print(json.dumps({"executable": sys.executable, "version": sys.version.split()[0], "missing": missing}))
`;

/** Finds a Python from which the managed runtime can be made: SPARKCTL_PYTHON, then the usual names on PATH. */
export async function findPython(environment: Readonly<Record<string, string | undefined>>): Promise<Python> {
  const passedOver: PassedOver[] = [];
  for await (const { place, file } of candidates(environment)) {
    const { exitCode, stdout } = await runCommand(file, ['-c', probe], { environment, timeoutMs: 20_000 });
    const found = exitCode === 0 ? parse(stdout) : undefined;
    if (found === undefined) passedOver.push({ place, reason: 'does not run' });
    else if (isOlder(found.version))
      passedOver.push({
        place,
        reason: `version ${found.version} is older than ${oldest.major}.${oldest.minor}`,
      });
    else if (found.missing !== null)
      passedOver.push({ place, reason: `version ${found.version} has no module ${found.missing}` });
    else return { executable: found.executable, version: found.version };
  }
  const noVenv = passedOver.some(({ reason }) => reason.includes('has no module'));
  throw new SparkctlError({
    code: noVenv ? 'no-python-venv' : 'no-python',
    category: 'runtime',
    message:
      `No Python ${oldest.major}.${oldest.minor} or newer that can make virtual environments was found. Looked at:` +
      (passedOver.length === 0 ? '\n  PATH: no python3 in it' : describePassedOver(passedOver)),
    hint: noVenv
      ? 'Install the missing part (Debian and Ubuntu: apt install python3-venv) or set SPARKCTL_PYTHON to another Python.'
      : 'Install one (Debian: apt install python3 python3-venv, macOS: brew install python@3.12) or set SPARKCTL_PYTHON to it.',
    details: { passedOver },
  });
}

async function* candidates(environment: Readonly<Record<string, string | undefined>>) {
  const named = environment['SPARKCTL_PYTHON'];
  if (named) yield { place: `SPARKCTL_PYTHON (${named})`, file: named };
  for (const name of names) {
    for (const folder of (environment['PATH'] ?? '').split(delimiter).filter(Boolean)) {
      const file = join(folder, name);
      if (await canAccess(file, constants.X_OK)) yield { place: file, file };
    }
  }
}

const probed = z.object({ executable: z.string(), version: z.string(), missing: z.string().nullable() });

function parse(stdout: string): z.output<typeof probed> | undefined {
  const found = parseJson(stdout.trim().split('\n').at(-1) ?? '', probed);
  return found.kind === 'value' ? found.value : undefined;
}

function isOlder(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major < oldest.major || (major === oldest.major && minor < oldest.minor);
}
