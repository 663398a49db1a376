import { nearestWord } from '../../system/errors/nearest-word.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import { customers } from './customers/customers.ts';
import type { Dataset } from './dataset.ts';
import type { DatasetName } from './dataset-spec.ts';
import { players } from './players/players.ts';
import { users } from './users/users.ts';

/** Every dataset there is. */
export const datasets = { users, customers, players } satisfies Record<DatasetName, Dataset>;

export const datasetNames = Object.keys(datasets) as readonly DatasetName[];

/** The dataset of a name as a person wrote it. */
export function findDataset(name: string): Dataset {
  if (isDatasetName(name)) return datasets[name];
  const nearest = nearestWord(name, datasetNames);
  throw new SparkctlError({
    code: 'unknown-dataset',
    category: 'configuration',
    message: `There is no dataset ${JSON.stringify(name)}.`,
    hint: `${nearest === undefined ? '' : `Did you mean ${nearest}? `}The datasets are: ${datasetNames.join(', ')}.`,
    details: { dataset: name, datasets: datasetNames },
  });
}

export function isDatasetName(name: string): name is DatasetName {
  return Object.hasOwn(datasets, name);
}
