import { describe, expect, it } from 'vitest';
import type { Runner } from './rounds';
import { runRounds } from './rounds';

function runner(name: string, calls: string[], failsAt = Number.POSITIVE_INFINITY): Runner {
  let run = 0;
  return {
    name,
    run() {
      calls.push(name);
      if (++run === failsAt) return Promise.reject(new Error(`${name} broke`));
      return Promise.resolve({ seconds: run, facts: { run } });
    },
  };
}

describe('runRounds', () => {
  it('alternates, and times what comes after the warm-up', async () => {
    const calls: string[] = [];
    const rounds = await runRounds([runner('assay', calls), runner('a', calls), runner('b', calls)], {
      warmUps: 1,
      repeats: 2,
      rest: 0,
    });
    expect(calls).toEqual(['assay', 'a', 'b', 'assay', 'a', 'b', 'assay', 'a', 'b']);
    expect(rounds.seconds).toEqual({ assay: [2, 3], a: [2, 3], b: [2, 3] });
    expect(rounds.warmUpSeconds).toEqual({ assay: [1], a: [1], b: [1] });
    expect(rounds.facts['a']).toEqual({ run: 3 });
    expect(rounds.failures).toEqual({});
  });

  it('goes on without a peer that fails, and ends when Assay fails', async () => {
    const calls: string[] = [];
    const peers = [runner('assay', calls), runner('a', calls, 2), runner('b', calls)];
    const rounds = await runRounds(peers, { warmUps: 1, repeats: 2, rest: 0 });
    expect(calls.join(' ')).toBe('assay a b assay a b assay b');
    expect(rounds.seconds['a']).toEqual([]);
    expect(String(rounds.failures['a'])).toMatch(/a broke/);

    const after: string[] = [];
    const broken = await runRounds([runner('assay', after, 2), runner('a', after)], {
      warmUps: 0,
      repeats: 3,
      rest: 0,
    });
    expect(after.join(' ')).toBe('assay a assay');
    expect(Object.keys(broken.failures)).toEqual(['assay']);
  });
});
