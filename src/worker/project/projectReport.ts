import type { MarkRequest, ReportMarks, ReportPreview } from '../../contract/report';
import { InputError } from '../../core/base/errors';
import type { ReadPictures } from '../exports/exportRequest';
import { gatherReport } from '../report/reportFacts';
import { renderReport } from '../report/reportHtml';
import { readMarks, writeMark } from '../report/reportMarks';
import { titleOf } from '../report/reportSentences';
import type { ProjectStore } from '../store/projectStore';

interface ProjectReportOptions {
  readonly store: ProjectStore;
  readonly version: string;
  readonly readPictures: ReadPictures;
}

/** What is to be in the report, and what it would be now. */
export class ProjectReport {
  readonly #options: ProjectReportOptions;
  /** Marks are read, changed and written one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: ProjectReportOptions) {
    this.#options = options;
  }

  /** The runs marked to be in it. */
  async marks(): Promise<ReportMarks> {
    return readMarks(this.#options.store);
  }

  /**
   * Marks a run, or takes its mark away. @returns all marks.
   * @throws InputError for one too many.
   */
  async mark(request: MarkRequest): Promise<ReportMarks> {
    const turn = this.#turn.then(() => writeMark(this.#options.store, request));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Composes it without writing it. As long as writing takes, but for the disk.
   * @throws InputError before the first audit.
   */
  async preview(threshold: number): Promise<ReportPreview> {
    const { store, version, readPictures } = this.#options;
    if (store.audits.latest === null)
      throw new InputError('There is nothing to report before an audit. Run one first.');
    const facts = await gatherReport(store, { version, threshold, readPictures, signal: undefined, outputs: [] });
    return {
      title: titleOf(facts),
      bytes: Buffer.byteLength(renderReport(facts)),
      threshold,
      rows: facts.changed.length + facts.evaluation.length,
      verifications: facts.marked.verifications.length,
      explanations: facts.marked.explanations.length,
      comparisons: facts.marked.comparisons.length,
    };
  }
}
