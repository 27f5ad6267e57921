import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../core/base/errors';
import { findColumn, findColumns, nearestNames } from './findColumns';

const table = (...names: readonly string[]) => names.map((name) => ({ name }));
const namesIn = (columns: readonly { name: string }[], text: string): string[] =>
  findColumns(columns, text, '--features').map(({ name }) => name);

describe('findColumns', () => {
  it('takes a whole name before cutting it, and quoted names with commas', () => {
    const columns = table('a', 'b, c', 'a,b, c', 'say "x"', '-x', 'two\nlines');
    expect(namesIn(columns, 'a,b, c')).toEqual(['a,b, c']);
    expect(namesIn(columns, 'a,"b, c"')).toEqual(['a', 'b, c']);
    expect(namesIn(columns, '"b, c" , -x,two\nlines')).toEqual(['b, c', '-x', 'two\nlines']);
    expect(namesIn(columns, '"say ""x""",a')).toEqual(['say "x"', 'a']);
    expect(namesIn(columns, 'say "x",a')).toEqual(['say "x"', 'a']);
  });

  it('puts the parts of an unquoted name together where nothing else fits', () => {
    const columns = table('a', 'b, c', 'd');
    expect(namesIn(columns, 'a,b, c,d')).toEqual(['a', 'b, c', 'd']);
  });

  it('takes a name once, in the order of the text', () => {
    expect(namesIn(table('a', 'b'), 'b, a,b,')).toEqual(['b', 'a']);
  });

  it('can name whatever a header holds', () => {
    const names = fc.uniqueArray(
      fc.string({ unit: fc.constantFrom(...'ab ,"\n=-\'é'), minLength: 1, maxLength: 6 }).map((text) => `n${text}n`),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(names, fc.nat(), (all, seed) => {
        const columns = table(...all);
        const chosen = all.filter((_, index) => (seed >> index) % 2 === 0);
        const text = chosen.map((name) => `"${name.replace(/"/g, '""')}"`).join(',');
        if (chosen.length > 0 && !all.includes(text)) expect(namesIn(columns, text)).toEqual(chosen);
        for (const name of all) expect(namesIn(columns, name)).toEqual([name]);
      }),
      { seed: 1 },
    );
  });

  it('finds thousands of names among thousands', () => {
    const columns = table(...Array.from({ length: 5_000 }, (_, index) => `gene_${index}`));
    expect(namesIn(columns, columns.map(({ name }) => name).join(','))).toHaveLength(5_000);
  });
});

describe('findColumn', () => {
  it('forgives blanks and Unicode forms only where one column fits', () => {
    const columns = table('Höhe', 'x', 'cafe\u0301', 'caf\u00e9');
    expect(findColumn(columns, 'Ho\u0308he ', '--label').name).toBe('Höhe');
    expect(findColumn(columns, 'caf\u00e9', '--label').name).toBe('caf\u00e9');
    expect(() => findColumn(columns, ' caf\u00e9', '--label')).toThrow(InputError);
  });

  it('names the nearest ones', () => {
    const columns = table('label', 'width', ...Array.from({ length: 100 }, (_, index) => `feature_${index}`));
    expect(() => findColumn(columns, 'lable', '--label')).toThrow(
      /--label: there is no column “lable”\. The nearest is “label”\. There are 102 columns/,
    );
    expect(nearestNames(['lebal', 'Label', 'quite_other'], 'label')).toEqual(['Label', 'lebal']);
    expect(nearestNames(['a', 'b'], '')).toEqual([]);
  });
});
