import { describe, expect, it } from 'vitest';
import { describeVerdict } from './verdict';

const random = (...changes: (number | null)[]): { actual: number | null }[] => changes.map((actual) => ({ actual }));
const twenty = random(...Array.from({ length: 20 }, (_, k) => (k - 10) / 10_000));

describe('the verdict on a removal', () => {
  it('is worth it where hardly a random removal does as much', () => {
    const verdict = describeVerdict({
      name: 'validation_loss',
      rowCount: 37,
      before: 0.4127,
      actual: -0.0281,
      random: twenty,
    });
    expect(verdict).toEqual({
      kind: 'worth',
      measured: 'Removing these 37 rows lowers the validation loss by 6.8 % (0.4127 → 0.3846), measured by retraining.',
      against: 'None of 20 random removals of the same size and class mix lowers it as much.',
      conclusion: 'Worth it.',
    });
  });

  it('bears one in twenty that does better, not two', () => {
    const judge = (...better: number[]): string =>
      describeVerdict({
        name: 'validation_loss',
        rowCount: 3,
        before: 1,
        actual: -0.01,
        random: random(...better, ...Array.from({ length: 20 - better.length }, () => 0.001)),
      }).kind;
    expect(judge()).toBe('worth');
    expect(judge(-0.02)).toBe('worth');
    expect(judge(-0.02, -0.01)).toBe('chance');
  });

  it('is harm where the loss rises, however random removals end', () => {
    const verdict = describeVerdict({
      name: 'validation_loss',
      rowCount: 1,
      before: 0.2,
      actual: 0.00002,
      random: twenty,
    });
    expect(verdict.kind).toBe('harm');
    expect(verdict.measured).toBe(
      'Removing this row raises the validation loss by 0.01 % (0.200000 → 0.200020), measured by retraining.',
    );
    expect(verdict.against).toBe('11 of 20 random removals of the same size and class mix end as low or lower.');
  });

  it('says what it cannot tell', () => {
    const base = { name: 'validation_loss', rowCount: 2, before: 0.5 };
    expect(describeVerdict({ ...base, actual: null, random: [] }).kind).toBe('unknown');
    expect(describeVerdict({ ...base, actual: -0.1, random: random(0.1, null) }).kind).toBe('alone');
    expect(describeVerdict({ ...base, actual: 0, random: [] }).measured).toBe(
      'Removing these 2 rows does not change the validation loss, measured by retraining.',
    );
  });

  it('follows nothing from the training loss, in which the removed rows are', () => {
    const base = { name: 'training_loss', rowCount: 3, before: 0.3, random: [] };
    for (const actual of [-0.1, 0.1]) {
      expect(describeVerdict({ ...base, actual })).toMatchObject({
        kind: 'training',
        conclusion: 'Nothing follows from the training loss: audit with validation rows to tell.',
      });
    }
  });
});
