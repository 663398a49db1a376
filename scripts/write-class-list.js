// Writes spark/classes.txt, the classes that Spark's processes load: of a small cluster that runs a small job of every kind.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava } from '../dist/spark/prerequisites.js';

const root = join(import.meta.dirname, '..');
const { java } = await findJava(process.env);
if (java === undefined) throw new Error('no Java');
const work = mkdtempSync(join(tmpdir(), 'sparkctl-classes-'));
try {
  // A Java whose every process writes down the classes that it loads.
  mkdirSync(join(work, 'home', 'bin'), { recursive: true });
  mkdirSync(join(work, 'lists'));
  symlinkSync(join(java.home, 'release'), join(work, 'home', 'release'));
  const program = join(work, 'home', 'bin', 'java');
  const recording = `-XX:DumpLoadedClassList='${work}/lists/'$$`;
  writeFileSync(program, `#!/bin/sh\nexec '${java.home}/bin/java' ${recording} "$@"\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(work, 'package.json'), '{}');
  const sparkctl = (...words) =>
    execFileSync(process.execPath, [join(root, 'bin', 'sparkctl.js'), ...words], {
      cwd: work,
      stdio: 'inherit',
      env: { ...process.env, JAVA_HOME: join(work, 'home'), SPARKCTL_CLASS_ARCHIVE: 'off' },
    });
  // A cluster that stays: nobody waits for the history server of one that is made for a run.
  sparkctl('cluster', 'up', '--backend', 'local', '--no-standby');
  try {
    sparkctl('submit', '--no-manifest', join(import.meta.dirname, 'load-classes.py'));
  } finally {
    sparkctl('cluster', 'down');
  }
  const lines = readdirSync(join(work, 'lists'))
    .flatMap((name) => readFileSync(join(work, 'lists', name), 'utf8').split('\n'))
    // Numbers are good within one list only; what a loader of its own has loaded, or was made at run time, cannot be archived.
    .filter((line) => !/^#|^$|source:|\$Proxy\d/.test(line))
    .map((line) => line.replace(/ id: \d+$/, ''));
  const classes = [...new Set(lines)].sort();
  writeFileSync(join(root, 'spark', 'classes.txt'), `${classes.join('\n')}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
