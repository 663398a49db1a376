import { expect, test } from 'vitest';
import type { CheckSpec } from '../../../src/job/checks/registry.ts';
import { emailPattern, loadedUsers, specs } from './loaded-users.ts';

test('values that all match hold', async () => {
  const users = await loadedUsers();
  expect(await users.check(specs.pattern)).toEqual({
    kind: 'pattern',
    name: 'pattern (email)',
    status: 'held',
    expected: `every email matches ${emailPattern}`,
    found: 'all 303 rows match',
  });
});

test('values that do not are counted, and three are shown, safe for a terminal', async () => {
  const users = await loadedUsers();
  users.tamper(`UPDATE users SET email = char(27) || '[31mX@Y.Z' || char(8238) WHERE id = 1;
    UPDATE users SET email = '${'y'.repeat(100)}' WHERE id = 2; UPDATE users SET email = '' WHERE id = 3; UPDATE users SET email = 'é' WHERE id = 7`);
  expect(await users.check(specs.pattern)).toMatchObject({
    status: 'failed',
    found: '4 of 303 rows do not match',
    detail: [
      'id 1: email is "\\u001b[31mX@Y.Z\\u{202e}".',
      `id 2: email is "${'y'.repeat(60)}…".`,
      'id 3: email is "".',
    ].join('\n'),
  });
  users.tamper('DELETE FROM users WHERE id < 4');
  expect(await users.check(specs.pattern)).toMatchObject({ found: '1 of 300 rows does not match' });
});

test('any column can be asked, numbers by their digits', async () => {
  const users = await loadedUsers();
  const spec: CheckSpec = { kind: 'pattern', column: 'age', matches: '^[0-9]{2}$' };
  expect(await users.check(spec)).toMatchObject({ status: 'held' });
  users.tamper('UPDATE users SET age = 101 WHERE id = 7');
  expect(await users.check(spec)).toMatchObject({ status: 'failed', detail: 'id 7: age is 101.' });
});
