import { type ExportKind, type ExportPlan, type ExportResult, exportResultSchema } from '../../contract/exports';
import { exportProject } from '../exports/exportProject';
import type { ExportRequest, ReadPictures } from '../exports/exportRequest';
import { planExport } from '../exports/planExport';
import { findRowFiles, kindsMeantFor } from '../exports/rowFiles';
import type { WrittenFile } from '../exports/stagedFiles';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import { recordJob } from '../jobs/recordJob';
import type { PrintPdf } from '../report/printPdf';
import { type ReportRequest, writeReport } from '../report/writeReport';
import type { ProjectStore } from '../store/projectStore';

const resultKey = 'exportResult';

interface ProjectExportsOptions {
  readonly store: ProjectStore;
  readonly jobs: JobQueue;
  /** Of the program that writes. */
  readonly version: string;
  /** Of the data file. */
  readonly bytes: number;
  /** Whether files that the data name may be read: see isChosenHere. */
  readonly isTrusted: () => boolean;
  readonly readPictures: ReadPictures;
  /** Makes PDF files; undefined: nothing can. */
  readonly print: PrintPdf | undefined;
  /** Called when files have been written; the job ends after it. */
  readonly onExported: () => Promise<void>;
}

/** The files that a project writes, and what was written last. */
export class ProjectExports {
  readonly #options: ProjectExportsOptions;
  #latest: ExportResult | null = null;

  constructor(options: ProjectExportsOptions) {
    this.#options = options;
  }

  get latest(): ExportResult | null {
    return this.#latest;
  }

  /** The kinds of files that make sense for this dataset, but for those that are to be asked for. */
  get kinds(): ExportKind[] {
    return kindsMeantFor(findRowFiles(this.#options.store)).filter(
      (kind) => kind !== 'dataset' && kind !== 'report' && kind !== 'report_pdf',
    );
  }

  /** Takes up what was written when the project was open before. */
  async resume(): Promise<void> {
    const stored = exportResultSchema.safeParse(await this.#options.store.meta.read(resultKey));
    // What was written before tells how many rows are removed.
    this.#latest = stored.success && this.#options.store.passes.current === null ? stored.data : null;
  }

  async plan(threshold: number, folder?: string): Promise<ExportPlan> {
    const { store, print } = this.#options;
    return planExport(store, threshold, folder, print !== undefined);
  }

  start(
    request: Omit<ExportRequest, 'appVersion' | 'mayReadFiles' | 'readPictures' | 'signal' | 'progress'>,
  ): StartedJob<ExportResult> {
    const { store, jobs, version, bytes, isTrusted, readPictures, onExported, print } = this.#options;
    const started = jobs.start({
      kind: 'export',
      stages: [{ name: 'exporting', expectedSeconds: 1 + bytes / 100e6 }],
      run: async (job) => {
        const result = await exportProject(store, {
          print,
          ...request,
          appVersion: version,
          mayReadFiles: isTrusted,
          readPictures,
          signal: job.signal,
          progress: (progress) => job.progress({ ...progress, stage: 'exporting' }),
        });
        this.#latest = result;
        await store.meta.write(resultKey, result);
        await onExported();
        return result;
      },
    });
    recordJob(store, started, 'export');
    return started;
  }

  /**
   * Writes the report alone to a file of that name.
   * @throws as exporting does.
   */
  startReport(request: ReportRequest): StartedJob<WrittenFile> {
    const { store, jobs, version, readPictures, print } = this.#options;
    const outputs = this.#latest?.files ?? [];
    return jobs.start({
      kind: 'export',
      stages: [{ name: 'exporting', expectedSeconds: 1 }],
      run: ({ signal }) => writeReport(store, { print, ...request, version, readPictures, signal, outputs }),
    });
  }
}
