import path from 'node:path';
import { AssayError } from '../../src/core/base/errors';
import { findWorkloads, scaleName, workloads } from '../workloads/workloads';
import { parseArguments, usage } from './arguments';
import { bundleAssay } from './bundle';
import { choosePeers } from './choosePeers';
import { coreCount } from './machine';
import { formatResult, formatScale } from './report';
import type { WorkloadResult } from './result';
import { runWorkload } from './runWorkload';
import { scaleResult } from './scale';

/** What the plain JavaScript that starts this provides. */
export interface BenchHost {
  readonly benchFolder: string;
  readonly cacheFolder: string;
  /** Sets up the packages of peers/`requirements` once and answers with the interpreter that has them. */
  readonly pythonWith: (requirements: string) => Promise<string>;
}

/** The whole command; its exit code: 0 when everything asked for was measured and agrees. */
export async function main(given: readonly string[], host: BenchHost): Promise<number> {
  try {
    const options = parseArguments(given);
    if (options.help) {
      console.log(usage);
      return 0;
    }
    if (options.list) {
      for (const { name, summary, peers, largePeers } of workloads) {
        const all = [...peers, ...largePeers.map((peer) => `${peer} (with --peers all)`)];
        console.log(`${name}\n    ${summary}\n    peers: ${all.length === 0 ? 'none' : all.join(', ')}`);
      }
      console.log(`${scaleName}\n    all scale-…, and how time grows with the number of rows`);
      return 0;
    }
    const chosen = findWorkloads(options.workloads);
    for (const workload of chosen) choosePeers(workload, options.peers);
    const python = await host.pythonWith('requirements.txt');
    const assay = await bundleAssay(host.benchFolder);
    const earlier =
      options.against === undefined ? undefined : await bundleAssay(path.resolve(options.against, 'bench'));
    const log = (message: string): void => console.error(message);
    const results: WorkloadResult[] = [];
    try {
      for (const workload of chosen) {
        const result = await runWorkload(workload, options, {
          assay,
          earlier,
          threads: options.threads ?? coreCount(),
          maker: {
            python,
            scripts: path.join(host.benchFolder, 'peers'),
            folder: path.join(host.cacheFolder, 'bench-data'),
            log,
          },
          pythonFor: (peer) => (peer === 'pydvl' ? host.pythonWith('requirements-pydvl.txt') : Promise.resolve(python)),
          log,
        });
        results.push(result);
        console.log(options.json ? JSON.stringify(result) : `${formatResult(result)}\n`);
      }
    } finally {
      assay.folder.remove();
      earlier?.folder.remove();
    }
    if (options.workloads.includes(scaleName) || options.workloads.includes('all')) {
      const scale = scaleResult(results);
      console.log(options.json ? JSON.stringify(scale) : formatScale(scale));
    }
    return results.every(succeeded) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof AssayError)) throw error;
    console.error(error.message);
    return 2;
  }
}

function succeeded({ assay_s, agrees, failures }: WorkloadResult): boolean {
  return assay_s !== null && agrees !== false && Object.keys(failures).length === 0;
}
