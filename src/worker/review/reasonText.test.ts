import { describe, expect, it } from 'vitest';
import { reasonFlags, reasonWords } from '../../core/ranking/reasons';
import { explainReasons, reasonNamesByBit } from './reasonText';

describe('reasons in the store', () => {
  it('stand at the place of their bit', () => {
    for (const reason of Object.keys(reasonFlags) as (keyof typeof reasonFlags)[]) {
      expect(reasonNamesByBit[Math.log2(reasonFlags[reason])]).toBe(reasonWords[reason]);
    }
  });

  it('are explained by a sentence each', () => {
    expect(explainReasons(['ambiguous', 'head disagrees', 'unheard of'], 'classes')).toHaveLength(2);
  });
});
