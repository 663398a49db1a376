import { readFileSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import type { TemporaryProject } from './temporary-project.ts';

export interface CountingPrograms {
  /** Variables that name the programs for sparkctl. */
  readonly environment: Readonly<Record<'JAVA_HOME' | 'SPARKCTL_PYTHON', string>>;
  /** Counts how often a program was asked what it is. */
  probes(program: 'java' | 'python'): number;
}

/**
 * A Java and a Python that write down each time when somebody asks what they are, and are the real ones otherwise. The Java
 * has no `release` file, so that its version is known only by starting it. Each is one line of a shell's script.
 */
export async function countingPrograms(
  project: TemporaryProject,
  real: { readonly java: string; readonly python: string },
): Promise<CountingPrograms> {
  const wrap = async (name: string, path: string, probe: string, command: string) => {
    const count = `case "$*" in ${probe}) echo probed >> ${project.path(`${name}.count`)} ;; esac`;
    const program = await project.write(path, `#!/bin/sh\n${count}\n${command}\n`);
    await chmod(program, 0o755);
    return program;
  };
  await wrap('java', 'java-home/bin/java', '-version', real.java);
  const python = await wrap('python', 'own-python', '"-c "*ensurepip*', real.python);
  return {
    environment: { JAVA_HOME: project.path('java-home'), SPARKCTL_PYTHON: python },
    probes: (program) => linesOf(project.path(`${program}.count`)),
  };
}

function linesOf(path: string): number {
  try {
    return readFileSync(path, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}
