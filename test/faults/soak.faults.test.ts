import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { repository } from '../support/sparkctl.ts';

// With this seed the first three submits lose an executor, sparkctl and the driver.
const words = ['--submits', '4', '--seed', '5', '--backend', 'local'];

it('four submits in a row hold, whatever is killed', async () => {
  const { exitCode, stdout } = await execa(
    process.execPath,
    [join(repository, 'scripts/soak.js'), ...words],
    {
      reject: false,
    },
  );
  process.stdout.write(`\n${stdout}\n`);
  expect(stdout).toMatch(/Soak: seed 5, 4 submits in .* 0 broken, 0 things left behind: all hold$/);
  expect(exitCode).toBe(0);
});
