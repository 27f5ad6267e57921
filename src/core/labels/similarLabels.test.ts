import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likenesses, looseForm, sureForm } from './labelForms';
import { decideReading, describeSimilarity, findClassOf, spellingMap } from './labelReading';
import { findSimilarLabels, isUnseen } from './similarLabels';

const counts = (...labels: [string, number][]) => labels.map(([label, count]) => ({ label, count }));

describe('sureForm', () => {
  it.each([
    ['café', 'cafe\u0301', 'Unicode form'],
    ['café', 'CAFÉ', 'capitals'],
    ['bar', 'bar\u200b', 'hidden characters'],
    ['bar', '\ufeffbar', 'hidden characters'],
    ['bar', 'b\u00adar', 'hidden characters'],
    ['bar', '\u202abar\u202c', 'hidden characters'],
    ['New York', 'New\u00a0York', 'blanks'],
    ['New York', 'New  York', 'blanks'],
    ['New York', 'New\u2009York', 'blanks'],
    ['New York', 'New\tYork', 'blanks'],
    ['bar', '\u3000bar', 'blanks'],
    ['file', 'ﬁle', 'Unicode form'],
    ['ABC', 'ＡＢＣ', 'Unicode form'],
    ['a', 'ａ', 'Unicode form'],
    ['straße', 'STRASSE', 'capitals'],
    ['istanbul', 'İSTANBUL', 'capitals'],
    ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'capitals'],
    ['0', '0.0', 'spelling of a number'],
    ['0', '00', 'spelling of a number'],
    ['0', '-0', 'spelling of a number'],
    ['1', '1.0', 'spelling of a number'],
    ['1', '1e0', 'spelling of a number'],
    ['1', '+1', 'spelling of a number'],
    ['10', '1E1', 'spelling of a number'],
    ['1', '１', 'Unicode form'],
    ["don't know", 'don’t know', 'quotes or dashes'],
    ['e-mail', 'e‑mail', 'quotes or dashes'],
    ['-1', '\u22121', 'quotes or dashes'],
    ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8', 'Unicode form'],
  ] as const)('holds %j and %j for one label', (a, b, difference) => {
    expect(sureForm(b)).toBe(sureForm(a));
    expect(likenesses(a, b)).toContain(difference);
  });

  it.each([
    ['+', '-'],
    ['-1', '1'],
    ['1', '10'],
    ['1.5', '15'],
    ['1.10', '1.1'],
    ['1,000', '1'],
    ['10²', '102'],
    ['H₂O', 'H2O'],
    ['a', 'A'],
    ['cafe', 'café'],
    ['kız', 'kiz'],
    ['as', 'a s'],
    ['C', 'C++'],
    ['C', 'C#'],
    ['.', '..'],
    ['None', 'No'],
    ['o', '0'],
    ['l', 'I'],
  ])('keeps %j and %j apart', (a, b) => {
    expect(sureForm(b)).not.toBe(sureForm(a));
  });

  it('does not change what it gave, and never depends on blanks or hidden characters around', () => {
    const label = fc.string({
      unit: fc.constantFrom(
        'a',
        'B',
        'é',
        'e\u0301',
        'ß',
        'ı',
        'İ',
        ' ',
        '\u00a0',
        '\u200b',
        '1',
        '0',
        '.',
        '+',
        '-',
        '²',
        'ﬁ',
        'я',
        '한',
      ),
      maxLength: 8,
    });
    fc.assert(
      fc.property(label, fc.constantFrom(' ', '\u00a0', '\u200b', '\ufeff', '\t', '\u3000'), (text, around) => {
        const form = sureForm(text);
        expect(sureForm(`${around}${text}${around}`)).toBe(form);
        expect(sureForm(text.normalize('NFD'))).toBe(form);
        expect(sureForm(text.normalize('NFC'))).toBe(form);
        if (!form.startsWith('#')) expect(sureForm(form)).toBe(form);
        expect(looseForm(text)).toBe(looseForm(form.startsWith('#') ? form.slice(1) : form));
      }),
      { seed: 1 },
    );
  });
});

describe('looseForm', () => {
  it.each([
    ['a', 'A'],
    ['1.5', '1.50'],
    ['kız', 'kiz'],
    ['cop', 'сор'],
    ['Ο', 'o'],
  ])('holds %j and %j for perhaps one label', (a, b) => {
    expect(looseForm(b)).toBe(looseForm(a));
  });

  it('never mistakes a Cyrillic word for a Latin one that it only resembles in part', () => {
    expect(looseForm('кот')).not.toBe(looseForm('cat'));
    expect(looseForm('роза')).not.toBe(looseForm('poza'));
  });
});

describe('findSimilarLabels', () => {
  it('groups by form, counts, and suggests the most frequent spelling that hides nothing', () => {
    const groups = findSimilarLabels(
      counts(['bar', 47], ['bar\u200b', 60], ['BAR', 4], ['café', 10], ['cafe\u0301', 10], ['single', 3]),
    );
    expect(groups).toHaveLength(2);
    expect(groups[0]).toMatchObject({ label: 'bar', sure: true, likeness: ['hidden characters', 'capitals'] });
    expect(groups[0].spellings).toEqual(counts(['bar\u200b', 60], ['bar', 47], ['BAR', 4]));
    expect(groups[1]).toMatchObject({ label: 'café', likeness: ['Unicode form'] });
  });

  it('prefers the plainest of equally frequent spellings', () => {
    expect(findSimilarLabels(counts(['Yes', 5], ['YES', 5], ['yes', 5]))[0].label).toBe('yes');
    expect(findSimilarLabels(counts(['1.0', 5], ['1', 5]))[0].label).toBe('1');
  });

  it('tells letters of either case, and leaves them apart', () => {
    const groups = findSimilarLabels(counts(['a', 9], ['A', 8], ['ａ', 1], ['b', 7]));
    expect(groups.filter(({ sure }) => sure).map(({ label, spellings }) => [label, spellings.length])).toEqual([
      ['a', 2],
    ]);
    expect(groups.filter(({ sure }) => !sure)).toEqual([
      { label: 'a', spellings: counts(['a', 10], ['A', 8]), likeness: ['capitals'], sure: false },
    ]);
  });

  it.each([
    [['0', '1', '2', '10', '11']],
    [['setosa', 'versicolor', 'virginica']],
    [['+', '-', '.', 'None', '?', 'n/a']],
    [['1.1', '1.2', '1.10x', '2.0x']],
    [['republican', 'democrat']],
    [['ham', 'spam', 'Ham radio']],
  ])('finds nothing among %j', (labels) => {
    expect(findSimilarLabels(labels.map((label) => ({ label, count: 5 })))).toEqual([]);
  });
});

describe('a reading of labels', () => {
  const labels = counts(['café', 37], ['CAFÉ', 3], ['bar', 47], ['bar\u200b', 9], ['a', 5], ['A', 4]);

  it('is open until it was decided, and again when a group gets another spelling', () => {
    expect(describeSimilarity(labels, null).state).toBe('open');
    const merged = decideReading(labels, 'merge', false);
    expect(describeSimilarity(labels, merged).state).toBe('merged');
    expect(describeSimilarity(labels, decideReading(labels, 'keep', false)).state).toBe('kept');
    expect(describeSimilarity([...labels, { label: 'Café', count: 1 }], merged).state).toBe('open');
    expect(describeSimilarity(counts(['x', 3], ['y', 4]), null).state).toBe('none');
    expect(describeSimilarity(counts(['a', 3], ['A', 4]), null)).toMatchObject({ state: 'none', sure: [] });
  });

  it('maps every other spelling of a group, and what is not sure only when asked to', () => {
    expect([...spellingMap(decideReading(labels, 'merge', false))]).toEqual([
      ['bar\u200b', 'bar'],
      ['CAFÉ', 'café'],
    ]);
    expect(spellingMap(decideReading(labels, 'merge', true)).get('A')).toBe('a');
    expect(spellingMap(decideReading(labels, 'keep', true)).size).toBe(0);
    expect(spellingMap(null).size).toBe(0);
  });

  it('merges a whole family when what is not sure is merged too', () => {
    const wide = decideReading(counts(['a', 9], ['ａ', 1], ['A', 8]), 'merge', true);
    expect(wide.groups).toEqual([{ label: 'a', spellings: ['a', 'ａ', 'A'] }]);
    expect(describeSimilarity(counts(['a', 9], ['ａ', 1], ['A', 8]), wide)).toMatchObject({
      state: 'merged',
      perhaps: [],
    });
  });

  it('finds the class of a spelling that only a second file has', () => {
    expect(findClassOf('CAFE\u0301', ['bar', 'café'])).toBe('café');
    expect(findClassOf('cafe', ['bar', 'café'])).toBeUndefined();
    expect(findClassOf('\u200b', ['bar'])).toBeUndefined();
  });
});

describe('isUnseen', () => {
  it('is true of cells that look blank and are not', () => {
    expect(isUnseen('\u200b')).toBe(true);
    expect(isUnseen('\u00ad\ufeff')).toBe(true);
    expect(isUnseen('')).toBe(false);
    expect(isUnseen('-')).toBe(false);
  });
});
