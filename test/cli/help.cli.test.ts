import { expect, it } from 'vitest';
import { loadedBy } from '../support/loaded-modules.ts';
import { temporaryProject } from '../support/temporary-project.ts';

it.each([[['--help']], [['submit', '--help']], [['--version']]])(
  '%s loads no package but commander',
  async (words) => {
    await using project = temporaryProject();
    const { own, packages } = await loadedBy(words, project);
    expect(packages).toEqual(['commander']);
    expect(own).toContain('cli/commands/submit.js');
    expect(own.filter((module) => /^(?:run|job)\//.test(module))).toEqual([]);
  },
);
