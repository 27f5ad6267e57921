import { BugError } from '../../src/core/base/errors';
import { findPlaneOfRows } from '../../src/core/linalg/planeOfRows';
import { layOutNeighbours, type NeighbourLayout } from '../../src/core/ranking/neighbours/umap/layOutNeighbours';
import { createNeighbourSearch } from '../../src/worker/compute/neighbourSearch';
import { readMatrix } from './arrays';
import { createStageClock } from './stageClock';
import type { AssayTask, TaskInputs } from './task';
import { benchContext } from './task';

/** Rows in their plane, and from there among their neighbours, as the map of Review does it. */
export async function createMapTask({ data, backend }: TaskInputs): Promise<AssayTask> {
  const features = await readMatrix(data, 'features');
  const neighbours = createNeighbourSearch(backend.tensorflow);
  let layout: NeighbourLayout | undefined;
  return {
    run() {
      const clock = createStageClock();
      const context = benchContext(backend, clock.progress);
      const started = performance.now();
      const plane = findPlaneOfRows(features, context);
      if (plane === null) throw new BugError('The rows of this workload differ.');
      const planeSeconds = (performance.now() - started) / 1000;
      layout = layOutNeighbours({ features, rows: features.rows, start: plane.xy, neighbours }, context);
      return { stages: { plane: planeSeconds, ...clock.seconds() }, recall: layout.recall };
    },
    outputs: () =>
      layout === undefined ? {} : { places: { data: Float64Array.from(layout.xy), shape: [features.rows, 2] } },
  };
}
