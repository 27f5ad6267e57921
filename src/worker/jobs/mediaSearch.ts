import type { AuditSettings, AuditSummary } from '../../contract/audit';
import type { Column } from '../../contract/dataset';
import { formatCount } from '../../core/base/format';
import type { CancellationSignal } from '../../core/job/jobContext';
import { type FoundIssues, markRows, type RowMarks } from '../../core/media/markRows';
import { chooseIssues, type IssueName, type Media, mediaReasonWords } from '../../core/media/mediaIssues';
import { reasonFlags, reasonWords } from '../../core/ranking/reasons';
import type { ComputeClient } from '../compute/thread/computeClient';
import { isBlockColumn } from '../datasets/features/blocks/blockTypes';
import type { TakeLooks } from '../datasets/features/blocks/pictureEncoder';
import { scanTexts } from '../datasets/features/blocks/scanTexts';
import { featureColumns } from '../datasets/features/featureColumns';
import type { MediaThread } from '../media/mediaThread';
import { PictureTable } from '../media/pictureTable';
import type { ProjectStore } from '../store/projectStore';
import type { StoredColumns } from '../store/storeTypes';

/** All rows of an audit, those of a validation file after the dataset's own. */
interface SearchedRows {
  readonly rows: number;
  readonly validationRows: number;
  /** Equal numbers are equal labels, NaN is none. */
  readonly labels: Float64Array;
  /** The same as classes, −1 = none; of numeric labels −1 throughout. */
  readonly classes: Int32Array;
  readonly split: Uint8Array;
}

/**
 * Looks for what is odd about the pictures and texts of an audit, in a thread beside it. Nothing of it has a part in
 * suspicions. Close it, whatever becomes of the audit.
 */
export class MediaSearch {
  readonly #store: ProjectStore;
  readonly #compute: ComputeClient;
  readonly #names: readonly IssueName[];
  readonly #texts: readonly Column[];
  readonly #pictures = new PictureTable();
  #thread: MediaThread | undefined;
  #marks: Promise<RowMarks> | undefined;

  constructor(store: ProjectStore, compute: ComputeClient, { issues }: Pick<AuditSettings, 'issues'>) {
    const used = featureColumns(store.sources.columns).filter(isBlockColumn);
    const has = (type: 'picture' | 'text', media: Media): Media[] =>
      used.some((column) => column.type === type) ? [media] : [];
    this.#store = store;
    this.#compute = compute;
    this.#names = chooseIssues(issues, [...has('picture', 'pictures'), ...has('text', 'texts')]);
    this.#texts = used.filter(({ type }) => type === 'text');
  }

  /** To be called with what is measured of all pictures, in row order, before {@link begin}. */
  readonly takeLooks: TakeLooks = (looks, columns) => {
    if (this.#asks('pictures')) this.#pictures.append(looks, columns);
  };

  /** Begins to look; {@link finish} has the result. */
  begin(data: SearchedRows, signal: CancellationSignal): void {
    if (this.#names.length === 0) return;
    const thread = this.#compute.openMedia();
    this.#thread = thread;
    this.#marks = this.#find(thread, data, signal);
    // It is awaited in its turn; before that, the audit may fail.
    this.#marks.catch(() => undefined);
  }

  /** Adds what was found to the columns of an audit of all rows; `shown`: rows that are. */
  async finish(
    columns: StoredColumns,
    shown: number,
  ): Promise<{
    readonly columns: StoredColumns;
    readonly summary: AuditSummary['media'];
    readonly warnings: string[];
  }> {
    const marks = await this.#marks;
    if (marks === undefined) return { columns, summary: undefined, warnings: [] };
    const reasons = columns.reasons.map((bits, row) => bits | marks.reasons[row]);
    return {
      columns: { ...columns, ...marks.columns, reasons },
      summary: {
        issues: [...this.#names],
        found: marks.counts(shown),
        disagreeing: marks.disagreeing,
        leaked: marks.leaked,
      },
      warnings: describeCopies(marks),
    };
  }

  async close(): Promise<void> {
    await this.#thread?.close();
  }

  #asks(media: Media): boolean {
    return chooseIssues(this.#names, [media]).length > 0;
  }

  async #find(thread: MediaThread, data: SearchedRows, signal: CancellationSignal): Promise<RowMarks> {
    const { labels, split } = data;
    const facts = this.#asks('pictures') ? this.#pictures.read() : null;
    const pictures = facts === null ? null : await thread.findInPictures(facts, data.classes, this.#names);
    const texts = this.#asks('texts') ? await this.#findInTexts(thread, data, signal) : null;
    const copyDisagrees = reasonFlags.duplicateDisagrees;
    return markRows({ names: this.#names, pictures, texts, labels, split, copyDisagrees });
  }

  async #findInTexts(
    thread: MediaThread,
    { rows, validationRows }: SearchedRows,
    signal: CancellationSignal,
  ): Promise<FoundIssues> {
    const { scanCells, scanValidationCells } = this.#store.sources;
    const parts = [
      { scan: scanCells, rows },
      ...(validationRows > 0 ? [{ scan: scanValidationCells, rows: validationRows }] : []),
    ];
    const missing = this.#store.sources.source?.dialect.missing ?? [];
    await scanTexts(parts, { columns: this.#texts, missing, signal }, (texts) => thread.add(texts, this.#names));
    return thread.findInTexts();
  }
}

function describeCopies({ disagreeing, leaked }: RowMarks): string[] {
  const sentences: string[] = [];
  if (leaked > 0) {
    const rows = leaked === 1 ? 'validation or test row is a copy' : 'validation and test rows are copies';
    sentences.push(
      `${formatCount(leaked)} ${rows} of training rows, or nearly so: what is measured on validation and test rows looks better than it is. They have the reason “${mediaReasonWords.copyInOtherSplit}”.`,
    );
  }
  if (disagreeing > 0) {
    const rows = disagreeing === 1 ? 'row has' : 'rows have';
    sentences.push(
      `${formatCount(disagreeing)} ${rows} a copy with another label. They have the reason “${reasonWords.duplicateDisagrees}”.`,
    );
  }
  return sentences;
}
