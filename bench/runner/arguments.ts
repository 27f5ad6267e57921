import { InputError } from '../../src/core/base/errors';
import type { BackendName } from '../../src/core/linalg/linearAlgebra';

export interface BenchArguments {
  /** Names of workloads, or `all`. */
  readonly workloads: readonly string[];
  readonly json: boolean;
  /** undefined: those that each workload has by default. */
  readonly peers: 'all' | readonly string[] | undefined;
  /** undefined: as many as each workload has by default. */
  readonly repeats: number | undefined;
  /** undefined: as many as there are cores. */
  readonly threads: number | undefined;
  readonly backend: BackendName;
  /** The folder of another version of the project, to be timed in turn with this one. */
  readonly against: string | undefined;
  readonly list: boolean;
  readonly help: boolean;
}

export const usage = `npm run bench -- --workload NAME[,NAME…] [options]

  --workload NAME     what to measure (several: repeat it or separate by commas); all = every one; see --list
  --peers LIST        Python peers, separated by commas; all = also those that are large to set up (pyDVL);
                      none = Assay alone. Default: those of the workload
  --repeats N         timed runs of each side, after one that is not timed; the median counts. Default 5
  --threads N         threads of each side. Default: the number of cores
  --backend NAME      Assay's backend: native (default), wasm, float64
  --against FOLDER    a checkout of another version of Assay, set up (npm run setup): timed in turn with this one
  --json              one JSON object a workload and line, on standard output
  --list              the workloads and their peers`;

/** @throws InputError naming what is wrong with the arguments. */
export function parseArguments(given: readonly string[]): BenchArguments {
  const workloads: string[] = [];
  let json = false;
  let list = false;
  let help = false;
  let peers: BenchArguments['peers'];
  let repeats: number | undefined;
  let threads: number | undefined;
  let backend: BackendName = 'native';
  let against: string | undefined;
  for (let at = 0; at < given.length; at++) {
    const [name, ...assigned] = given[at].split('=');
    const value = (): string => {
      const found = assigned.length > 0 ? assigned.join('=') : given[++at];
      if (found === undefined || found === '') throw new InputError(`${name} needs a value.\n\n${usage}`);
      return found;
    };
    switch (name) {
      case '--workload':
        workloads.push(...listOf(value()));
        break;
      case '--peers': {
        const named = value();
        peers = named === 'all' ? 'all' : named === 'none' ? [] : listOf(named);
        break;
      }
      case '--repeats':
        repeats = countOf(name, value());
        break;
      case '--threads':
        threads = countOf(name, value());
        break;
      case '--backend':
        backend = backendOf(value());
        break;
      case '--against':
        against = value();
        break;
      case '--json':
        json = true;
        break;
      case '--list':
        list = true;
        break;
      case '--help':
      case '-h':
        help = true;
        break;
      default:
        throw new InputError(`Unknown argument "${given[at]}".\n\n${usage}`);
    }
  }
  if (!list && !help && workloads.length === 0) throw new InputError(`Name a workload.\n\n${usage}`);
  return { workloads, json, peers, repeats, threads, backend, against, list, help };
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function countOf(name: string, text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) {
    throw new InputError(`${name} must be a whole number of at least 1, not "${text}".`);
  }
  return count;
}

function backendOf(text: string): BackendName {
  if (text === 'native' || text === 'wasm' || text === 'float64') return text;
  throw new InputError(`--backend must be native, wasm or float64, not "${text}".`);
}
