import { describe, expect, it } from 'vitest';
import { layerNames, layPoints, type PointLayers } from './pointLayers';

function rowsOf(layers: PointLayers, name: (typeof layerNames)[number]): number[] {
  const which = layerNames.indexOf(name);
  return [...layers.rows.subarray(which === 0 ? 0 : layers.ends[which - 1], layers.ends[which])].sort((a, b) => a - b);
}

describe('the layers of the map', () => {
  it('has every row with a place once, in the layer it belongs to', () => {
    const layers = layPoints({
      xy: Float32Array.of(0, 0, 1, 1, 2, 2, 3, 3, NaN, 4, 5, Infinity),
      // Row 3 is in the list at place 0, row 1 at place 1, row 2 at place 2.
      placeOfRow: Int32Array.of(-1, 1, 2, 0, 3, 4),
      suspicion: Float32Array.of(0.9, 0.4, 0.5, 0.9, 0.9, 0.9),
      threshold: 0.5,
      selected: Uint8Array.of(1, 0, 0, 0, 0),
      colourOf: (row) => 100 + row,
      faintOf: (row) => row,
    });
    expect(rowsOf(layers, 'beyond')).toEqual([0]);
    expect(rowsOf(layers, 'listed')).toEqual([1]);
    expect(rowsOf(layers, 'suspect')).toEqual([2]);
    expect(rowsOf(layers, 'selected')).toEqual([3]);
    expect([...layers.colours]).toEqual([0, 101, 102, 103]);
    expect([...layers.x]).toEqual([0, 1, 2, 3]);
  });

  it('mixes rows that stand behind each other, and loses none', () => {
    const n = 1000;
    const layers = layPoints({
      xy: new Float32Array(2 * n),
      placeOfRow: new Int32Array(n).fill(-1),
      suspicion: new Float32Array(n),
      threshold: 0.5,
      selected: new Uint8Array(0),
      colourOf: () => 0,
      faintOf: () => 0,
    });
    expect([...layers.rows].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, row) => row));
    // The first hundred drawn are of all parts.
    const parts = new Set([...layers.rows.subarray(0, 100)].map((row) => Math.floor(row / 100)));
    expect(parts.size).toBe(10);
  });
});
