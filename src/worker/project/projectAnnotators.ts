import { annotatorStages, runAnnotatorsJob } from '../annotators/annotatorsJob';
import type { AnnotatorsReport, AnnotatorsRequest } from '../annotators/annotatorsRequest';
import { formatDataLines } from '../exports/csvText';
import type { StagedWriter } from '../exports/stagedFiles';
import type { JobQueue, StartedJob } from '../jobs/jobQueue';
import type { ProjectRows } from '../rows/projectRows';
import type { ProjectStore } from '../store/projectStore';
import type { ProjectEnvironment } from './projectEnvironment';

interface ProjectAnnotatorsOptions {
  readonly store: ProjectStore;
  readonly jobs: JobQueue;
  readonly rows: ProjectRows;
  readonly environment: Pick<ProjectEnvironment, 'compute' | 'encoders' | 'pictures' | 'matrixBytes'>;
}

/** What several annotators said of the rows of a project. */
export class ProjectAnnotators {
  readonly #options: ProjectAnnotatorsOptions;

  constructor(options: ProjectAnnotatorsOptions) {
    this.#options = options;
  }

  /** See {@link runAnnotatorsJob}. */
  start(request: AnnotatorsRequest): StartedJob<AnnotatorsReport> {
    const { store, jobs, rows, environment } = this.#options;
    const { matrixBytes } = environment;
    return jobs.start({
      kind: 'study',
      stages: annotatorStages,
      run: (job) => runAnnotatorsJob(request, { store, rows, tools: environment, matrixBytes }, job),
    });
  }

  /**
   * The data as CSV with a column more, and without some of its own: an audit can take it as it is. Cells are the texts
   * that they are in the file.
   */
  async writeLabelled(
    writer: StagedWriter,
    added: { readonly name: string; readonly valueOf: (row: number) => string },
    without: ReadonlySet<number>,
  ): Promise<void> {
    const { columns, scan } = this.#options.store.sources;
    const kept = columns.filter(({ index }) => !without.has(index));
    await writer.write(formatDataLines([[...kept.map(({ name }) => name), added.name]]));
    // The annotators' columns may have been all there is: one is read for the number of rows.
    const read = kept.length === 0 ? [columns[0]] : kept;
    await scan(
      read.map(({ index }) => index),
      async (firstRow, cells) => {
        const lines = cells[0].map((_, k) => [
          ...(kept.length === 0 ? [] : cells.map((column) => column[k])),
          added.valueOf(firstRow + k),
        ]);
        await writer.write(formatDataLines(lines));
      },
    );
  }
}
