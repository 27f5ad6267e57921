import { describe, expect, it } from 'vitest';
import { colourNames, colourNumbers, type MapInks, packColour, parseHex, type Rgb, unpack } from './mapColours';

const category = (at: number): Rgb => [at + 1, 0, 0];
const inks: MapInks = {
  surface: [255, 255, 255],
  text: [0, 0, 0],
  nothing: [9, 9, 9],
  accent: [0, 0, 200],
  good: [0, 200, 0],
  bad: [200, 0, 0],
  warn: [200, 200, 0],
  low: [100, 100, 100],
  categories: Array.from({ length: 10 }, (_, at) => category(at)),
};

describe('colours of the map', () => {
  it('packs and reads them', () => {
    expect(parseHex(' #2457d6')).toEqual([0x24, 0x57, 0xd6]);
    expect(unpack(packColour([1, 2, 3]))).toEqual([1, 2, 3]);
    expect(packColour([255, 0, 0]) >>> 24).toBe(255);
  });

  it('gives the ten most frequent names a colour, in the order of the names', () => {
    const names = Array.from({ length: 12 }, (_, at) => `class ${at}`);
    // Class 0 and class 5 have one row, the others two.
    const values = Float32Array.from([0, 5, ...[1, 2, 3, 4, 6, 7, 8, 9, 10, 11].flatMap((code) => [code, code]), NaN]);
    const { colourOf, faintOf, legend } = colourNames(values, names, 'given_label', inks);
    expect(unpack(colourOf(0))).toEqual(inks.nothing);
    expect(unpack(colourOf(1))).toEqual(inks.nothing);
    expect(unpack(colourOf(2))).toEqual(category(0));
    expect(unpack(colourOf(values.length - 1))).toEqual(inks.nothing);
    expect(unpack(faintOf(2))[1]).toBeGreaterThan(150);
    if (legend.kind !== 'names') throw new Error('Names have a legend of names.');
    expect(legend.names).toHaveLength(10);
    expect(legend.others).toMatchObject({ name: '2 more', rows: 3 });
  });

  it('gives decisions the colours they have elsewhere', () => {
    const names = ['undecided', 'keep', 'remove', 'relabel', 'later'];
    const { colourOf } = colourNames(Float32Array.of(0, 1, 2, 3, 4), names, 'decision', inks);
    expect([0, 1, 2, 3, 4].map((row) => unpack(colourOf(row)))).toEqual([
      inks.nothing,
      inks.good,
      inks.bad,
      inks.accent,
      inks.warn,
    ]);
  });

  it('puts numbers on a scale that outliers do not stretch', () => {
    const values = Float32Array.from({ length: 1000 }, (_, row) => row);
    values[999] = 1e9;
    values[0] = NaN;
    const { colourOf, legend } = colourNumbers(values, 'loss', inks);
    if (legend.kind !== 'scale') throw new Error('Numbers have a scale.');
    expect(legend.high).toBeLessThan(1000);
    expect(legend.empty).toBe(1);
    expect(legend.colours).toHaveLength(8);
    expect(unpack(colourOf(0))).toEqual(inks.nothing);
    expect(unpack(colourOf(1))).toEqual(inks.low);
    expect(unpack(colourOf(999))).toEqual(inks.accent);
  });

  it('has suspicion from 0 to 1, and effects about 0', () => {
    expect(colourNumbers(Float32Array.of(0.4, 0.6), 'suspicion', inks).legend).toMatchObject({ low: 0, high: 1 });
    const effects = colourNumbers(Float32Array.of(-2, 0, 1), 'val_loss_rif', inks);
    expect(effects.legend).toMatchObject({ low: -2, high: 2 });
    expect(unpack(effects.colourOf(0))).toEqual(inks.bad);
    expect(unpack(effects.colourOf(2))[1]).toBeGreaterThan(unpack(effects.colourOf(2))[0]);
    expect(colourNumbers(new Float32Array(3).fill(7), 'loss', inks).legend).toMatchObject({ low: 7, high: 7 });
  });
});
