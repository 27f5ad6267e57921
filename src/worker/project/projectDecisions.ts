import { randomUUID } from 'node:crypto';
import {
  type ImportChoice,
  type ImportGroup,
  importGroups,
  type ImportItem,
  type ImportPreview,
  type ReadingChoice,
} from '../../contract/decisions';
import type { Pass } from '../../contract/passes';
import { InputError } from '../../core/base/errors';
import { formatPlural } from '../../core/base/format';
import type { LogEntry, RowReview } from '../../core/review/decisions';
import { type DecisionReading, findReading } from '../decisions/decisionReading';
import { readDecisionTable } from '../decisions/decisionTable';
import { readLabels } from '../decisions/labelsOfData';
import { matchRows } from '../decisions/matchRows';
import { mergeReviews, planImport, type PlannedItem } from '../decisions/planImport';
import { findContents, readContents } from '../decisions/rowContent';
import { readStated } from '../decisions/statedDecisions';
import type { ProjectRows } from '../rows/projectRows';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectPasses } from './projectPasses';

interface OpenImport {
  readonly id: string;
  readonly fileName: string;
  readonly reading: DecisionReading;
  readonly items: readonly PlannedItem[];
  readonly ofGroup: ReadonlyMap<ImportGroup, readonly number[]>;
  /** Of the log when it was compared. */
  readonly seq: number;
}

interface ProjectDecisionsOptions {
  readonly store: ProjectStore;
  readonly rows: ProjectRows;
  readonly passes: ProjectPasses;
  readonly reviewer: () => string;
}

/** Decisions from files: what one would change, and changing it. One file at a time is looked at. */
export class ProjectDecisions {
  readonly #store: ProjectStore;
  readonly #rows: ProjectRows;
  readonly #passes: ProjectPasses;
  readonly #reviewer: () => string;
  #open: OpenImport | null = null;

  constructor({ store, rows, passes, reviewer }: ProjectDecisionsOptions) {
    this.#store = store;
    this.#rows = rows;
    this.#passes = passes;
    this.#reviewer = reviewer;
  }

  /** Whether a file says by its columns that it is about decisions, and is no data. @throws InputError */
  async recognise(path: string): Promise<boolean> {
    const { choice, header } = findReading(await readDecisionTable(path), this.#names());
    return header.length > 0 && (choice.kind === 'decisions' || choice.kind === 'issues' || this.#isRemoval(header));
  }

  /**
   * What a file would change; nothing is changed. `choice`: how it is read, where that is not guessed.
   * @throws InputError where it cannot be read, or there is no audit.
   */
  async preview(path: string, choice: ReadingChoice = {}): Promise<ImportPreview> {
    if (this.#store.audits.latest === null) {
      throw new InputError(
        'This dataset has not been audited yet. Run an audit first: decisions are about its labels.',
      );
    }
    if (this.#store.passes.current !== null) {
      throw new InputError('A second pass is under way. End it, or put it aside, before you read decisions of others.');
    }
    const table = await readDecisionTable(path);
    const reading = findReading(table, this.#names(), choice);
    const labels = readLabels(this.#store);
    const { stated, unreadable, blank } = await readStated(reading, labels);
    const matches = await matchRows(stated, {
      rowCount: this.#store.sources.requireSource().rowCount,
      ids: await this.#rows.readIds(),
      readContents: (rows) => readContents(this.#store, rows),
      findContents: (wanted) => findContents(this.#store, wanted),
    });
    const { state } = this.#store.decisions;
    const found = matches.flatMap((match) => ('row' in match ? [match.row] : []));
    const needsLabels = reading.choice.kind === 'labels' || reading.choice.kind === 'issues';
    const items = await planImport(stated, matches, unreadable, {
      own: state.rows,
      givenLabelOf: needsLabels ? await labels.givenLabels(found) : () => '',
      reviewer: this.#reviewer(),
      time: new Date().toISOString(),
      readLabel: labels.written,
    });
    const ofGroup = new Map<ImportGroup, number[]>(importGroups.map((group) => [group, []]));
    items.forEach(({ group }, index) => ofGroup.get(group)?.push(index));
    this.#open = { id: randomUUID(), fileName: table.fileName, reading, items, ofGroup, seq: state.lastSeq };
    return {
      importId: this.#open.id,
      fileName: table.fileName,
      header: [...reading.header],
      reading: reading.choice,
      lines: items.length,
      blank,
      counts: Object.fromEntries(importGroups.map((group) => [group, ofGroup.get(group)?.length ?? 0])) as Record<
        ImportGroup,
        number
      >,
    };
  }

  /** Some lines of a group beside what is decided here. @throws InputError when another file was looked at since. */
  async page(importId: string, group: ImportGroup, offset: number, limit: number): Promise<ImportItem[]> {
    const { items, ofGroup } = this.#require(importId);
    const indexes = (ofGroup.get(group) ?? []).slice(offset, offset + limit);
    const rows = indexes.flatMap((index) => items[index].row ?? []);
    const labelOf = new Map((await this.#store.review.readRows(rows)).map(({ row, givenLabel }) => [row, givenLabel]));
    return indexes.map((index) => {
      const { line, row, name, theirs, problem } = items[index];
      const ours = row === null ? undefined : this.#store.decisions.state.rows.get(row);
      const givenLabel = row === null ? '' : (labelOf.get(row) ?? '');
      return { index, group, line, row, name, givenLabel, theirs, ours: ours ?? null, problem };
    });
  }

  /**
   * Takes decisions over, all in one change. @returns it, already on disk; null when there is nothing to take.
   * @throws InputError when something was decided since the file was looked at.
   */
  async apply(
    importId: string,
    choice: ImportChoice,
  ): Promise<{ readonly entry: LogEntry; readonly rows: number[]; readonly title: string } | null> {
    const { fileName, items, seq } = this.#require(importId);
    const { decisions } = this.#store;
    if (decisions.state.lastSeq !== seq) {
      throw new InputError('Something was decided here since the file was compared. Compare it again.');
    }
    const rows: number[] = [];
    const reviews: RowReview[] = [];
    const except = new Set(choice.except);
    items.forEach((item, index) => {
      if (item.row === null || item.theirs === null || !isTaken(item, choice, except.has(index))) return;
      rows.push(item.row);
      const theirs = item.unsigned ? { ...item.theirs, reviewer: this.#reviewer() } : item.theirs;
      reviews.push(mergeReviews(theirs, decisions.state.rows.get(item.row)));
    });
    if (rows.length === 0) return null;
    const title = `import ${formatPlural(rows.length, 'decision')} from ${fileName}`;
    const { entry } = await decisions.append({ kind: 'merge', rows, reviews, title, reviewer: this.#reviewer() });
    this.#open = null;
    return { entry, rows, title };
  }

  /**
   * Makes a second pass of the file: what it says of rows that are here, to be compared with what is decided here.
   * @throws InputError where it says nothing of them.
   */
  async asPass(importId: string, reviewer: string): Promise<Pass> {
    const { fileName, items } = this.#require(importId);
    const reviews = new Map<number, RowReview>();
    for (const { group, row, theirs } of items) {
      const isMeant = group === 'applied' || group === 'same' || group === 'conflict';
      if (isMeant && row !== null && theirs !== null && !reviews.has(row)) reviews.set(row, theirs);
    }
    const pass = await this.#passes.adopt(reviews, reviewer, `decisions of ${fileName}`);
    this.#open = null;
    return pass;
  }

  #require(importId: string): OpenImport {
    if (this.#open?.id === importId) return this.#open;
    throw new InputError('The file is no longer open. Choose it again.');
  }

  #names(): Parameters<typeof findReading>[1] {
    const { columns, source } = this.#store.sources;
    const nameOf = (role: string): string | undefined => columns.find((column) => column.role === role)?.name;
    return { idColumn: nameOf('id'), labelColumn: nameOf('label') ?? 'label', rowCount: source?.rowCount ?? 0 };
  }

  /** A removal list as Assay writes it. */
  #isRemoval(header: readonly string[]): boolean {
    return ['row', 'reason', 'score', 'decision'].every((name) => header.includes(name));
  }
}

function isTaken({ group }: PlannedItem, { conflicts, changed }: ImportChoice, otherwise: boolean): boolean {
  switch (group) {
    case 'applied':
      return true;
    case 'conflict':
      return (conflicts === 'theirs') !== otherwise;
    case 'changed':
      return changed !== otherwise;
    default:
      return false;
  }
}
