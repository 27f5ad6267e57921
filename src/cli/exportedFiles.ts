import type { EmptyList, ExportResult } from '../contract/exports';
import { formatBelow, formatCount, formatPlural } from '../core/base/format';
import { terminalCell } from './terminalText';

/** Some rows to look at where none is listed. */
const fewRows = 20;

/** Why no row is listed, and what to try. */
export function describeEmptyList({ threshold, highestSuspicion, staying }: EmptyList): string {
  if (highestSuspicion === null) return 'no row is listed: there is none with a label that could be';
  if (staying > 0) {
    const some = `${formatCount(staying)} ${staying === 1 ? 'suspect stays' : 'suspects stay'}`;
    return `no row is listed: ${some}, by decisions or for the sake of their classes (--allow-emptying-classes)`;
  }
  return (
    `no row reaches ${threshold}, the highest suspicion is ${formatBelow(highestSuspicion)}: ` +
    `--top ${fewRows} lists the most suspicious rows all the same`
  );
}

/** Where files were written, and what is in them: a line each. */
export function listExported({ folder, files, notes }: ExportResult): string[] {
  const lines = files.map(({ fileName, rows, changedLabels }) => {
    const counts = [
      ...(rows === null ? [] : [formatPlural(rows, 'row')]),
      ...(changedLabels === null ? [] : [`${formatPlural(changedLabels, 'label')} changed`]),
    ];
    const name = terminalCell(fileName, 255);
    return counts.length === 0 ? `  ${name}` : `  ${name.padEnd(18)} ${counts.join(', ')}`;
  });
  return [`written to ${terminalCell(folder, 4_096)}`, ...lines, ...notes.map((note) => terminalCell(note, 1_000))];
}
