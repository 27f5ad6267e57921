import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { auditFeatures } from '../src/core/audit/auditFeatures';
import { createRandom } from '../src/core/base/random';
import { createFloat64LinearAlgebra } from '../src/core/linalg/float64LinearAlgebra';
import { createExactNeighbourSearch } from '../src/core/ranking/neighbours/exactNeighbours';
import { measureCalibration } from './suspicion/measureSuspicion';
import { parseTable } from './suspicion/parseTable';
import type { Noise } from './suspicion/plantedErrors';
import { averagePrecision, defaultAuditInput, plantErrors } from './suspicion/plantedErrors';
import { reliabilityTable } from './suspicion/reliabilityTable';

const plans: readonly (readonly [noise: Noise, share: number])[] = [
  ['uniform', 0],
  ['uniform', 0.05],
  ['uniform', 0.12],
  ['asymmetric', 0.05],
  ['asymmetric', 0.12],
];
/** Of the errors that are planted. */
const seed = 11;

/**
 * How far suspicions can be taken at their word: CSV files whose last column is the label, as `ranking-tables` leaves
 * them in the cache, audited by default as they are and with planted errors. Prints each audit, and over all of them
 * the share of wrong labels among the rows of about each suspicion.
 */
export function main(files: readonly string[]): void {
  if (files.length === 0) throw new Error('Name CSV files whose last column is the label.');
  const linalg = createFloat64LinearAlgebra();
  const suspicions: number[] = [];
  const wrongs: number[] = [];
  const found: object[] = [];
  for (const file of files) {
    const { features, labels, classes } = parseTable(readFileSync(file, 'utf8'));
    for (const [noise, share] of plans) {
      const planted = plantErrors(labels, classes, noise, share, seed);
      const input = defaultAuditInput(features, planted.labels, classes, 7);
      const { columns } = auditFeatures(
        { ...input, neighbours: createExactNeighbourSearch() },
        {
          signal: { cancelled: false, throwIfCancelled: () => undefined },
          progress: () => undefined,
          random: createRandom(7),
          linalg,
          log: () => undefined,
        },
      );
      suspicions.push(...columns.suspicion);
      wrongs.push(...planted.wrong);
      const { wrong, expected, flagged, precision, recall } = measureCalibration(columns.suspicion, planted.wrong);
      const right = flagged === 0 ? 0 : Math.round(precision * flagged);
      found.push({
        file: basename(file, '.csv'),
        errors: share === 0 ? 'none' : `${noise} ${100 * share} %`,
        rows: labels.length,
        wrong,
        'Σ suspicion': expected.toFixed(1),
        'at ½ or above': flagged,
        precision: precision.toFixed(2),
        recall: recall.toFixed(2),
        'clean at ½ (%)': ((100 * (flagged - right)) / (labels.length - wrong)).toFixed(2),
        'average precision': averagePrecision(columns.suspicionLogOdds, planted.wrong).toFixed(3),
      });
    }
  }
  console.table(found);
  console.log(
    `${suspicions.length} rows in ${found.length} audits, ${wrongs.filter((wrong) => wrong === 1).length} of them wrong:`,
  );
  console.table(reliabilityTable(suspicions, wrongs));
  const all = measureCalibration(Float64Array.from(suspicions), Uint8Array.from(wrongs));
  const clean = all.flagged * (1 - all.precision);
  console.log(
    `Σ suspicion / wrong ${(all.expected / all.wrong).toFixed(2)}; at ½ or above precision ${all.precision.toFixed(3)}, recall ${all.recall.toFixed(3)}, ` +
      `${((100 * clean) / (suspicions.length - all.wrong)).toFixed(2)} % of the rows that are not wrong.`,
  );
}
