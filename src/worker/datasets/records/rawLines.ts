import { type Dialect, type RawLine, rawLineLength } from '../../../contract/dataset';
import { RecordScanner } from './recordScanner';

const linesShown = 12;

/** Where the first `count` lines of a text begin; fewer when it has fewer. */
export function lineStarts(text: string, count: number, newline: Dialect['newline']): number[] {
  const terminator = newline === '\r' ? '\r' : '\n';
  const starts = text === '' ? [] : [0];
  while (starts.length < count) {
    const end = text.indexOf(terminator, starts[starts.length - 1]);
    if (end === -1 || end + 1 >= text.length) break;
    starts.push(end + 1);
  }
  return starts;
}

/** The first dozen lines, what each was taken for, and where it is cut into cells. */
export function describeLines(
  text: string,
  dialect: Dialect,
  { startLine, leftOutLines }: { readonly startLine: number; readonly leftOutLines: readonly number[] },
): RawLine[] {
  const starts = lineStarts(text, linesShown + 1, dialect.newline);
  const lines = starts.slice(0, linesShown).map((start, k) => ({
    start,
    text: text
      .slice(start, Math.min(starts[k + 1] ?? text.length, start + rawLineLength + 2))
      .replace(/[\r\n]+$/, '')
      .slice(0, rawLineLength),
  }));
  const end = starts[linesShown] ?? text.length;
  const { cuts, headerEnd } = findCuts(
    text,
    dialect,
    lineStarts(text, startLine, dialect.newline)[startLine - 1] ?? text.length,
    end,
  );
  return lines.map(({ start, text: line }, k) => {
    const number = k + 1;
    const kind = kindOf(line, number);
    const next = starts[k + 1] ?? text.length;
    const own =
      kind === 'header' || kind === 'row'
        ? cuts.filter((at) => at >= start && at < next && at - start < line.length)
        : [];
    return { line: number, text: line, kind, cuts: own.map((at) => at - start) };

    function kindOf(content: string, at: number): RawLine['kind'] {
      const isComment = dialect.comment !== '' && content.startsWith(dialect.comment);
      if (at >= startLine && dialect.header && start < headerEnd) return 'header';
      if (content.trim() === '') return 'blank';
      if (isComment) return 'comment';
      return at < startLine || leftOutLines.includes(at) ? 'skipped' : 'row';
    }
  });
}

/** Offsets of the delimiters that part cells, and where the header ends. */
function findCuts(text: string, dialect: Dialect, from: number, until: number): { cuts: number[]; headerEnd: number } {
  const cuts: number[] = [];
  let headerEnd = dialect.header ? until : 0;
  let isFirst = true;
  for (let at = from; at < until;) {
    const isComment = dialect.comment !== '' && text.startsWith(dialect.comment, at) && !(isFirst && dialect.header);
    const scanner = new RecordScanner(text, isComment ? { ...dialect, quote: '' } : dialect, true, true);
    scanner.read(at);
    const spans = isComment ? [] : (scanner.spans ?? []);
    for (let k = 0; k + 1 < spans.length; k++) {
      const cut = text.indexOf(dialect.delimiter, spans[k]?.end);
      if (cut !== -1) cuts.push(cut);
    }
    at = scanner.end;
    if (isFirst && dialect.header) headerEnd = at;
    isFirst = false;
  }
  return { cuts, headerEnd };
}
