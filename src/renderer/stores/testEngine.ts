import { type DatasetSummary, plainDialect, type Preview, unknownReasons } from '../../contract/dataset';
import type { OpenedProject } from '../../contract/project';

/** A small open project for tests of stores. */
export function makeProject(part: Partial<OpenedProject> = {}): OpenedProject {
  const dialect = plainDialect;
  const preview: Preview = { dialect, columns: [], rows: [['1']], reasons: unknownReasons, rawLines: [] };
  const dataset: DatasetSummary = {
    source: { path: '/data/rows.csv', name: 'rows.csv', bytes: 10, sha256: null },
    format: 'delimited',
    complete: true,
    rowCount: 1,
    dialect,
    said: {},
    columns: [],
    pictures: null,
    classes: null,
    classCount: 0,
    unlabelled: 0,
    issueCount: 0,
    duplicateRows: null,
    similarLabels: null,
    leakage: null,
    auditOutdated: null,
    embeddings: null,
    validationFile: null,
    notes: [],
    blocked: null,
  };
  return {
    opening: 'opening-1',
    name: 'rows',
    folder: '/data/rows.assay',
    place: 'data',
    preview,
    dataset,
    audit: null,
    jobs: [],
    view: '',
    notice: '',
    ...part,
  };
}
