import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainDialect, saidDialectSchema } from '../../../contract/dataset';
import {
  asFound,
  chosenOf,
  formatMarkers,
  type ListedPart,
  optionsOf,
  parseMarkers,
  sayPart,
  wantsALook,
} from './dialectParts';

describe('parts of the dialect', () => {
  it('says every choice of every list as the engine takes it, and shows it as chosen', () => {
    for (const part of ['delimiter', 'quote', 'escape', 'encoding', 'comment', 'decimal'] as const) {
      for (const { value } of optionsOf(part, plainDialect, {})) {
        const said = saidDialectSchema.parse(sayPart({ header: false }, part, value, plainDialect));
        expect(said.header).toBe(false);
        expect(chosenOf(part, { ...plainDialect, ...said })).toBe(value);
        expect(value).not.toBe('');
      }
    }
  });

  it('offers what the file has, and to take back what was said', () => {
    const dialect = { ...plainDialect, delimiter: '@' };
    const values = (part: ListedPart, said = {}) => optionsOf(part, dialect, said).map(({ value }) => value);
    expect(values('delimiter')).toContain('@');
    expect(values('delimiter')).not.toContain(asFound);
    expect(values('delimiter', { delimiter: '@' })).toContain(asFound);
    expect(sayPart({ delimiter: '@', header: true }, 'delimiter', asFound, dialect)).toEqual({ header: true });
  });

  it('reads back any list of markers', () => {
    const marker = fc
      .string({ minLength: 1, maxLength: 8 })
      .map((text) => text.trim())
      .filter((text) => text !== '');
    fc.assert(
      fc.property(fc.uniqueArray(marker, { maxLength: 5 }), (markers) => {
        expect(parseMarkers(formatMarkers(markers))).toEqual(markers);
      }),
      { seed: 1 },
    );
    expect(parseMarkers(' n.a. ,-,, -')).toEqual(['n.a.', '-']);
  });

  it('wants a look where something was said or fits about as well', () => {
    expect(wantsALook({}, [{ level: 'info', text: 'fine (--delimiter)' }])).toBe(false);
    expect(wantsALook({ header: true }, [])).toBe(true);
    expect(wantsALook({}, [{ level: 'warning', text: 'Say the delimiter (--delimiter).' }])).toBe(true);
  });
});
