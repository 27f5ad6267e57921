import { auditFeatures } from '../src/core/audit/auditFeatures';
import { createRandom } from '../src/core/base/random';
import { createFloat64LinearAlgebra } from '../src/core/linalg/float64LinearAlgebra';
import { createExactNeighbourSearch } from '../src/core/ranking/neighbours/exactNeighbours';
import { drawNoise } from './suspicion/drawNoise';
import { defaultAuditInput } from './suspicion/plantedErrors';

/**
 * What an audit with the defaults makes of features that say nothing: so many data sets (default 200) of 20 to 2,000
 * rows, 2 to 5 classes, balanced or not, 1 to 50 columns of noise. Prints which of them are believed to say something.
 */
export function main([count = '200']: readonly string[]): void {
  const linalg = createFloat64LinearAlgebra();
  const believed: object[] = [];
  let shares = 0;
  let most = 0;
  for (let seed = 0; seed < Number(count); seed++) {
    const { features, labels, classes, balanced } = drawNoise(seed);
    const { columns, signal } = auditFeatures(
      { ...defaultAuditInput(features, labels, classes, seed), neighbours: createExactNeighbourSearch() },
      {
        signal: { cancelled: false, throwIfCancelled: () => undefined },
        progress: () => undefined,
        random: createRandom(7),
        linalg,
        log: () => undefined,
      },
    );
    const listed = columns.suspicion.filter((value) => value >= 0.5).length;
    shares += listed / labels.length;
    most = Math.max(most, listed / labels.length);
    if (signal.found) {
      believed.push({
        seed,
        rows: labels.length,
        columns: features.columns,
        classes,
        balanced,
        'nats gained': (signal.gain * signal.rows).toFixed(1),
        'standard errors': (signal.gain / signal.standardError).toFixed(2),
        listed,
      });
    }
  }
  console.table(believed);
  console.log(
    `${count} sets of noise: ${((100 * shares) / Number(count)).toFixed(2)} % of the rows listed in the mean, ${(100 * most).toFixed(1)} % at most; ` +
      `${Number(count) - believed.length} audits say that the features say nothing, ${believed.length} do not.`,
  );
}
