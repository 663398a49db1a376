import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runtimeContents, runtimeFolder } from '../../src/spark/managed-runtime.ts';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';

/** Tells where pyspark's code comes from, and fails inside of it; what it loads to ask for numpy; and which jars are signed. */
const look = `
import glob, json, os, sys, traceback, zipfile
import pyspark.sql.types as types
try:
    types.StructType.fromJson({})
except KeyError:
    said = traceback.format_exc()
is_array = types.NumpyArrayConverter().can_convert
no_array = is_array([1.5])
helpers = [name for name in ("pyspark.testing", "pandas") if name in sys.modules]
import numpy
jars = glob.glob(os.environ["SPARK_HOME"] + "/jars/*.jar")
signed = [jar for jar in jars if any(name.endswith(".SF") for name in zipfile.ZipFile(jar).namelist())]
print(json.dumps({
    "loaded": types.__file__, "named": types.StructType.fromJson.__code__.co_filename, "said": said,
    "jars": len(jars), "signed": signed, "arrays": [no_array, is_array(numpy.array([1.5]))], "helpers": helpers,
}))
`;

describe('the managed runtime', () => {
  it('is made once by two processes at once, also over a half-made one', async () => {
    await using project = temporaryProject();
    const env = {
      SPARKCTL_CACHE: project.path('cache'),
      PIP_LOG: project.path('pip.log'),
      SPARKCTL_CLASS_ARCHIVE: 'off',
    };
    const folder = runtimeFolder(await runtimeContents(), { ...process.env, ...env });
    await mkdir(join(folder, 'venv', 'bin'), { recursive: true });
    await writeFile(join(folder, 'venv', 'bin', 'python'), 'half-made');
    await project.write('hello.py', 'print("hello")\n');
    const submit = () =>
      sparkctl(['submit', '--master', 'local[1]', 'hello.py'], { cwd: project.folder, env });
    const [first, second] = await Promise.all([submit(), submit()]);
    expect([first.exitCode, first.stdout], first.stderr).toEqual([0, 'hello\n']);
    expect([second.exitCode, second.stdout], second.stderr).toEqual([0, 'hello\n']);
    const made = [first, second].filter(({ stderr }) =>
      stderr.includes('Making the Spark runtime once for this machine'),
    );
    expect(made).toHaveLength(1);
    expect(await readdir(project.path('cache', 'runtimes'))).toHaveLength(1);
    const log = await readFile(project.path('pip.log'), 'utf8');
    // So pip says it where it fetches what a package is built with, which has no hash.
    expect(log).not.toContain('Installing build dependencies');
    expect(log).toMatch(/Collecting setuptools==[\d.]+ \(from -r .*requirements-build\.txt/);

    await project.write('look.py', look);
    const words = ['submit', '--master', 'local[1]', 'look.py'];
    const looked = await sparkctl(words, { cwd: project.folder, env });
    const { loaded, named, said, jars, signed, arrays, helpers } = JSON.parse(looked.stdout);
    expect(jars).toBeGreaterThan(200);
    expect(signed, 'Java archives no class of a signed jar').toEqual([]);
    expect(arrays).toEqual([false, true]);
    expect(helpers, 'each driver would load them').toEqual([]);
    expect(named).toMatch(new RegExp(`^${folder}/.*/python/lib/pyspark\\.zip/pyspark/sql/types\\.py$`));
    expect(loaded, 'nothing is left to be compiled').toBe(`${named}c`);
    expect(said).toMatch(new RegExp(`File "${named}", line \\d+, in fromJson\n.*json\\["fields"\\]`));
  });
});
