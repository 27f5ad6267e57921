import { basename, dirname, resolve } from 'node:path';
import type { RowIssue } from '../../contract/dataset';
import type { ProjectStore } from '../store/projectStore';
import { formatListLines } from './csvText';
import { sourcesOf } from './exportProject';
import { StagedFiles } from './stagedFiles';

const pageIssues = 5_000;

/**
 * All problems found while reading (those that the project keeps: the first 100,000 of each file), as a list for people (cells that a spreadsheet would run are neutralised): row, line,
 * column, kind, message; complete or not at all.
 * @throws InputError when the file is one that is read, or another that was not made so and is not to be replaced.
 */
export async function writeProblems(store: ProjectStore, file: string, overwrite: boolean): Promise<void> {
  const path = resolve(file);
  const staged = await StagedFiles.start(dirname(path), {
    fileNames: [basename(path)],
    reads: sourcesOf(store),
    overwrite,
  });
  try {
    await staged.add(basename(path), async (writer) => {
      await writer.write(formatListLines([['row', 'line', 'column', 'kind', 'message']]));
      for (const table of ['source', 'validation'] as const) {
        for (let offset = 0; ; offset += pageIssues) {
          const { issues } = await store.sources.readIssues(offset, pageIssues, table);
          await writer.write(formatListLines(issues.map((issue) => toLine(issue, table))));
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
