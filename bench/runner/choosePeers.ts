import { InputError } from '../../src/core/base/errors';
import type { PeerName, Workload } from '../workloads/workload';
import { peerNames } from '../workloads/workload';
import type { BenchArguments } from './arguments';

/**
 * Which peers of a workload are timed, and which run once to check Assay's numbers against: its reference when it is
 * not timed, except with no peers at all. Peers that a workload does not have are left out, so that one list serves
 * several workloads.
 * @throws InputError for a name that no workload has.
 */
export function choosePeers(
  workload: Pick<Workload, 'peers' | 'largePeers' | 'reference'>,
  asked: BenchArguments['peers'],
): { readonly timed: readonly PeerName[]; readonly untimed: readonly PeerName[] } {
  const all = [...workload.peers, ...workload.largePeers];
  let timed: readonly PeerName[];
  if (asked === undefined) timed = workload.peers;
  else if (asked === 'all') timed = all;
  else {
    const known: readonly string[] = peerNames;
    for (const name of asked) {
      if (!known.includes(name))
        throw new InputError(`There is no peer "${name}". There are: ${peerNames.join(', ')}.`);
    }
    timed = all.filter((name) => asked.includes(name));
  }
  const none = asked !== undefined && asked !== 'all' && asked.length === 0;
  const { reference } = workload;
  return { timed, untimed: none || reference === null || timed.includes(reference) ? [] : [reference] };
}
