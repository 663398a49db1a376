import { nearestWord } from '../../system/errors/nearest-word.ts';
import { SparkctlError } from '../../system/errors/sparkctl-error.ts';
import type { Dataset } from './dataset.ts';

/** Rates such as 0.1 have no exact binary form, so that ten of them may add up to a hair more than 1. */
const roundingAllowance = 1e-9;

/** The defect rates that matter, in the dataset's own order; a mistake in them is an error that names all of them. */
export function defectRates(
  name: string,
  dataset: Dataset,
  asked: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const mistakes = [...unknownDefects(name, dataset, asked), ...badRates(dataset, asked)];
  const destroying = Object.keys(dataset.defects).filter((defect) => dataset.defects[defect]?.destroysRow);
  const sum = destroying.reduce((total, defect) => total + (asked[defect] ?? 0), 0);
  if (mistakes.length === 0 && sum > 1 + roundingAllowance) {
    mistakes.push(
      `The rates of the defects that destroy a row (${destroying.join(', ')}) add up to ${Number(sum.toFixed(9))}; a row has at most one of them, so at most 1 is possible.`,
    );
  }
  if (mistakes.length > 0) {
    throw new SparkctlError({
      code: 'bad-defects',
      category: 'configuration',
      message: mistakes.join('\n'),
      hint: `The defects of ${name} are: ${Object.keys(dataset.defects).join(', ')}. Each takes a rate from 0 (never) to 1 (every row).`,
      details: { dataset: name, defects: asked },
    });
  }
  const rates: Record<string, number> = {};
  for (const defect of Object.keys(dataset.defects)) {
    const rate = asked[defect];
    if (rate !== undefined && rate > 0) rates[defect] = rate;
  }
  return rates;
}

function unknownDefects(name: string, dataset: Dataset, asked: Readonly<Record<string, number>>): string[] {
  const known = Object.keys(dataset.defects);
  return Object.keys(asked)
    .filter((defect) => !known.includes(defect))
    .map((defect) => {
      const nearest = nearestWord(defect, known);
      const suggestion = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
      return `The dataset ${name} has no defect ${JSON.stringify(defect)}.${suggestion}`;
    });
}

function badRates(dataset: Dataset, asked: Readonly<Record<string, number>>): string[] {
  return Object.entries(asked)
    .filter(([defect, rate]) => Object.hasOwn(dataset.defects, defect) && !(rate >= 0 && rate <= 1))
    .map(([defect, rate]) => `The rate of the defect ${defect} is ${rate}; it must be from 0 to 1.`);
}
