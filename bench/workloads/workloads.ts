import { InputError } from '../../src/core/base/errors';
import { annotatorsWorkload } from './annotators';
import { scaleWorkload, softmaxWorkload } from './audit';
import { effectsWorkload } from './effects';
import { embeddingsWorkload } from './embeddings';
import { encodeWorkload } from './encode';
import { estimateWorkload } from './estimate';
import { fitWorkload } from './fit';
import { issuesWorkload } from './issues';
import { mapWorkload } from './map';
import { numbersWorkload } from './numbers';
import { picturesWorkload } from './pictures';
import { rankingWorkload } from './ranking';
import { tablesWorkload } from './tables';
import { textsWorkload } from './texts';
import { verifyWorkload } from './verify';
import type { Workload } from './workload';

/** From large to small: the smaller data are the first rows of the largest. */
const scaleRows = [1_000_000, 500_000, 250_000, 125_000, 62_500] as const;

export const workloads: readonly Workload[] = [
  effectsWorkload(20_000, 512),
  effectsWorkload(5_000, 1_024),
  fitWorkload(20_000, 512),
  verifyWorkload(20_000, 512),
  rankingWorkload(20_000, 512, 10, 'uniform'),
  rankingWorkload(20_000, 512, 10, 'asymmetric'),
  tablesWorkload(),
  annotatorsWorkload(),
  numbersWorkload(),
  textsWorkload(),
  picturesWorkload(),
  encodeWorkload('pictures'),
  encodeWorkload('text'),
  issuesWorkload('pictures'),
  issuesWorkload('text'),
  embeddingsWorkload(20_000, 256, 10),
  embeddingsWorkload(50_000, 768, 10),
  embeddingsWorkload(10_000, 384, 100),
  ...scaleRows.map((rows) => scaleWorkload(rows, 768)),
  softmaxWorkload(50_000, 1_024, 100),
  estimateWorkload(5_000, 128, 10),
  mapWorkload(50_000, 64),
];

/** A name for several workloads whose time is to be seen as a function of n. */
export const scaleName = 'scale';

/** Those named, in the order asked for, each once. @throws InputError for a name that there is not. */
export function findWorkloads(names: readonly string[]): Workload[] {
  const found = names.flatMap((name) => {
    if (name === 'all') return workloads;
    if (name === scaleName) return workloads.filter((workload) => workload.name.startsWith(`${scaleName}-`));
    const one = workloads.find((workload) => workload.name === name);
    if (one === undefined) {
      throw new InputError(
        `There is no workload "${name}". There are: ${[...workloads.map((w) => w.name), scaleName, 'all'].join(', ')}.`,
      );
    }
    return [one];
  });
  return [...new Set(found)];
}
