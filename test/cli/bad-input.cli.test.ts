import { chmod, mkdir, readFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';

let project: TemporaryProject;

beforeEach(() => {
  project = temporaryProject();
});

afterEach(async () => {
  await project[Symbol.asyncDispose]();
});

const run = (words: readonly string[], env: Readonly<Record<string, string | undefined>> = {}) =>
  sparkctl(words, { cwd: project.folder, env });

/** PATH with nothing but Node, and no Java or Python named elsewhere. */
const bare = {
  PATH: '/nonexistent',
  JAVA_HOME: undefined,
  SPARKCTL_JAVA_FOLDERS: '',
  SPARKCTL_PYTHON: undefined,
};

async function fakeProgram(path: string, script: string): Promise<string> {
  const file = await project.write(path, script);
  await chmod(file, 0o755);
  return file;
}

describe('words that are wrong', () => {
  it('names the nearest option', async () => {
    const { exitCode, stderr } = await run(['submit', '--wrokers', '4', 'job.py']);
    expect(stderr).toBe(
      "sparkctl: Unknown option '--wrokers'. Did you mean --workers?\n  Hint: sparkctl submit --help\n",
    );
    expect(exitCode).toBe(64);
  });

  it('names the nearest command', async () => {
    const { exitCode, stderr } = await run(['sumbit', 'job.py']);
    expect(stderr).toBe(
      "sparkctl: Unknown command 'sumbit'. Did you mean submit?\n  Hint: sparkctl --help\n",
    );
    expect(exitCode).toBe(64);
  });

  it('says what a value must be', async () => {
    const { exitCode, stderr } = await run(['submit', '--timeout', 'soon', 'job.py']);
    expect(stderr).toBe(
      "sparkctl: Option '--timeout <duration>' argument 'soon' is invalid. It must be a duration such as 90s, 5m, 1h30m or 7d.\n  Hint: sparkctl submit --help\n",
    );
    expect(exitCode).toBe(64);
  });

  for (const [words, message] of [
    [['submit', '--wait=5m', 'job.py'], "Unknown option '--wait=5m'. Did you mean --wait?"],
    [['submit', '--wiat', 'job.py'], "Unknown option '--wiat'. Did you mean --wait?"],
    [['cluster', 'down', '--froce'], "Unknown option '--froce'. Did you mean --force?"],
    [['cluster', 'status', '--force'], "Unknown option '--force'."],
    [['cluster', 'scale', '2', '--force=yes'], "Unknown option '--force=yes'."],
  ] as const)
    it(`refuses ${words.join(' ')}`, async () => {
      const { exitCode, stderr } = await run(words);
      expect(stderr).toContain(message);
      expect(exitCode).toBe(64);
    });

  it('asks for a script', async () => {
    const { exitCode, stderr } = await run(['submit']);
    expect(stderr).toBe('sparkctl: No script was named.\n  Hint: sparkctl submit --help\n');
    expect(exitCode).toBe(64);
  });

  describe('refuses cluster mode, whose exit code nobody knows, wherever it is said', () => {
    const where: Readonly<Record<string, string>> = {
      '--deploy-mode cluster': '--deploy-mode cluster',
      '--conf': '--conf spark.submit.deployMode=cluster',
      'the manifest': 'spark.submit.deployMode: cluster in the manifest mode.yaml',
      '--properties-file': 'spark.submit.deployMode cluster in PROJECT/mode.properties',
      'spark-defaults.conf': 'spark.submit.deployMode cluster in PROJECT/spark-defaults.conf',
      DEPLOY_MODE: 'the variable DEPLOY_MODE=cluster',
    };
    const wordsOf: Readonly<Record<string, readonly string[]>> = {
      '--deploy-mode cluster': ['--deploy-mode', 'cluster'],
      '--conf': ['--conf', 'spark.submit.deployMode=cluster'],
      '--properties-file': ['--properties-file', 'mode.properties'],
    };

    it.each(
      Object.entries(where).map(([place, said], index) => ({
        place,
        said,
        master: index % 2 === 0 ? 'own' : 'standalone',
      })),
    )('$place, $master master', async ({ place, said, master }) => {
      const isManifest = place === 'the manifest';
      await project.write('job.py', '');
      if (isManifest)
        await project.write(
          'mode.yaml',
          'script: job.py\nspark: {conf: {spark.submit.deployMode: cluster}}\n',
        );
      await project.write('mode.properties', 'spark.submit.deployMode cluster\n');
      if (place === 'spark-defaults.conf')
        await project.write('spark-defaults.conf', '# ours\nspark.submit.deploy\\\n  Mode:cluster\n');
      const words = [
        ...(wordsOf[place] ?? []),
        ...(master === 'own' ? [] : ['--conf', 'spark.master=spark://127.0.0.1:1']),
        isManifest ? 'mode.yaml' : 'job.py',
      ];
      const env = place === 'DEPLOY_MODE' ? { DEPLOY_MODE: 'cluster' } : {};
      const { exitCode, stderr } = await run(['submit', '--dry-run', ...words], env);
      const whose = master === 'own' ? 'a cluster of sparkctl' : 'the master spark://127.0.0.1:1';
      expect(stderr).toContain(
        `sparkctl: Cluster mode (${said.replace('PROJECT', project.folder)}) cannot be used on ${whose}: the exit code of such a driver is not known.\n` +
          '  Hint: ',
      );
      expect(exitCode).toBe(64);
    });

    it('on Kubernetes, too', async () => {
      await project.write('job.py', '');
      const { exitCode, stderr } = await run([
        ...['submit', '--master', 'k8s://127.0.0.1:1', '--deploy-mode', 'cluster', 'job.py'],
      ]);
      expect(stderr).toContain('cannot be used on the master k8s://127.0.0.1:1: the exit code');
      expect(exitCode).toBe(64);
    });

    it('and takes the strongest word of all', async () => {
      await project.write('job.py', '');
      await project.write('mode.properties', 'spark.submit.deployMode=cluster\n');
      const weaker = ['--properties-file', 'mode.properties', '--conf', 'spark.submit.deployMode=cluster'];
      const { exitCode, stderr } = await run(
        ['submit', '--dry-run', ...weaker, '--conf', 'spark.submit.deployMode=client', 'job.py'],
        { DEPLOY_MODE: 'cluster' },
      );
      expect(exitCode, stderr).toBe(0);
    });
  });

  it.each(['--conf', '--properties-file', 'spark-defaults.conf'])(
    'submits to the master that is named by %s',
    async (place) => {
      await project.write('job.py', '');
      const file = place === 'spark-defaults.conf' ? place : 'where.properties';
      if (place !== '--conf') await project.write(file, 'spark.master local[3]\n');
      const words =
        place === '--conf'
          ? ['--conf', 'spark.master=local[3]']
          : place.startsWith('--')
            ? [place, file]
            : [];
      const { stdout, stderr } = await run(['submit', '--dry-run', ...words, 'job.py']);
      expect(stderr).toContain('Would submit to external master local[3]\n');
      expect(stdout).not.toContain('--master');
    },
  );
});

describe('words that are missing', () => {
  it.each([[], ['cluster'], ['runs']])('shows help for %j, and ends well', async (...words) => {
    const { exitCode, stdout, stderr } = await run(words);
    expect(stdout).toContain(`Usage: ${['sparkctl', ...words].join(' ')} [options] [command]\n`);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
  });
});

describe('files that are not there', () => {
  it('takes an address of a file as spark-submit does', async () => {
    const { exitCode, stderr } = await run(['submit', `file://${project.folder}/no%20job.py`]);
    expect(stderr).toContain(`Looked for ${project.folder}/no job.py.`);
    expect(exitCode).toBe(66);
  });

  it('says which address is none of a file here', async () => {
    const { exitCode, stderr } = await run(['submit', 'file://other.example/job.py']);
    expect(stderr).toContain(
      'sparkctl: file://other.example/job.py is no address of a file on this machine.\n',
    );
    expect(exitCode).toBe(64);
  });

  it('names the script', async () => {
    const { exitCode, stderr } = await run(['submit', 'jobs/none.py']);
    expect(stderr).toBe(
      `sparkctl: The script jobs/none.py is not there.\n  Hint: Looked for ${project.path('jobs/none.py')}. Options of sparkctl stand before the script.\n`,
    );
    expect(exitCode).toBe(66);
  });

  it('names a manifest that cannot be read', async () => {
    await project.write('job.py', '');
    await mkdir(project.path('job.yaml'));
    const { exitCode, stderr } = await run(['submit', 'job.py']);
    expect(stderr).toBe(
      'sparkctl: The manifest job.yaml cannot be read (EISDIR).\n  Hint: Check the path and its permissions.\n',
    );
    expect(exitCode).toBe(66);
  });

  it('names the input', async () => {
    await project.write('job.py', '');
    await project.write('job.yaml', 'input:\n  path: data/none.jsonl\n');
    const { exitCode, stderr } = await run(['submit', '--backend', 'local', 'job.py']);
    expect(stderr).toContain(
      `sparkctl: The input ${project.path('data/none.jsonl')} is not there.\n  Hint: Put it there, or change input.path in job.yaml.\n`,
    );
    expect(exitCode).toBe(66);
  });
});

describe('inputs that are patterns', () => {
  it.each(['data/*.jsonl', 'data/{a,b}.jsonl'])(
    'says that %s matches nothing before anything is started',
    async (path) => {
      await project.write('job.py', '');
      await project.write('job.yaml', `input:\n  path: "${path}"\n`);
      await project.write('data/_a.json', '');
      const { exitCode, stderr } = await run(['submit', '--backend', 'local', 'job.py']);
      expect(stderr).toContain(
        `sparkctl: The input ${project.path(path)} matches no file.\n  Hint: Put it there, or change input.path in job.yaml.\n`,
      );
      expect(exitCode).toBe(66);
    },
  );

  it('names the file whose compression it cannot undo', async () => {
    await project.write('job.py', '');
    await project.write(
      'job.yaml',
      'input: { path: "data/*" }\ndatabase: { path: a.db, table: { name: t, primaryKey: [a], columns: [{ name: a, type: text }] } }\n',
    );
    await project.write('data/a.lz4', '');
    const { exitCode, stderr } = await run(['submit', '--backend', 'local', 'job.py']);
    expect(stderr).toContain(`The lines of ${project.path('data/a.lz4')} cannot be counted`);
    expect(exitCode).toBe(66);
  });
});

describe('a manifest with mistakes', () => {
  it('has outputs that stay in the project, and placeholders that are known', async () => {
    await project.write('job.py', '');
    await project.write(
      'job.yaml',
      [
        'outputs: { model: ../model, 1st: a }',
        'arguments: ["${outputs.modle}", "${artefacts}", "${artifacts}"]',
        'checks: [{ kind: segments, column: segment }]',
        '',
      ].join('\n'),
    );
    const first = await run(['submit', 'job.py']);
    expect(first.stderr).toContain('job.yaml:1:29: a name is a small letter followed by letters and digits');
    expect(first.exitCode).toBe(78);
    const manifest = (await readFile(project.path('job.yaml'), 'utf8')).replace(', 1st: a', '');
    await project.write('job.yaml', manifest);
    const { exitCode, stderr } = await run(['submit', 'job.py']);
    expect(stderr).toBe(
      [
        'sparkctl: job.yaml has 4 mistakes:',
        `job.yaml:1:19: "../model" leads out of the project ${project.folder}`,
        '  1 | outputs: { model: ../model }',
        '    |                   ^^^^^^^^',
        'job.yaml:2:13: nothing is known as ${outputs.modle}; did you mean ${outputs.model}?',
        '  2 | arguments: ["${outputs.modle}", "${artefacts}", "${artifacts}"]',
        '    |             ^^^^^^^^^^^^^^^^^^',
        'job.yaml:2:33: nothing is known as ${artefacts}; did you mean ${artifacts}?',
        '  2 | arguments: ["${outputs.modle}", "${artefacts}", "${artifacts}"]',
        '    |                                 ^^^^^^^^^^^^^^',
        'job.yaml:3:18: a check needs database, which it reads',
        '  3 | checks: [{ kind: segments, column: segment }]',
        '    |                  ^^^^^^^^',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(78);
  });

  it('shows all of them with their places', async () => {
    await project.write('job.py', '');
    await project.write(
      'job.yaml',
      [
        'dataste:',
        '  name: users',
        'input:',
        '  path: ../outside.jsonl',
        'cluster: { workers: none }',
        'checks:',
        '  - kind: patern',
        '',
      ].join('\n'),
    );
    const { exitCode, stderr } = await run(['submit', 'job.py']);
    expect(stderr).toBe(
      [
        'sparkctl: job.yaml has 3 mistakes:',
        'job.yaml:1:1: unknown key "dataste"; did you mean "dataset"?',
        '  1 | dataste:',
        '    | ^^^^^^^',
        'job.yaml:5:21: expected a number, found "none"',
        '  5 | cluster: { workers: none }',
        '    |                     ^^^^',
        'job.yaml:7:11: unknown kind "patern"; did you mean "pattern"?',
        '  7 |   - kind: patern',
        '    |           ^^^^^^',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(78);
  });

  it('has queries that SQLite can ask of its table', async () => {
    await project.write('job.py', '');
    const checks = [
      'SELECT emial FROM people',
      'SELEC 1',
      'DELETE FROM people',
      'SELECT 1; SELECT 2',
      'SELECT whatever FROM people_quarantine',
      'SELECT p.email FROM people p JOIN made_by_the_job m ON m.x = p.y',
      'SELECT email FROM people GROUP BY email HAVING count(*) > 1',
    ];
    const lines = checks.map((sql) => `  - { kind: query, name: n, sql: "${sql}" }`);
    const table = '{ name: people, primaryKey: [email], columns: [{ name: email, type: text }] }';
    await project.write(
      'job.yaml',
      [`database: { path: a.db, table: ${table} }`, 'input: { path: ../a }', 'checks:', ...lines, ''].join(
        '\n',
      ),
    );
    const { exitCode, stderr } = await run(['submit', 'job.py']);
    expect(stderr.split('\n').filter((line) => /^\S/.test(line))).toEqual([
      'sparkctl: job.yaml has 5 mistakes:',
      `job.yaml:2:16: "../a" leads out of the project ${project.folder}`,
      'job.yaml:4:34: no such column: emial; did you mean "email"?',
      'job.yaml:5:34: near "SELEC": syntax error',
      'job.yaml:6:34: it returns no rows',
      'job.yaml:7:34: The supplied SQL string contains more than one statement',
    ]);
    expect(exitCode).toBe(78);
  });

  it('shows what contradicts itself, and paths that leave the project', async () => {
    await project.write('job.py', '');
    await project.write(
      'job.yaml',
      'input:\n  path: ../outside.jsonl\narguments: ["${inptu}"]\nchecks:\n  - kind: checksum\n',
    );
    const { exitCode, stderr } = await run(['submit', 'job.py']);
    expect(stderr).toBe(
      [
        'sparkctl: job.yaml has 3 mistakes:',
        `job.yaml:2:9: "../outside.jsonl" leads out of the project ${project.folder}`,
        '  2 |   path: ../outside.jsonl',
        '    |         ^^^^^^^^^^^^^^^^',
        'job.yaml:3:13: nothing is known as ${inptu}; did you mean ${input}?',
        '  3 | arguments: ["${inptu}"]',
        '    |             ^^^^^^^^^^',
        'job.yaml:5:11: a check needs database, which it reads',
        '  5 |   - kind: checksum',
        '    |           ^^^^^^^^',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(78);
  });
});

describe('a machine that lacks something', () => {
  it('says which Python module is missing', async () => {
    await project.write('job.py', '');
    await fakeProgram('new/bin/java', '');
    await project.write('new/release', 'JAVA_VERSION="17.0.15"\n');
    // A real Python from which one module was taken away, as Debian ships it without python3-venv.
    const real = await execa('python3', ['-c', 'import sys; print(sys.executable, sys.version.split()[0])']);
    const [executable = '', version = ''] = real.stdout.split(' ');
    const python = await fakeProgram(
      'bin/python3',
      `#!/bin/sh\nexec ${executable} -c 'import sys; sys.modules["ensurepip"] = None; exec(sys.argv[2])' "$@"\n`,
    );
    const { exitCode, stderr } = await run(['submit', '--master', 'local[1]', 'job.py'], {
      ...bare,
      PATH: dirname(python),
      JAVA_HOME: project.path('new'),
      SPARKCTL_CACHE: project.path('cache'),
    });
    expect(stderr).toContain(
      'sparkctl: No Python 3.11 or newer that can make virtual environments was found. Looked at:\n' +
        `  ${python}: version ${version} has no module ensurepip\n` +
        '  Hint: Install the missing part (Debian and Ubuntu: apt install python3-venv) or set SPARKCTL_PYTHON to another Python.\n',
    );
    expect(exitCode).toBe(69);
  });

  it('refuses a worker that is larger than the machine', async () => {
    const machineMb = Math.floor(totalmem() / 2 ** 20);
    const { exitCode, stderr } = await run([
      'cluster',
      'up',
      '--backend',
      'local',
      '--worker-memory',
      '900t',
    ]);
    expect(stderr).toBe(
      `sparkctl: A worker with 943,718,400 MiB of memory does not fit: this machine has ${machineMb.toLocaleString('en-US')} MiB.\n` +
        `  Hint: Ask for less, for instance --worker-memory ${Math.floor(machineMb / 4)}m.\n`,
    );
    expect(exitCode).toBe(64);
  });

  it('says that an executor does not fit', async () => {
    await project.write('job.py', '');
    const { exitCode, stderr } = await run([
      'submit',
      '--backend',
      'local',
      '--worker-memory',
      '1g',
      '--executor-memory',
      '2g',
      'job.py',
    ]);
    expect(stderr).toContain(
      'An executor of this job asks for 2,048 MiB of memory, and a worker of cluster job-',
    );
    expect(stderr).toContain(
      'Hint: Make the workers larger (--worker-memory 2048m), or ask for less with --executor-memory.\n',
    );
    expect(exitCode).toBe(69);
  });
});
