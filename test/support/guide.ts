import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repository } from './sparkctl.ts';

/** The only example of a language in the guide of the sink that has a text in it. */
export async function guideExample(language: string, text: string): Promise<string> {
  const guide = await readFile(join(repository, 'docs/sink.md'), 'utf8');
  const examples = [...guide.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, kind, example = '']) =>
    kind === language && example.includes(text) ? [example] : [],
  );
  const [example, ...others] = examples;
  if (example === undefined || others.length > 0) {
    throw new Error(`the guide has ${examples.length} examples of ${language} with ${text}`);
  }
  return example;
}
