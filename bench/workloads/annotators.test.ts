import { describe, expect, it } from 'vitest';
import { crowdFiles, plantCrowd } from './annotators';

const rows = Array.from({ length: 400 }, (_, i) => [i / 10, 'c9', `c${i % 4}`].join(','));
const csv = `a1,a2,label\n${rows.join('\n')}\n`;

describe('plantCrowd', () => {
  it('puts one column an annotator in the place of the label, wrong as often as planned', () => {
    const planted = plantCrowd(csv, 'adversary-5', 3);
    const [header, ...lines] = planted.csv.trimEnd().split('\n');
    expect(header).toBe('a1,a2,label_01,label_02,label_03,label_04,label_05');
    expect([...planted.truth.subarray(0, 5)]).toEqual([0, 1, 2, 3, 0]);
    const next = { all: 0, adversary: 0 };
    const right = [0, 0, 0, 0, 0];
    const count = [0, 0, 0, 0, 0];
    lines.forEach((line, i) => {
      const cells = line.split(',').slice(2);
      const given = cells.filter((cell) => cell !== '').length;
      expect(given).toBeGreaterThanOrEqual(1);
      expect(given).toBeLessThanOrEqual(3);
      cells.forEach((cell, a) => {
        expect(cell).toBe(planted.labels[5 * i + a] < 0 ? '' : `c${planted.labels[5 * i + a]}`);
        if (cell === '') return;
        count[a]++;
        if (cell === `c${i % 4}`) right[a]++;
        if (a === 4) next.all++;
        if (a === 4 && cell === `c${(i + 1) % 4}`) next.adversary++;
      });
    });
    [0.9, 0.7, 0.8, 0.6, 0.2].forEach((share, a) => expect(Math.abs(right[a] / count[a] - share)).toBeLessThan(0.12));
    expect(next.adversary / next.all).toBeGreaterThan(0.68);
  });

  it('draws every file by a seed of its own', () => {
    expect(new Set(crowdFiles.map(({ seed }) => seed)).size).toBe(crowdFiles.length);
    expect(plantCrowd(csv, 'good-3', 1).csv).not.toBe(plantCrowd(csv, 'good-3', 2).csv);
  });
});
