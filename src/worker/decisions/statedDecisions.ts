import { visibleText } from '../../core/base/visibleText';
import type { Decision } from '../../core/review/decisions';
import { createTurns } from '../eventLoop';
import { unguardCell } from '../exports/csvText';
import type { DecisionReading } from './decisionReading';
import type { TableRecord } from './decisionTable';

/** What a line of a file says of a row. Where it says less than a decision of Assay does, parts are null. */
export interface StatedDecision {
  readonly line: number;
  /** By number, where it names one. */
  readonly row: number | null;
  /** As the file has it, guarded or not; null where it has none. */
  readonly id: string | null;
  /** What the row's cells were: see `contentOf`. */
  readonly content: string | null;
  /** The label that the row had; null where the file does not say. */
  readonly givenLabel: string | null;
  /** `label`: the label it should have, which may be the one it has. */
  readonly decision: Decision | { readonly kind: 'label'; readonly label: string } | null;
  readonly note: string;
  readonly reviewer: string | null;
  /** ISO 8601, UTC. */
  readonly time: string | null;
}

/** A line that says nothing that can be used, and why. */
export interface UnreadableLine {
  readonly line: number;
  readonly name: string;
  readonly problem: string;
}

interface StatedDecisions {
  readonly stated: readonly StatedDecision[];
  readonly unreadable: readonly UnreadableLine[];
  /** Lines without a decision, a label or a note. */
  readonly blank: number;
}

/** The label of the data that a text means, spelt as the review spells it; undefined where it is none. */
type LabelReader = (text: string) => string | undefined;

export interface LabelReaders {
  /** Of a text as Assay writes labels that were decided: numbers in plain digits. */
  readonly decided: LabelReader;
  /** Of a text as the data has labels. */
  readonly written: LabelReader;
}

/** As long as the log takes one. */
const longestNote = 1_000_000;

/** What the lines of a file say, each by itself. */
export async function readStated(reading: DecisionReading, labels: LabelReaders): Promise<StatedDecisions> {
  const turn = createTurns();
  const stated: StatedDecision[] = [];
  const unreadable: UnreadableLine[] = [];
  let blank = 0;
  for (const [place, record] of reading.records.entries()) {
    const line = readLine(reading, record, place, labels);
    if (line === null) blank += 1;
    else if (typeof line === 'string') {
      unreadable.push({ line: record.line, name: nameOf(reading, record, place), problem: line });
    } else stated.push(line);
    await turn();
  }
  return { stated, unreadable, blank };
}

/** As a person finds it in the file. */
function nameOf({ choice }: DecisionReading, { cells }: TableRecord, place: number): string {
  return choice.by === 'place' ? `row ${place}` : (cells[choice.names ?? 0] ?? '');
}

/** null: the line says nothing; a text: what is wrong with it. */
function readLine(
  { choice, placeOf }: DecisionReading,
  { line, cells }: TableRecord,
  place: number,
  { decided, written }: LabelReaders,
): StatedDecision | string | null {
  const cell = (name: string): string | undefined => cells[placeOf(name) ?? -1];
  const named = choice.names ?? 0;
  const said = (name: string): string => unguardCell(cell(name) ?? '');
  const decision = readDecision();
  if (typeof decision === 'string') return decision;
  const noteColumn = choice.note;
  const note = noteColumn === null ? '' : unguardCell(cells[noteColumn] ?? '');
  if (note.length > longestNote) return 'Its note is longer than a million characters. Shorten it.';
  if (decision === null && note === '') return null;
  const naming = readNames();
  if (typeof naming === 'string') return naming;
  const content = choice.kind === 'decisions' ? (cell('content')?.trim() ?? '') : '';
  const isAssays = choice.kind === 'decisions' || choice.kind === 'removal';
  return {
    line,
    ...naming,
    content: content === '' ? null : content,
    givenLabel: choice.kind === 'issues' ? (cell('given_label') ?? null) : null,
    decision,
    note,
    reviewer: isAssays && cell('reviewer') !== undefined ? said('reviewer') : null,
    time: isAssays ? readTime(cell('time')) : null,
  };

  function readNames(): Pick<StatedDecision, 'row' | 'id'> | string {
    if (choice.by === 'place') return { row: place, id: null };
    // The number of a row helps to tell rows of one id apart, and names the row where there is no id.
    const number = readRow(cell('row') ?? '');
    const text = cells[named] ?? '';
    if (choice.by === 'id') {
      if (text.trim() !== '') return { row: number, id: text };
      return number === null ? 'It names no row: its id is blank.' : { row: number, id: null };
    }
    const row = readRow(text);
    return row === null ? `“${shown(text)}” is no row number.` : { row, id: null };
  }

  function readDecision(): StatedDecision['decision'] | string {
    const column = choice.label;
    switch (choice.kind) {
      case 'decisions':
        return readOwn(said('decision').trim(), said('flag').trim(), said('new_label'), decided);
      case 'removal':
        return { kind: 'remove' };
      case 'labels': {
        const text = column === null ? '' : (cells[column] ?? '');
        if (text.trim() === '') return null;
        const label = written(text) ?? written(unguardCell(text));
        return label === undefined ? unknownLabel(text) : { kind: 'label', label };
      }
      case 'issues': {
        const truth = (cell('is_label_issue') ?? '').trim().toLowerCase();
        if (!['true', 'false', '1', '0', ''].includes(truth)) return `“${shown(truth)}” is neither True nor False.`;
        if (truth !== 'true' && truth !== '1') return null;
        if (choice.issuesAs === 'later') return { kind: 'later' };
        const text = cell('predicted_label') ?? '';
        const label = written(text);
        return label === undefined ? unknownLabel(text) : { kind: 'relabel', label };
      }
    }
  }
}

function readOwn(kind: string, flag: string, newLabel: string, readLabel: LabelReader): Decision | string | null {
  if (flag !== '' && flag !== 'later') return `“${shown(flag)}” is no flag: Assay writes later.`;
  switch (kind) {
    case '':
      return flag === '' ? null : { kind: 'later' };
    case 'keep':
    case 'remove':
      return { kind };
    case 'relabel': {
      const label = readLabel(newLabel);
      return label === undefined ? unknownLabel(newLabel) : { kind: 'relabel', label };
    }
    default:
      return `“${shown(kind)}” is no decision: Assay writes keep, remove or relabel.`;
  }
}

function readRow(text: string): number | null {
  const trimmed = text.trim();
  return /^\d{1,10}(\.0)?$/.test(trimmed) ? Number(trimmed) : null;
}

/** null: none that can be read; the time of reading then stands for it. */
function readTime(text: string | undefined): string | null {
  const time = text === undefined || text.trim() === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

function unknownLabel(text: string): string {
  return text.trim() === ''
    ? 'It gives no label.'
    : `The data has no label “${shown(text)}”. Spell it as the data does.`;
}

function shown(text: string): string {
  return visibleText(text, { limit: 120, keepBlanks: true });
}
