import { describe, expect, it } from 'vitest';
import { describeEmptyList, listExported } from './exportedFiles';

describe('describeEmptyList', () => {
  it('says how near the most suspicious row comes, never the threshold itself, and what to try', () => {
    expect(describeEmptyList({ threshold: 0.5, highestSuspicion: 0.4999, staying: 0 })).toBe(
      'no row reaches 0.5, the highest suspicion is 0.49: --top 20 lists the most suspicious rows all the same',
    );
  });

  it('tells rows that stay from rows that are not suspicious, and from no rows', () => {
    expect(describeEmptyList({ threshold: 0.5, highestSuspicion: 0.9, staying: 2 })).toContain('2 suspects stay, by');
    expect(describeEmptyList({ threshold: null, highestSuspicion: null, staying: 0 })).toContain('none with a label');
  });
});

describe('listExported', () => {
  it('counts rows, and the labels that a copy has changed', () => {
    const file = { bytes: 1, sha256: '', changedLabels: null };
    const exported = {
      folder: '/x',
      seconds: 1,
      classWarnings: [],
      notes: ['Paths are relative.'],
      emptyList: null,
      files: [
        { ...file, fileName: 'removal_list.csv', rows: 1 },
        { ...file, fileName: 'relabelled.csv', rows: 1_200, changedLabels: 0 },
        { ...file, fileName: 'manifest.json', rows: null },
      ],
    };
    expect(listExported(exported)).toEqual([
      'written to /x',
      '  removal_list.csv   1 row',
      '  relabelled.csv     1,200 rows, 0 labels changed',
      '  manifest.json',
      'Paths are relative.',
    ]);
  });
});
