import { expect, it } from 'vitest';
import { sparkctl } from '../support/sparkctl.ts';
import { temporaryProject } from '../support/temporary-project.ts';
import { documents } from './documents.ts';

const page = documents.find(({ path }) => path === 'docs/write-a-job.md');
const block = (language: string) => page?.blocks.find((each) => each.language === language)?.text ?? '';

it('the job of docs/write-a-job.md does what the page says', async () => {
  await using project = temporaryProject();
  await project.write('data/readings.csv', block('csv'));
  await project.write('jobs/readings.py', block('python'));
  await project.write('jobs/readings.yaml', block('yaml'));
  const words = ['submit', '--master', 'local[2]', 'jobs/readings.py'];
  const { exitCode, stderr } = await sparkctl(words, { cwd: project.folder });
  expect(exitCode, stderr).toBe(0);
  expect(stderr).toContain(block('text'));
  expect(stderr.match(/✓ (?:accounting|schema|checksum|accepted_values|query)/g)).toHaveLength(5);
});
