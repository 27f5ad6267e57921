import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/base/errors';
import type { PeerName } from '../workloads/workload';
import { choosePeers } from './choosePeers';

const workload: { peers: PeerName[]; largePeers: PeerName[]; reference: PeerName } = {
  peers: ['numpy-float64', 'numpy-float32'],
  largePeers: ['pydvl'],
  reference: 'numpy-float64',
};

describe('choosePeers', () => {
  it('leaves large peers out unless they are asked for', () => {
    expect(choosePeers(workload, undefined)).toEqual({ timed: workload.peers, untimed: [] });
    expect(choosePeers(workload, 'all').timed).toEqual([...workload.peers, 'pydvl']);
    expect(choosePeers(workload, ['pydvl']).timed).toEqual(['pydvl']);
  });

  it('runs the reference untimed where it was not asked for, except for Assay alone', () => {
    expect(choosePeers(workload, ['numpy-float32'])).toEqual({ timed: ['numpy-float32'], untimed: ['numpy-float64'] });
    expect(choosePeers(workload, ['cleanlab'])).toEqual({ timed: [], untimed: ['numpy-float64'] });
    expect(choosePeers(workload, [])).toEqual({ timed: [], untimed: [] });
  });

  it('refuses a peer that there is not', () => {
    expect(() => choosePeers(workload, ['numpy'])).toThrow(InputError);
  });
});
