import { realpath } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { RowIssue } from '../contract/dataset';
import { InputError } from '../core/base/errors';
import { formatCsvLines } from '../worker/exports/csvText';
import { StagedFiles } from '../worker/exports/stagedFiles';
import type { ProjectStoreApi } from '../worker/store/projectStoreApi';

const pageIssues = 5_000;

/**
 * All problems found while reading (those that the project keeps: the first 100,000 of each file), as a list for people (cells that a spreadsheet would run are neutralised): row, line,
 * column, kind, message; complete or not at all.
 * @throws InputError when the file is the data file itself.
 */
export async function writeProblems(store: ProjectStoreApi, file: string): Promise<void> {
  const path = resolve(file);
  await refuseData(store, path);
  const staged = new StagedFiles(dirname(path));
  try {
    await staged.add(basename(path), async (writer) => {
      await writer.write(formatCsvLines([['row', 'line', 'column', 'kind', 'message']]));
      for (const table of ['source', 'validation'] as const) {
        for (let offset = 0; ; offset += pageIssues) {
          const { issues } = await store.readIssues(offset, pageIssues, table);
          await writer.write(formatCsvLines(issues.map((issue) => toLine(issue, table))));
          if (issues.length < pageIssues) break;
        }
      }
    });
    await staged.commit();
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

function toLine(
  { row, line, column, kind, message }: RowIssue,
  table: 'source' | 'validation',
): (string | number | null)[] {
  return [row, line, column, kind, table === 'source' ? message : `validation file: ${message}`];
}

async function refuseData({ source, validationSource }: ProjectStoreApi, path: string): Promise<void> {
  const real = async (one: string): Promise<string> => realpath(one).catch(() => one);
  const target = await real(path);
  for (const record of [source, validationSource]) {
    if (record !== null && (await real(record.fingerprint.path)) === target) {
      throw new InputError(`--problems: ${path} is the data file itself. Name another file.`, { details: { path } });
    }
  }
}
