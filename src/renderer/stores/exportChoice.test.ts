import { describe, expect, it } from 'vitest';
import type { ExportKind, ExportPlan } from '../../contract/exports';
import { chosenKinds, isTicked } from './exportChoice';

const file = (kind: ExportKind, count: number, available = true): ExportPlan['files'][number] => ({
  kind,
  fileName: `${kind}.csv`,
  count,
  description: '',
  available,
  reason: available ? '' : 'The source file has changed.',
});
const files = [
  file('removal_list', 3),
  file('cleaned', 100),
  file('relabelled', 0),
  file('scores', 100),
  file('manifest', 1),
];

describe('files to export', () => {
  it('offers what has something in it, scores only on request, the manifest always', () => {
    expect(chosenKinds(files, new Map())).toEqual(['removal_list', 'cleaned', 'manifest']);
  });

  it('follows the person, but not past what cannot be written', () => {
    const choices = new Map<ExportKind, boolean>([
      ['scores', true],
      ['cleaned', false],
      ['manifest', false],
    ]);
    expect(chosenKinds(files, choices)).toEqual(['removal_list', 'scores', 'manifest']);
    expect(isTicked(file('cleaned', 10, false), new Map([['cleaned', true]]))).toBe(false);
  });

  it('writes no manifest of nothing', () => {
    const none = new Map<ExportKind, boolean>(files.map(({ kind }) => [kind, false]));
    expect(chosenKinds(files, none)).toEqual([]);
  });
});
