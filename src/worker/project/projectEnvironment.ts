import type { ProjectNews } from '../../contract/control';
import type { EngineEvent } from '../../contract/engineApi';
import type { ComputeClient } from '../compute/thread/computeClient';
import type { Encoders } from '../encoders/encoders';
import type { PictureReader } from '../pictures/thread/pictureThreads';
import type { PrintPdf } from '../report/printPdf';

/** What an open project needs of the engine around it. */
export interface ProjectEnvironment {
  readonly compute: ComputeClient;
  readonly pictures: PictureReader;
  readonly encoders: Encoders;
  readonly version: string;
  readonly reviewer: () => string;
  /**
   * Goes on with the second pass that was under way: the person must not see the first decisions.
   * Default: no.
   */
  readonly resumesPass?: boolean;
  readonly emit: (event: EngineEvent) => void;
  /** Makes PDF files; left out: nothing can. */
  readonly print?: PrintPdf | undefined;
  readonly onNews: (news: ProjectNews) => void;
  /** Features larger than this stay on disk while they are computed with. Default: `largestMatrixBytes`. */
  readonly matrixBytes?: number;
}
