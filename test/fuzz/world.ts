import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll } from 'vitest';
import type { OperationContext } from '../../src/cluster/operation-context.ts';
import type { SparkctlEvent } from '../../src/system/event.ts';
import { type TemporaryProject, temporaryProject } from '../support/temporary-project.ts';
import { testContext } from '../support/test-context.ts';

/** A project in a folder of its own, with things around it that nobody may touch. */
export interface World extends AsyncDisposable {
  readonly project: string;
  readonly context: OperationContext;
  readonly events: SparkctlEvent[];
  write(path: string, content: string): void;
  /** Everything outside of the project's own state, with its content. */
  surroundings(): string;
}

// One for the whole file: a property that is interrupted may still be at work when the next begins.
const temporary = temporaryProject();
process.env['TMPDIR'] = temporary.folder;
mkdirSync(temporary.path('inner'));
writeFileSync(temporary.path('inner', 'treasure'), 'tmp');
afterAll(() => temporary[Symbol.asyncDispose]());

export function aWorld(): World {
  const around: TemporaryProject = temporaryProject();
  const project = around.path('home', 'project');
  const events: SparkctlEvent[] = [];
  const write = (path: string, content: string) => {
    mkdirSync(dirname(join(project, path)), { recursive: true });
    writeFileSync(join(project, path), content);
  };
  write('jobs/etl.py', 'print(1)\n');
  write('data/users.jsonl', '{}\n');
  for (const folder of ['outside', 'home/outside', 'home/project/outside', 'cache']) {
    mkdirSync(around.path(folder, 'inner'), { recursive: true });
    writeFileSync(around.path(folder, 'inner', 'treasure'), folder);
  }
  return {
    project,
    events,
    context: testContext(project, {
      environment: {
        ...process.env,
        DOCKER_HOST: 'unix:///nowhere.sock',
        SPARKCTL_CACHE: around.path('cache'),
      },
      emit: (event) => events.push(event),
    }),
    write,
    surroundings: () => {
      const own = join(project, '.sparkctl');
      return readdirSync(around.folder, { recursive: true, withFileTypes: true })
        .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
        .filter(({ path }) => !`${path}/`.startsWith(`${own}/`))
        .map(({ entry, path }) => {
          const content = entry.isFile()
            ? createHash('sha256').update(readFileSync(path)).digest('hex')
            : entry.isSymbolicLink()
              ? readlinkSync(path)
              : 'folder';
          return `${relative(around.folder, path)} ${content}`;
        })
        .concat(readdirSync(temporary.path('inner')).map((name) => `inner ${name}`))
        .sort()
        .join('\n');
    },
    [Symbol.asyncDispose]: () => around[Symbol.asyncDispose](),
  };
}
