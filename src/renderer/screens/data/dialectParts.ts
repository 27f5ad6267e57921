import type { Dialect, SaidDialect } from '../../../contract/dataset';
import { delimiterNames, encodingNames } from '../../format/dialect';

/** A part of the dialect that is chosen from a list. */
export type ListedPart = 'delimiter' | 'quote' | 'escape' | 'encoding' | 'comment' | 'decimal';

interface PartOption {
  /** What the list knows it by; never ''. */
  readonly value: string;
  readonly label: string;
  readonly hint?: string;
}

/** Takes back what was said of a part. */
export const asFound = 'as found';
const none = 'none';
const doubled = 'doubled';

const choices: Readonly<Record<ListedPart, readonly PartOption[]>> = {
  delimiter: [',', ';', '\t', '|', ' ', ':', '~', '^', '\u001f'].map((value) => ({
    value,
    label: nameDelimiter(value),
  })),
  quote: [
    { value: '"', label: '" double' },
    { value: "'", label: "' single" },
    { value: none, label: 'none', hint: 'every character between delimiters belongs to a cell' },
  ],
  escape: [
    { value: doubled, label: '"" doubled', hint: 'a quote inside a quoted cell is written twice' },
    { value: '\\', label: '\\" backslash', hint: 'a backslash stands before it' },
    { value: none, label: 'none' },
  ],
  encoding: [
    { value: 'utf-8', label: encodingNames['utf-8'] },
    { value: 'windows-1252', label: 'Latin-1', hint: 'Windows-1252' },
    { value: 'utf-16le', label: 'UTF-16 LE', hint: 'low byte first' },
    { value: 'utf-16be', label: 'UTF-16 BE', hint: 'high byte first' },
  ],
  comment: ['#', '%', '//', '--', ';', '!']
    .map((value): PartOption => ({ value, label: value }))
    .concat({ value: none, label: none }),
  decimal: [
    { value: 'auto', label: 'by column', hint: 'each column by its cells' },
    { value: '.', label: '. point' },
    { value: ',', label: ', comma' },
  ],
};

function nameDelimiter(delimiter: string): string {
  const name = delimiterNames[delimiter];
  const sign = /[\s\u0000-\u001f]/.test(delimiter) ? '' : `${delimiter} `;
  return name === undefined ? `“${delimiter}”` : `${sign}${name}`;
}

/** What a list shows as chosen. */
export function chosenOf(part: ListedPart, dialect: Dialect): string {
  if (part === 'escape') return dialect.escape === '' ? none : dialect.escape === '\\' ? '\\' : doubled;
  return dialect[part] === '' ? none : dialect[part];
}

/** What can be chosen: the usual, what the file has now, and, where something was said, what was found. */
export function optionsOf(part: ListedPart, dialect: Dialect, said: SaidDialect): PartOption[] {
  const now = chosenOf(part, dialect);
  const usual = choices[part];
  return [
    ...usual,
    ...(usual.some(({ value }) => value === now) ? [] : [{ value: now, label: nameDelimiter(now) }]),
    ...(said[part] === undefined ? [] : [{ value: asFound, label: asFound }]),
  ];
}

/** What is said after a choice from a list. */
export function sayPart(said: SaidDialect, part: ListedPart, value: string, dialect: Dialect): SaidDialect {
  if (value === asFound) return unsay(said, part);
  switch (part) {
    case 'escape':
      return { ...said, escape: value === doubled ? dialect.quote || '"' : value === none ? '' : value };
    case 'encoding':
      // The list holds the encodings there are.
      return { ...said, encoding: value as Dialect['encoding'] };
    case 'decimal':
      return { ...said, decimal: value as Dialect['decimal'] }; // As above.
    default:
      return { ...said, [part]: value === none ? '' : value };
  }
}

export function unsay(said: SaidDialect, part: keyof SaidDialect): SaidDialect {
  const { [part]: _gone, ...rest } = said;
  return rest;
}

/** Markers as one text: commas between them, quotation marks around one that holds a comma or a mark. */
export function formatMarkers(markers: readonly string[]): string {
  return markers.map((marker) => (/[",]/.test(marker) ? `"${marker.replace(/"/g, '""')}"` : marker)).join(', ');
}

/** The inverse of {@link formatMarkers}; blanks around markers and repetitions do not count. */
export function parseMarkers(text: string): string[] {
  const parts = text.match(/\s*"(?:[^"]|"")*"\s*(?=,|$)|[^,]+/g) ?? [];
  const markers = parts.map((part) => {
    const trimmed = part.trim();
    return /^".*"$/s.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1).replace(/""/g, '"').trim() : trimmed;
  });
  return [...new Set(markers.filter((marker) => marker !== '').map((marker) => marker.slice(0, 100)))].slice(0, 100);
}

/** Is it likely that a look at the lines is needed: something was said, left out, or fits as well another way? */
export function wantsALook(
  said: SaidDialect,
  notes: readonly { readonly level: string; readonly text: string }[],
): boolean {
  return Object.keys(said).length > 0 || notes.some(({ level, text }) => level === 'warning' && /\(--[a-z]/.test(text));
}
