import { describe, expect, it } from 'vitest';
import { findClasses } from './findClasses';

describe('findClasses', () => {
  const classes = ['T-shirt', 'shirt', 'Trouser', 'shirt dress', '1', '10'];

  it('puts the same name first, then beginnings, then the rest', () => {
    expect(findClasses(classes, 'shirt')).toEqual(['shirt', 'shirt dress', 'T-shirt']);
    expect(findClasses(classes, ' TR ')).toEqual(['Trouser']);
    expect(findClasses(classes, '1')).toEqual(['1', '10']);
  });

  it('gives everything for nothing, and nothing for nonsense', () => {
    expect(findClasses(classes, '')).toEqual(classes);
    expect(findClasses(classes, 'boot')).toEqual([]);
  });
});
