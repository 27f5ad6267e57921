import { describe, expect, it } from 'vitest';
import { InputError } from '../core/base/errors';
import { chooseKinds, chooseRemoval } from './exportCommand';

describe('what export writes', () => {
  it('follows the decisions unless told otherwise or nothing was decided', () => {
    expect(chooseRemoval({}, true)).toEqual({ kind: 'decisions' });
    expect(chooseRemoval({}, false)).toMatchObject({ kind: 'suspicion', threshold: 0.5 });
    expect(chooseRemoval({ top: 10 }, true)).toMatchObject({ kind: 'suspicion', top: 10 });
    expect(chooseRemoval({ threshold: 0.9 }, true)).toMatchObject({ kind: 'suspicion', threshold: 0.9 });
  });

  it('refuses what decisions would leave unread', () => {
    expect(() => chooseRemoval({ includeValidation: true }, true)).toThrow(/with --threshold or --top/);
    expect(() => chooseRemoval({ allowEmptyingClasses: true }, true)).toThrow(InputError);
    expect(chooseRemoval({ includeValidation: true }, false)).toMatchObject({ includeValidation: true });
    expect(chooseRemoval({ includeValidation: true, top: 3 }, true)).toMatchObject({ includeValidation: true });
  });

  it('always writes the manifest, once, and refuses names it does not know', () => {
    expect(chooseKinds(['cleaned', 'manifest'])).toEqual(['cleaned', 'manifest']);
    expect(chooseKinds(['scores'])).toEqual(['scores', 'manifest']);
    expect(() => chooseKinds(['parquet'])).toThrow(InputError);
  });
});
