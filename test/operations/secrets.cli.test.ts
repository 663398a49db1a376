import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseProperties } from '../../src/spark/java-properties.ts';
import { Redactor } from '../../src/spark/redact.ts';
import { knownSecrets, looksSecret, redactionPattern, splitSecrets } from '../../src/spark/secrets.ts';
import { sparkSubmitArguments } from '../../src/spark/spark-submit.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

const repository = resolve(import.meta.dirname, '../..');
const nothing = { options: [], files: [], environment: {} };

/** Every way to say a secret that is known, each with a canary of its own. */
const options = [
  ['--conf', 'spark.executor.extraJavaOptions=-Xss1m -Djavax.net.ssl.keyStorePassword=canary-java -Dlast=1'],
  ['--conf', 'spark.hadoop.fs.azure.account.key.me.dfs.core.windows.net=canary-account=='],
  ['--conf', 'spark.hadoop.fs.gs.auth.service.account.private.key=canary-private'],
  ['--conf', 'spark.hadoop.fs.s3a.encryption.key=canary-encryption'],
  ['--repositories', 'https://user:canary-userinfo@repository.invalid/maven'],
  ['--driver-java-options', '-Dmy.token="canary java options"'],
] as const;
const args = [
  '--pass',
  'canary-pass',
  '--db-pwd=canary-pwd',
  '--url',
  'jdbc:x://h/d?user=u&password=canary-jdbc&a=b',
];
const manifest = `script: job.py
spark: {conf: {spark.my.passphrase: canary-manifest}}
arguments: ["--api-key", "canary-argument", "again canary-pass canary-file canary-environment"]
`;

async function secretProject() {
  const project = temporaryProject();
  await project.write('job.py', '');
  await project.write('job.yaml', manifest);
  await project.write('spark-defaults.conf', 'spark.my.credential canary-file\n');
  return project;
}

const environment = { MY_API_KEY: 'canary-environment' };

it('a dry run prints none of them', async () => {
  await using project = await secretProject();
  const { exitCode, stdout, stderr } = await sparkctl(
    ['submit', '--dry-run', '--master', 'local[1]', ...options.flat(), 'job.py', ...args],
    { cwd: project.folder, env: environment },
  );
  expect(exitCode, stderr).toBe(0);
  expect(stdout).toContain('-Xss1m -Djavax.net.ssl.keyStorePassword=*********(redacted) -Dlast=1');
  expect(stdout).toContain('https://*********(redacted)@repository.invalid/maven');
  expect(stdout).toContain('again *********(redacted) *********(redacted) *********(redacted)');
  expect(stdout + stderr).not.toContain('canary');
});

it('a run keeps and tells none of them', async () => {
  await using project = await secretProject();
  const master = 'sc://127.0.0.1:1/;token=canary-connect';
  const { exitCode, stdout, stderr } = await sparkctl(
    ['submit', '--json', '--remote', master, ...options.flat(), 'job.py', ...args],
    { cwd: project.folder, env: environment },
  );
  expect(stderr).toContain('Nothing answers at sc://127.0.0.1:1/;token=*********(redacted)');
  expect(exitCode).toBe(69);
  const kept = filesIn(project.path('.sparkctl'));
  expect(kept.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['run.json', 'manifest.yaml', 'report.html']),
  );
  expect(kept.filter(({ text }) => text.includes('canary')).map(({ name }) => name)).toEqual([]);
  expect(stdout + stderr).not.toContain('canary');
});

function filesIn(folder: string): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => ({ name, text: readFileSync(join(parentPath, name), 'utf8') }));
}

it('none of the properties with a secret is in argv, in whatever spelling', () => {
  const { submission, secretProperties } = splitSecrets({
    properties: [{ 'spark.jars.repositories': 'https://weaker.invalid' }],
    propertiesFiles: [],
    options: options.map(([name, value]) => ({ name, value })),
    application: 'job.py',
    applicationArguments: [],
  });
  expect(sparkSubmitArguments(submission)).toEqual(['job.py']);
  expect(Object.keys(secretProperties).sort()).toEqual([
    'spark.driver.extraJavaOptions',
    'spark.executor.extraJavaOptions',
    'spark.hadoop.fs.azure.account.key.me.dfs.core.windows.net',
    'spark.hadoop.fs.gs.auth.service.account.private.key',
    'spark.hadoop.fs.s3a.encryption.key',
    'spark.jars.repositories',
  ]);
  expect(secretProperties['spark.jars.repositories']).toContain('canary-userinfo');
});

describe('what is no secret stays readable', () => {
  it.each(['true', '1', '20000', 'FALSE', 'abc', ''])('"%s", whatever its name', (value) => {
    const secrets = knownSecrets(
      { ...nothing, manifest: { file: '', conf: { 'spark.my.password': value } } },
      [],
    );
    expect(new Redactor(secrets).text(`before ${value} after`)).toBe(`before ${value} after`);
  });

  it('a word that is part of another', () => {
    expect(new Redactor(['spark']).text('spark-submit by "spark"')).toBe(
      'spark-submit by "*********(redacted)"',
    );
  });

  it('the working folder, files with secrets, storage addresses', () => {
    const words = [
      's3a://bucket@account/path',
      'abfss://container@me.dfs.core.windows.net/x',
      'mailto:a@b.example',
    ];
    const secrets = knownSecrets(
      { ...nothing, environment: { PWD: '/home/me/project', OLDPWD: '/home/me', TOKEN_FILE: '/run/token' } },
      words,
    );
    expect(secrets).toEqual([]);
  });

  it.each(['spark.io.encryption.keySizeBits', 'spark.sql.shuffle.partitions', 'spark.app.name'])(
    '%s',
    (name) => {
      expect(looksSecret(name)).toBe(false);
    },
  );
});

it("Spark's own pages and logs are told the same words, by clusters and by drivers", () => {
  const defaults = parseProperties(readFileSync(join(repository, 'spark-defaults.conf'), 'utf8'));
  expect(defaults['spark.redaction.regex']).toBe(redactionPattern);
  const { secretProperties } = splitSecrets(
    { properties: [], propertiesFiles: [], options: [], application: 'job.py', applicationArguments: [] },
    true,
  );
  expect(secretProperties).toEqual({ 'spark.redaction.regex': redactionPattern });
  // Spark looks into values as well.
  const asSparkReads = new RegExp(redactionPattern.replace('(?i)', ''), 'i');
  for (const [, value] of options) expect(value).toMatch(asSparkReads);
});
