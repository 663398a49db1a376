import { mkdirSync, symlinkSync } from 'node:fs';
import { relative, sep } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { resolveInside } from '../../src/system/files/places.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { holdsForAll } from './fuzz.ts';

const part = fc.constantFrom(
  '..',
  '.',
  '',
  'data',
  'out',
  'in',
  'deeper',
  'é',
  '...',
  ' ',
  '~',
  '%2e%2e',
  '..\\..',
);

it('no path leads out of the folder, whatever its parts are', async () => {
  const project = temporaryProject();
  onTestFinished(() => project[Symbol.asyncDispose]());
  mkdirSync(project.path('data', 'deeper'), { recursive: true });
  symlinkSync('/', project.path('out'));
  symlinkSync('data', project.path('in'));
  await holdsForAll(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), fc.boolean(), async (parts, fromRoot) => {
      const resolved = await resolveInside(project.folder, `${fromRoot ? '/' : ''}${parts.join('/')}`);
      if (resolved === undefined) return;
      expect(`${resolved}${sep}`.startsWith(`${project.folder}${sep}`)).toBe(true);
      // The link at the top leads to the root; a folder that is only called so would be inside.
      expect(relative(project.folder, resolved).split(sep)[0]).not.toBe('out');
    }),
  );
});
