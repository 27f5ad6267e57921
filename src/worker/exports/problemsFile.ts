import { basename, dirname, resolve } from 'node:path';
import type { RowIssue } from '../../contract/dataset';
import { describeSources, filesBeside } from '../project/projectSources';
import type { ProjectStore } from '../store/projectStore';
import type { SourceKind } from '../store/sources/sourceStore';
import { formatListLines } from './csvText';
import { StagedFiles } from './stagedFiles';

const pageIssues = 5_000;

/**
 * All problems found while reading (those that the project keeps: the first 100,000 of each file), as a list for people
 * (cells that a spreadsheet would run are neutralised): row, line, column, kind, message; complete or not at all.
 * @throws InputError when the file is one that is read, or another that was not made so and is not to be replaced.
 */
export async function writeProblems(store: ProjectStore, file: string, overwrite: boolean): Promise<void> {
  const path = resolve(file);
  const sources = describeSources(store);
  const destination = { fileNames: [basename(path)], reads: [...sources, ...filesBeside(store)], overwrite };
  await StagedFiles.write(dirname(path), destination, async (staged) => {
    await staged.add(basename(path), async (writer) => {
      await writer.write(formatListLines([['row', 'line', 'column', 'kind', 'message']]));
      for (const { kind } of sources) {
        for (let offset = 0; ; offset += pageIssues) {
          const { issues } = await store.sources.readIssues(offset, pageIssues, kind);
          await writer.write(formatListLines(issues.map((issue) => toLine(issue, kind))));
          if (issues.length < pageIssues) break;
        }
      }
    });
  });
}

function toLine({ row, line, column, kind, message }: RowIssue, source: SourceKind): (string | number | null)[] {
  return [row, line, column, kind, source === 'source' ? message : `validation file: ${message}`];
}
