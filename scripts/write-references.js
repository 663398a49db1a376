// Writes anew what is made from the sources: the schemas of manifests and answers, the pages of reference and the page of the manual.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../dist/cli/program.js';
import { manifestJsonSchema } from '../dist/job/manifest/manifest-schema.js';
import { answerJsonSchema, answers } from '../dist/operations/answers/answers.js';
import { sparkctlVersion } from '../dist/system/package.js';
import { answersPage } from './pages/answers-page.js';
import { commandsPage, manPage } from './pages/command-pages.js';
import { libraryPage } from './pages/library-page.js';
import { manifestPage } from './pages/manifest-page.js';

const schema = manifestJsonSchema();
// No command is run, so none of what it needs is there.
const program = () => buildProgram({ host: {} });

mkdirSync(new URL('../man', import.meta.url), { recursive: true });
write('jobs/manifest.schema.json', `${JSON.stringify(schema, null, 2)}\n`);
mkdirSync(new URL('../schemas', import.meta.url), { recursive: true });
for (const name of Object.keys(answers))
  write(`schemas/${name}.schema.json`, `${JSON.stringify(answerJsonSchema(name), null, 2)}\n`);
write('docs/json.md', answersPage(answers));
write('docs/manifest.md', manifestPage(schema));
write('docs/commands.md', commandsPage(program()));
write('docs/library.md', libraryPage(fileURLToPath(new URL('..', import.meta.url))));
write('man/sparkctl.1', manPage(program(), sparkctlVersion));

function write(path, text) {
  writeFileSync(new URL(`../${path}`, import.meta.url), text);
}
