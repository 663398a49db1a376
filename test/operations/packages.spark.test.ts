import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { keyPassword, selfSigned } from '../support/self-signed.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { testInstallation } from '../support/test-context.ts';

const pom = `<project><modelVersion>4.0.0</modelVersion>
<groupId>org.example</groupId><artifactId>words</artifactId><version>1.0</version></project>`;

const script = `
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
print(spark.sparkContext._jvm.Thread.currentThread().getContextClassLoader().getResource("word.txt") is not None)
`;

it('gets --packages from a repository whose certificate only --ca-bundle knows', async () => {
  await using project = temporaryProject();
  const java = await testInstallation().java();
  const { keyStore, certificate } = await selfSigned(java, project.path('signed'));
  await project.write('ca.pem', certificate);
  await project.write('script.py', script);
  await project.write('jar/word.txt', 'word\n');
  const { stdout: jar } = await execa('python3', ['-c', zip], {
    cwd: project.path('jar'),
    encoding: 'buffer',
  });
  const files: Readonly<Record<string, string | Uint8Array>> = {
    '/org/example/words/1.0/words-1.0.pom': pom,
    '/org/example/words/1.0/words-1.0.jar': jar,
  };
  const server = createServer({ pfx: keyStore, passphrase: keyPassword }, ({ url = '' }, response) => {
    response.writeHead(files[url] === undefined ? 404 : 200).end(files[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await sparkctl(
      [
        ...['submit', '--ca-bundle', 'ca.pem', '--master', 'local[1]'],
        ...['--repositories', `https://localhost:${port}/`, '--packages', 'org.example:words:1.0'],
        ...['--conf', `spark.jars.ivy=${project.path('ivy')}`, 'script.py'],
      ],
      { cwd: project.folder },
    );
    expect([stdout, exitCode], stderr).toEqual(['True\n', 0]);
  } finally {
    server.close();
  }
});

/** A jar is a zip. */
const zip = `
import sys, zipfile
with zipfile.ZipFile(sys.stdout.buffer, "w") as jar:
    jar.write("word.txt")
`;
