import { describe, expect, it } from 'vitest';
import { layoutSchema, showBeside, showView, standardLayout } from './layoutModel';

describe('the views that stand in Review', () => {
  it('change one for another, in the place of the one that has the keys', () => {
    expect(showView(['table'], 'gallery', 'table')).toEqual(['gallery']);
    expect(showView(['table'], 'table', 'table')).toEqual(['table']);
    expect(showView(['table', 'gallery'], 'gallery', 'table')).toEqual(['table', 'gallery']);
    expect(showView(['table', 'gallery'], 'matrix', 'gallery')).toEqual(['table', 'matrix']);
    expect(showView(['table', 'gallery'], 'matrix', 'table')).toEqual(['matrix', 'gallery']);
  });

  it('stand side by side, and the one that has the keys alone again', () => {
    expect(showBeside(['table'], 'table')).toEqual(['table', 'gallery']);
    expect(showBeside(['gallery'], 'gallery')).toEqual(['table', 'gallery']);
    expect(showBeside(['table', 'gallery'], 'gallery')).toEqual(['gallery']);
    expect(showBeside(['table', 'gallery'], 'table')).toEqual(['table']);
  });

  it('are kept as they were', () => {
    expect(layoutSchema.parse(standardLayout)).toEqual(standardLayout);
    expect(layoutSchema.safeParse({ ...standardLayout, views: [] }).success).toBe(false);
    // An earlier version had no map.
    const { map: _, ...before } = standardLayout;
    expect(layoutSchema.parse(before)).toEqual(standardLayout);
    // And none folded parts of the evidence away.
    const { folded: __, ...unfolded } = standardLayout;
    expect(layoutSchema.parse(unfolded)).toEqual(standardLayout);
  });
});
