import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Papa from 'papaparse';
import type { FoundIssues } from '../../src/core/media/markRows';
import { chooseIssues, mediaIssues } from '../../src/core/media/mediaIssues';
import { issueFrom } from '../../src/core/media/oddity';
import { findCopiesOfPictures, scorePictures } from '../../src/core/media/pictureIssues';
import { TextIssues } from '../../src/core/media/textIssues';
import { joinTexts } from '../../src/worker/datasets/features/blocks/scanTexts';
import { openLanguages } from '../../src/worker/media/languages';
import { PictureTable } from '../../src/worker/media/pictureTable';
import { lookNumbers } from '../../src/worker/pictures/pictureLook';
import { startPictureThreads } from '../../src/worker/pictures/thread/startPictureThreads';
import type { StoredArray } from '../../src/worker/store/storeTypes';
import type { AssayTask, TaskInputs } from './task';
import { vector } from './task';

/** What is odd about pictures or texts, as an audit looks for it: from files, or cells, to scores and marks. */
export async function createIssuesTask({ data, settings }: TaskInputs): Promise<AssayTask> {
  const sets = String(settings['files']).split(',');
  const find = settings['kind'] === 'pictures' ? findInPictures : findInTexts;
  const tables = await Promise.all(sets.map((name) => readTable(join(data, `${name}.csv`))));
  const outputs: Record<string, StoredArray> = {};
  return {
    async run() {
      const seconds: Record<string, number> = {};
      for (const [at, name] of sets.entries()) {
        const start = performance.now();
        const found = await find(tables[at], data);
        seconds[name] = (performance.now() - start) / 1000;
        for (const [fault, score] of scoresOf(found)) {
          // What cannot be judged comes last.
          outputs[`score-${name}-${fault}`] = vector(score.map((value) => (Number.isNaN(value) ? -1 : value)));
          outputs[`marked-${name}-${fault}`] = vector(score.map((value) => (value >= issueFrom ? 1 : 0)));
        }
      }
      return { seconds };
    },
    outputs: () => outputs,
  };
}

function scoresOf({ scores, copies }: FoundIssues): [string, Float64Array][] {
  const found = mediaIssues.flatMap(({ name }): [string, Float64Array][] => {
    const score = name === 'picture-copies' || name === 'text-copies' ? undefined : scores[name];
    return score === undefined ? [] : [[name, score]];
  });
  return copies === null ? found : [...found, ['copies', copies.score]];
}

async function findInPictures(rows: readonly (readonly string[])[], root: string): Promise<FoundIssues> {
  const threads = startPictureThreads(join(__dirname, 'compute.js'));
  try {
    const table = new PictureTable();
    const looks = await Promise.all(
      rows.map(async ([path]) => {
        const read = await threads.read({ root, path }, { kind: 'look' });
        return read.kind === 'picture' ? read.look : new Float32Array(lookNumbers).fill(Number.NaN);
      }),
    );
    for (const look of looks) table.append(look, 1);
    const labels = Int32Array.from(rows, (cells) => Number(cells[cells.length - 1].slice(1)));
    const facts = table.read();
    return {
      scores: scorePictures(facts, labels, chooseIssues('auto', ['pictures'])),
      copies: findCopiesOfPictures(facts),
    };
  } finally {
    await threads.close();
  }
}

async function findInTexts(rows: readonly (readonly string[])[]): Promise<FoundIssues> {
  const texts = new TextIssues(chooseIssues('auto', ['texts']), await openLanguages());
  for (const cells of rows) texts.add(joinTexts(cells.slice(0, -1), new Set()).text);
  return texts.find();
}

async function readTable(file: string): Promise<string[][]> {
  return Papa.parse<string[]>(await readFile(file, 'utf8'), { skipEmptyLines: true }).data.slice(1);
}
