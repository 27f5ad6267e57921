import { InputError } from '../core/base/errors';
import { findColumns } from './findColumns';

interface Named {
  readonly name: string;
}

/**
 * The columns that hold one annotator's labels each: names as `findColumns` takes them, or one pattern in which `*`
 * stands for any text (`label_*`).
 * @throws InputError where there are none, or one only.
 */
export function findAnnotatorColumns<Column extends Named>(columns: readonly Column[], text: string): Column[] {
  const found =
    text.includes('*') && columns.every(({ name }) => name !== text)
      ? match()
      : findColumns(columns, text, '--annotators');
  if (found.length >= 2) return found;
  throw new InputError(
    `--annotators: ${found.length === 0 ? `no column is called like “${text}”` : `“${found[0].name}” is one column`}, and there is one for each of several ` +
      'annotators. Labels that stand in lines of their own (row, annotator, label): --annotations FILE.',
  );

  function match(): Column[] {
    const pattern = new RegExp(`^${text.trim().split('*').map(escapePattern).join('.*')}$`, 'su');
    return columns.filter(({ name }) => pattern.test(name.trim()));
  }
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
