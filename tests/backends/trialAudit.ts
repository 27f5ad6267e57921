import { createHash } from 'node:crypto';
import { auditFeatures } from '../../src/core/audit/auditFeatures';
import { createRandom } from '../../src/core/base/random';
import { syntheticRows } from '../../src/core/testing/testData';
import { createLinearAlgebra } from '../../src/worker/compute/chooseBackend';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';

/**
 * One audit on native TensorFlow in a process of its own, large enough for single precision and blocks; prints the
 * fingerprint of every column, and some columns. Arguments: rows, features, classes.
 */
async function main(): Promise<void> {
  const [rows, features, classes] = process.argv.slice(2).map(Number);
  const data = syntheticRows({ rows, features, classes, seed: 5, signal: 2 / Math.sqrt(features) });
  const backend = await createLinearAlgebra('native');
  const split = Uint8Array.from({ length: rows }, (_, i) => (i % 20 === 0 ? 1 : 0));
  const result = auditFeatures(
    {
      features: data.features,
      labels: data.labels,
      classes,
      split,
      unpenalised: [features - 1],
      l2: 1e-3,
      neighbours: createNeighbourSearch(backend.tensorflow),
    },
    {
      signal: { cancelled: false, throwIfCancelled: () => undefined },
      progress: () => undefined,
      random: createRandom(7),
      linalg: backend.linalg,
      log: () => undefined,
    },
  );
  const { columns } = result;
  const fingerprints = Object.fromEntries(
    Object.entries(columns)
      .filter(([, column]) => ArrayBuffer.isView(column))
      .map(([name, column]) => [name, createHash('sha256').update(column).digest('hex')]),
  );
  const numbers = {
    theta: result.head.theta,
    leverage: columns.leverage,
    selfInfluenceRif: columns.selfInfluenceRif,
    valLossRif: columns.valLossRif,
    suspicionLogOdds: columns.suspicionLogOdds,
  };
  const values = Object.fromEntries(Object.entries(numbers).map(([name, column]) => [name, [...column]]));
  process.stdout.write(JSON.stringify({ fingerprints, values }));
}

void main();
