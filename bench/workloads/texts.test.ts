import { describe, expect, it } from 'vitest';
import { plantInTexts } from './texts';

describe('errors in texts', () => {
  const cells = ['plain', 'two\nlines', 'a "quote", and a comma', '', 'c1'];
  const csv = `subject,label\n${Array.from({ length: 50 }, (_, row) => `"${cells[row % 5].replaceAll('"', '""')}",c${row % 2}`).join('\n')}\n`;

  it('change labels and nothing else', () => {
    const { csv: changed, wrong } = plantInTexts(csv, 'uniform', 0.1, 3);
    expect(wrong.reduce((sum, one) => sum + one, 0)).toBe(5);
    const again = plantInTexts(changed, 'uniform', 0.1, 3);
    // The same rows of two classes, changed back.
    expect(again.wrong).toEqual(wrong);
    expect(again.csv).toBe(plantInTexts(csv, 'uniform', 0, 3).csv);
  });

  it('go one way where they are asymmetric', () => {
    const { wrong } = plantInTexts(csv, 'asymmetric', 0.1, 3);
    expect([...wrong.entries()].filter(([, one]) => one === 1).every(([row]) => row % 2 === 0)).toBe(true);
  });
});
