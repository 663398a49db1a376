// Every figure, in the order of the table. To add one: a file that exports it, and its line here.
import { burst } from './burst.bench.js';
import { checks } from './checks.bench.js';
import { cold } from './cold.bench.js';
import { etl } from './etl.bench.js';
import { etlScale } from './etl-scale.bench.js';
import { generation } from './generation.bench.js';
import { help } from './help.bench.js';
import { memory } from './memory.bench.js';
import { readme } from './readme.bench.js';
import { readmeStays } from './readme-stays.bench.js';
import { sink } from './sink.bench.js';
import { standby } from './standby.bench.js';
import { upDocker } from './up-docker.bench.js';
import { upLocal } from './up-local.bench.js';

/**
 * A figure: its name and goals, and how it is measured. `measure` returns what was measured, or a list of parts, of which each
 * may have a title, a unit and goals of its own; it throws where a round fails, and NotMeasured where there is nothing to measure.
 */
export const figures = [
  standby,
  cold,
  burst,
  readme,
  readmeStays,
  upLocal,
  upDocker,
  checks,
  etl,
  etlScale,
  generation,
  memory,
  help,
  sink,
];
