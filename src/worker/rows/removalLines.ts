import Papa from 'papaparse';

/** A place in a removal file that is to name rows. */
export interface NamedLine {
  readonly text: string;
  /** 1-based line on which it begins. */
  readonly line: number;
}

const lineEnds = /\r\n|\n|\r/g;

/** The lines of a file as they stand; blank ones name nothing. */
export function splitLines(text: string): NamedLine[] {
  return text
    .split(lineEnds)
    .map((line, index) => ({ text: line, line: index + 1 }))
    .filter(({ text: line }) => line.trim() !== '');
}

/** The same where a line may be a cell in quotes, as in CSV, which may go on over line ends. */
export function splitQuotedLines(text: string): NamedLine[] {
  const quotedCell = /"((?:[^"]|"")*)"[ \t]*(?=\r\n|\n|\r|$)/y;
  const lineRest = /[^\r\n]*/y;
  const lineEnd = /\r\n|\n|\r|$/y;
  const take = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const lines: NamedLine[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const quoted = take(quotedCell, at);
    const whole = quoted?.[0] ?? take(lineRest, at)?.[0] ?? '';
    if (whole.trim() !== '') lines.push({ text: quoted?.[1]?.replace(/""/g, '"') ?? whole, line });
    line += 1 + countLineEnds(whole);
    at += whole.length;
    at += take(lineEnd, at)?.[0].length ?? 0;
  }
  return lines;
}

/** One column of a CSV text with a header, its header left out. */
export function readColumn(text: string, delimiter: string, column: number): NamedLine[] {
  const records: { readonly cells: readonly string[]; readonly line: number }[] = [];
  let [line, at] = [1, 0];
  Papa.parse<string[]>(text, {
    delimiter,
    step: ({ data, meta }) => {
      records.push({ cells: data, line });
      line += countLineEnds(text.slice(at, meta.cursor));
      at = meta.cursor;
    },
  });
  return records
    .slice(1)
    .filter(({ cells }) => cells.some((cell) => cell.trim() !== ''))
    .map((record) => ({ text: record.cells[column] ?? '', line: record.line }));
}

function countLineEnds(text: string): number {
  return text.match(lineEnds)?.length ?? 0;
}
