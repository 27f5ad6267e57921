import type { StoredArray } from '../../src/worker/store/storeTypes';

/** What a side is told about its work, as JSON; read by bench/assay and bench/peers. */
export type Settings = Readonly<Record<string, number | string | boolean | null>>;

/**
 * What a script of peers/ makes, once for each specification: tables.py, numericTables.py (numbers), texts.py,
 * pictures.py, issues.py, embeddings.py, and makeData.py the rest.
 */
export interface DataSpec extends Settings {
  readonly kind:
    'binary' | 'classes' | 'blocks' | 'tables' | 'numbers' | 'texts' | 'pictures' | 'issues' | 'embeddings';
  readonly rows: number;
  /** The constant last one included, where there is one. */
  readonly features: number;
  readonly classes: number;
  readonly seed: number;
}

/** Python peers; those of `requirements-pydvl.txt` are set up on request only. */
export const peerNames = [
  'numpy-float64',
  'numpy-float32',
  'scikit-learn',
  'cleanlab',
  'cleanlab-logistic',
  'cleanlab-extra-trees',
  'cleanlab-random-forest',
  'cleanlab-boosting',
  'cleanlab-neighbours',
  'cleanlab-regression',
  'cleanlab-regression-forest',
  'cleanlab-texts-tfidf',
  'cleanlab-texts-svd',
  'cleanlab-pictures-encoder',
  'cleanlab-pictures-axes',
  'cleanlab-pictures-pixels',
  'cleanlab-embeddings',
  'cleanlab-embeddings-one',
  'onnxruntime',
  'cleanvision',
  'datalab',
  'umap-learn',
  'pydvl',
] as const;
export type PeerName = (typeof peerNames)[number];

/** Another version of Assay (`--against`): timed beside this one; of its numbers only average precisions are told. */
export const earlierVersion = 'earlier';
export type RivalName = PeerName | typeof earlierVersion;

/** Facts a side tells beside its seconds: stages, iterations, versions. */
export type Facts = Readonly<Record<string, unknown>>;

/** What a side computed in its last run, read lazily from the files that it saved. */
export interface SideOutputs {
  readonly facts: Facts;
  /** @throws StorageError when the side did not save such an array. */
  array(name: string): Promise<StoredArray>;
}

export interface Outputs {
  readonly assay: SideOutputs;
  /** By peer, another version of Assay among them; those that failed are missing. */
  readonly peers: Readonly<Partial<Record<RivalName, SideOutputs>>>;
  /** The workload's data, by the names of its files. */
  data(name: string): Promise<StoredArray>;
}

export interface Assessment {
  /** Assay's relative errors, by what was compared; each has a limit of the same name in {@link Workload.limits}. */
  readonly errors: Readonly<Record<string, number>>;
  /** The peers' own errors against the reference: stated, never a reason to fail. */
  readonly peerErrors?: Readonly<Partial<Record<PeerName, Readonly<Record<string, number>>>>>;
  /** Other findings, part of the result under these names. */
  readonly more?: Facts;
}

export interface Workload {
  readonly name: string;
  /** A sentence: what is timed. */
  readonly summary: string;
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
  readonly data: DataSpec;
  /** Makes what the sides read, in a folder for this run, of what was made once. Without it they read the latter. */
  readonly derive?: (made: string, folder: string) => Promise<void>;
  /** The adapter on both sides: one in bench/assay, and bench/peers/peer.py. */
  readonly task:
    | 'effects'
    | 'fit'
    | 'ranking'
    | 'tables'
    | 'annotators'
    | 'audit'
    | 'verify'
    | 'estimate'
    | 'encode'
    | 'issues'
    | 'map';
  readonly settings: Settings;
  readonly peers: readonly PeerName[];
  /** Further peers of `--peers all`. */
  readonly largePeers: readonly PeerName[];
  /** The peer that Assay's numbers are checked against: it runs, untimed, also when it was not asked for. */
  readonly reference: PeerName | null;
  readonly repeats: number;
  /** Untimed runs of each side before the timed ones. */
  readonly warmUps: number;
  /** Largest relative errors with which the numbers agree. */
  readonly limits: Readonly<Record<string, number>>;
  assess(outputs: Outputs): Promise<Assessment>;
}

export const defaultRepeats = 5;

/** Where a run takes less than a second: V8 compiles what is called again and again, by the third call most of it. */
export const shortWarmUps = 3;
