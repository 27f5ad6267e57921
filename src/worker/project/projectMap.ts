import type { Column } from '../../contract/dataset';
import { type MapColour, type MapLayout, type MapPlaces, type MapValues, mostMapRows } from '../../contract/map';
import { InputError, StorageError } from '../../core/base/errors';
import { formatCount } from '../../core/base/format';
import type { ComputeClient } from '../compute/thread/computeClient';
import { NumberCells } from '../datasets/cells/numberCells';
import { numberReader, styleOf } from '../datasets/cells/numberStyle';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { planMap, runMap } from '../jobs/mapJob';
import { recordJob } from '../jobs/recordJob';
import type { PlacesName } from '../store/audits/auditStore';
import type { ProjectStore } from '../store/projectStore';
import type { AuditRecord } from '../store/storeTypes';

/** What the project keeps of a map beside its places. */
const metaKey = 'map-pca';

/** Where the rows of the audited data stand on a map, and what colours them. */
export class ProjectMap {
  readonly #store: ProjectStore;
  readonly #jobs: JobQueue;
  readonly #compute: ComputeClient;
  /** The plane of an audit's features that is being looked for. */
  #plane: { readonly generation: number; readonly places: Promise<MapPlaces> } | null = null;

  constructor(store: ProjectStore, jobs: JobQueue, compute: ComputeClient) {
    this.#store = store;
    this.#jobs = jobs;
    this.#compute = compute;
  }

  /**
   * x and y of every row; null: of `umap`, before it was computed. The plane of the features is computed when it is
   * first asked for, and kept.
   * @throws InputError before the first audit, for too many rows, for columns that are no numbers.
   */
  async places(layout: MapLayout): Promise<MapPlaces | null> {
    const audit = this.#needMap();
    switch (layout.kind) {
      case 'pca':
        return this.#findPlane(audit);
      case 'umap': {
        const xy = await this.#kept('umap');
        return xy === null ? null : { xy, varianceShare: null };
      }
      case 'columns':
        return { xy: await this.#readColumns(layout.x, layout.y), varianceShare: null };
    }
  }

  /**
   * Places the rows among their neighbours; what is found is kept until the next audit.
   * @throws InputError as `places`, or when a map is on its way already.
   */
  start(): StartedJob<void> {
    const audit = this.#needMap();
    if (this.#jobs.has('map')) throw new InputError('A map is being made already. Cancel it first, or wait.');
    const { rowCount } = this.#store.sources.requireSource();
    const started = this.#jobs.start({
      kind: 'map',
      stages: planMap(rowCount, audit.summary),
      run: async (job) => {
        // An audit that was waiting before it has made another one of it.
        const latest = this.#needMap();
        const { xy } = await this.#findPlane(latest);
        await runMap(this.#store, this.#compute, { audit: latest, start: xy }, job);
      },
    });
    recordJob(this.#store, started, 'map');
    return started;
  }

  /** @throws InputError before the first audit, for too many rows, for classes of labels that are numbers. */
  async values(by: MapColour): Promise<MapValues> {
    this.#needMap();
    return this.#store.review.readValues(by);
  }

  #needMap(): AuditRecord {
    const audit = this.#store.audits.latest;
    if (audit === null) throw new InputError('This dataset has not been audited yet. Run an audit first.');
    const { rowCount } = this.#store.sources.requireSource();
    if (rowCount > mostMapRows) {
      throw new InputError(
        `The map draws up to ${formatCount(mostMapRows)} rows, and these are ${formatCount(rowCount)}. The table and the gallery show all of them.`,
      );
    }
    return audit;
  }

  /** Asked for twice it is computed once. */
  async #findPlane(audit: AuditRecord): Promise<MapPlaces> {
    if (this.#plane?.generation !== audit.generation) {
      const places = this.#readPlane(audit);
      const plane = { generation: audit.generation, places };
      this.#plane = plane;
      places
        // It is in the project from now on.
        .finally(() => {
          if (this.#plane === plane) this.#plane = null;
        })
        .catch(() => undefined);
    }
    return this.#plane.places;
  }

  async #readPlane({ generation }: AuditRecord): Promise<MapPlaces> {
    const kept = await this.#kept('pca');
    const share = await this.#keptShare(generation);
    if (kept !== null && share !== null) return { xy: kept, varianceShare: share };
    const { rowCount } = this.#store.sources.requireSource();
    const features = this.#store.audits.findRows('features');
    const found = await this.#compute.findPlane({ input: { features }, backend: 'auto', seed: 0 });
    if (found === null) return { xy: new Float32Array(2 * rowCount), varianceShare: 0 };
    // Behind the rows of the data stand those of a validation file.
    const xy = found.xy.slice(0, 2 * rowCount);
    await this.#keep(generation, xy, found.varianceShare);
    return { xy, varianceShare: found.varianceShare };
  }

  /** Null where there is none, or none that can be read: it can be computed again. */
  async #kept(name: PlacesName): Promise<Float32Array | null> {
    try {
      return await this.#store.audits.readPlaces(name);
    } catch (error) {
      if (error instanceof StorageError) return null;
      throw error;
    }
  }

  async #keptShare(generation: number): Promise<number | null> {
    const kept = await this.#store.meta.read(metaKey);
    if (typeof kept !== 'object' || kept === null || !('generation' in kept) || !('varianceShare' in kept)) return null;
    const { varianceShare: share } = kept;
    return kept.generation === generation && typeof share === 'number' && share >= 0 && share <= 1 ? share : null;
  }

  /** A map that cannot be kept, on a full disk or because another audit has come, can be looked at all the same. */
  async #keep(generation: number, xy: Float32Array, varianceShare: number): Promise<void> {
    try {
      await this.#store.audits.writePlaces('pca', generation, xy);
      await this.#store.meta.write(metaKey, { generation, varianceShare });
    } catch (error) {
      console.error(`the map was not kept: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  async #readColumns(x: number, y: number): Promise<Float32Array> {
    const { rowCount, dialect } = this.#store.sources.requireSource();
    const columns = [this.#numberColumn(x), this.#numberColumn(y)];
    const missing = dialect.missing.length > 0 ? new Set(dialect.missing.map((word) => word.trim())) : null;
    const readers = columns.map((column) => {
      const style = styleOf(column);
      return new NumberCells({ read: numberReader(style), style, missing });
    });
    const xy = new Float32Array(2 * rowCount).fill(Number.NaN);
    // A column may stand on both axes, and is read once then.
    const indices = x === y ? [x] : [x, y];
    await this.#store.sources.scanCells(indices, (block) => {
      readers.forEach((reader, axis) => {
        const column = x === y ? 0 : axis;
        for (let row = 0; row < block.rows; row++) {
          xy[2 * (block.firstRow + row) + axis] = reader.at(block, row, column);
        }
      });
    });
    return xy;
  }

  #numberColumn(index: number): Column {
    const column = this.#store.sources.columns.find((one) => one.index === index);
    if (column === undefined) throw new InputError(`There is no column ${index} in these data.`);
    if (column.type !== 'number' && column.type !== 'integer') {
      throw new InputError(`The column “${column.name}” holds no numbers. Choose a column of numbers for the map.`);
    }
    return column;
  }
}
