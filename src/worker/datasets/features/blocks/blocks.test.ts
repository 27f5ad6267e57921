import { describe, expect, it } from 'vitest';
import type { Column, ColumnType } from '../../../../contract/dataset';
import { CancelledError, InputError } from '../../../../core/base/errors';
import { createFloat32Rows } from '../../../../core/base/featureRows';
import { createFloat64LinearAlgebra } from '../../../../core/linalg/float64LinearAlgebra';
import { createTestContext } from '../../../../core/testing/testData';
import { TextLearner } from '../../../../core/text/textLearner';
import { CellBlock } from '../../cells/cellBlock';
import type { CellScan, FeaturePipeline } from '../../datasetTypes';
import { applyFeaturePipeline, createSharedMatrix, fillMatrix } from '../applyFeaturePipeline';
import { fitFeaturePipeline } from '../fitFeaturePipeline';
import type { BlockRequest, BlockVectors, NoVectors } from './blockTypes';
import { fitBlock } from './fitBlock';
import { createListEncoder } from './listEncoder';
import { createTextEncoder } from './textEncoder';
import { createWordsEncoder } from './wordsEncoder';

const neverCancelled = createTestContext().signal;

function column(index: number, name: string, type: ColumnType): Column {
  return { index, name, type, role: 'feature', reason: '', missing: 0, distinct: null, range: null, examples: [] };
}

function scanOf(cells: readonly (readonly string[])[], block = 3): CellScan {
  return async (indices, onBlock) => {
    for (let start = 0; start < cells[0].length; start += block) {
      await onBlock(
        CellBlock.ofColumns(
          start,
          indices.map((index) => cells[index].slice(start, start + block)),
        ),
      );
    }
  };
}

/** What a TextThread does, here. */
function openTexts() {
  const learner = new TextLearner({ terms: 'words' });
  let model: ReturnType<TextLearner['fit']> = null;
  let closed = false;
  return {
    learn: async (texts: readonly string[]) => {
      if (closed) throw new CancelledError();
      for (const text of texts) learner.add(text);
    },
    fit: async () => {
      model = learner.fit(createFloat64LinearAlgebra());
      return model?.facts ?? null;
    },
    keep: async () => {
      if (model === null) throw new Error('There is nothing to keep.');
      return model.kept;
    },
    embed: async (texts: readonly string[]) => model?.embed(texts) ?? new Float32Array(0),
    close: async () => {
      closed = true;
    },
  };
}

function requestFor(cells: readonly (readonly string[])[], more: Partial<BlockRequest> = {}): BlockRequest {
  const rows = cells[0].length;
  return {
    columns: cells.map((_, index) => column(index, `c${index}`, 'text')),
    root: '/data',
    parts: [{ scan: scanOf(cells), rows }],
    labelledRows: new Uint8Array(rows).fill(1),
    missing: [],
    openVectors: async (width) => {
      const written: number[] = [];
      return {
        append: async (block) => void written.push(...block),
        finish: async () => createFloat32Rows(Float32Array.from(written), written.length / width, width),
      };
    },
    signal: neverCancelled,
    onShare: () => undefined,
    ...more,
  };
}

const bodies = Array.from(
  { length: 24 },
  (_, row) => ['red apple pie', 'green pear tart', 'blue plum jam'][row % 3] + (row % 2 === 0 ? ' today' : ''),
);

describe('texts as a block', () => {
  it('become vectors of all rows, learnt from labelled ones', async () => {
    const labelledRows = Uint8Array.from(bodies, (_, row) => (row < 20 ? 1 : 0));
    const cells = [bodies.map((text, row) => (row >= 20 ? `${text} zebra` : text))];
    const shares: number[] = [];
    const parts = [...requestFor(cells).parts, { scan: scanOf([['red apple', 'NA']]), rows: 2 }];
    const made = await createWordsEncoder(openTexts, 'words').encode(
      requestFor(cells, { labelledRows, parts, onShare: (share) => shares.push(share) }),
    );
    if (made.kind === 'none') throw new Error(made.reason);
    expect(made.method).toMatchObject({ kind: 'words', terms: 'words', texts: 20, vocabulary: 10, leastTexts: 1 });
    expect(made.vectors.rows).toBe(26);
    expect(made.names[0]).toBe('c0: words 1');
    expect(made.notes[0]).toMatch(/^The texts of c0 are taken by 10 words, weighed by TF-IDF/);
    expect(made.cautions[0]).toMatch(/^1 row has no text in c0/);
    const last = new Float32Array(made.vectors.columns);
    made.vectors.read(25, 1, last);
    expect([...last]).toEqual(Array(last.length).fill(0));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('of several columns are read as one text, and what stands for missing is none', async () => {
    const encoder = createWordsEncoder(openTexts, 'words');
    const two = await encoder.encode(
      requestFor([bodies.map((_, row) => (row === 0 ? 'n.a.!' : 'hello')), bodies], { missing: ['n.a.!'] }),
    );
    const one = await encoder.encode(requestFor([bodies.map((text, row) => (row === 0 ? text : `hello\n${text}`))]));
    if (two.kind === 'none' || one.kind === 'none') throw new Error('There are words in these texts.');
    const all = [two, one].map(({ vectors }) => {
      const out = new Float32Array(vectors.rows * vectors.columns);
      vectors.read(0, vectors.rows, out);
      return out;
    });
    expect(all[0]).toEqual(all[1]);
    expect(two.names[0]).toBe('c0, c1: words 1');
  });

  it('without a word are left out, and say so', async () => {
    const made = await createWordsEncoder(openTexts, 'words').encode(requestFor([bodies.map(() => '- ?')]));
    expect(made).toMatchObject({ kind: 'none', reason: 'no word in the labelled rows' });
    const blocks = [await fitBlock(made, new Uint8Array(24).fill(1), neverCancelled)];
    const fitted = fitFeaturePipeline({
      scan: scanOf([[]]),
      columns: [column(0, 'c0', 'text')],
      blocks,
      labelledRows: new Uint8Array(24).fill(1),
      standardize: true,
      intercept: true,
    });
    await expect(fitted).rejects.toThrow(InputError);
    await expect(fitted).rejects.toThrow(
      'No feature is left: c0 (no word in the labelled rows). Choose other columns.',
    );
  });
});

describe('lists of numbers as a block', () => {
  const encode = async (cells: readonly string[], more: Partial<BlockRequest> = {}): Promise<BlockVectors> =>
    createListEncoder().encode({ ...requestFor([cells], more), columns: [column(0, 'vec', 'vector')] });
  const read = (made: BlockVectors): number[][] => {
    if (made.kind === 'none') throw new Error(made.reason);
    const { rows, columns } = made.vectors;
    return Array.from({ length: rows }, (_, row) => {
      const out = new Float32Array(columns);
      made.vectors.read(row, 1, out);
      return [...out];
    });
  };

  it('are the vectors they are, in whatever brackets', async () => {
    const made = await encode(['[1, 2.5]', '(3 -4)', '{5;6}', '[7,8]']);
    expect(read(made)).toEqual([
      [1, 2.5],
      [3, -4],
      [5, 6],
      [7, 8],
    ]);
    expect(made).toMatchObject({ names: ['vec: number 1', 'vec: number 2'], method: { kind: 'lists', numbers: 2 } });
    expect(made.cautions).toEqual([]);
  });

  it('have as many numbers as most labelled rows, and others are 0, which is said', async () => {
    const cells = ['[1, 2]', 'NA', 'gone', '[3, 4]', '[5, 6, 7]', '[8, nan]', '[1,2,3]', '[1,2,3]'];
    const labelledRows = Uint8Array.from(cells, (_, row) => (row < 6 ? 1 : 0));
    const made = await encode(cells, { labelledRows, missing: ['gone'] });
    expect(read(made)).toEqual([
      [1, 2],
      [0, 0],
      [0, 0],
      [3, 4],
      [0, 0],
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    expect(made.cautions).toEqual([
      '2 rows have no list in vec: all numbers of it are 0 there, before they are centred.',
      '4 cells of vec are no lists of 2 numbers, and all numbers are 0 there, before they are centred.',
    ]);
  });

  it('are none where no labelled row has one', async () => {
    const made = await encode(['x', '[1, 2]'], { labelledRows: Uint8Array.of(1, 0) });
    expect(made).toMatchObject({ kind: 'none', reason: 'no list of numbers in the labelled rows' });
  });
});

describe('texts by an encoder', () => {
  const method = { kind: 'encoder', encoder: 'Toy', sha256: 'a', key: 'b', numbers: 2, tokens: 9 } as const;

  /** Encodes a text as its length and its first character. */
  function openToy(keepingFailure?: Error) {
    const seen: string[] = [];
    const network = {
      seen,
      closed: false,
      keepingFailure,
      async encode(
        { digests, load }: { digests: readonly Uint8Array[]; load(k: number): string },
        _signal: unknown,
        onDone: (done: number) => void,
      ) {
        const texts = digests.map((_, k) => load(k));
        seen.push(...texts);
        onDone(texts.length);
        return Float32Array.from(texts.flatMap((text) => [text.length, text.charCodeAt(0)]));
      },
      close: async () => {
        network.closed = true;
      },
    };
    return network;
  }

  it('become its vectors, in order, and zeros where there is none', async () => {
    const network = openToy();
    const shares: number[] = [];
    const cells = [
      ['a', '', 'ccc', 'NA', 'eeeee', 'a'],
      ['x', '', '', '', 'z', 'x'],
    ];
    const parts = [...requestFor(cells).parts, { scan: scanOf([['more'], ['']]), rows: 1 }];
    const made = await createTextEncoder(async () => ({ method, open: async () => network })).encode(
      requestFor(cells, { parts, onShare: (share) => shares.push(share) }),
    );
    if (made.kind === 'none') throw new Error(made.reason);
    const all = new Float32Array(14);
    made.vectors.read(0, 7, all);
    expect([...all]).toEqual([3, 97, 0, 0, 3, 99, 0, 0, 7, 101, 3, 97, 4, 109]);
    expect(network.seen).toEqual(['a\nx', 'ccc', 'eeeee\nz', 'a\nx', 'more']);
    expect(network.closed).toBe(true);
    expect(made.method).toBe(method);
    expect(made.names).toEqual(['c0, c1: number 1 of the encoder', 'c0, c1: number 2 of the encoder']);
    expect(made).toMatchObject({
      notes: [
        'The texts of c0, c1, joined to one text a row, are turned into 2 numbers each by the encoder Toy; of long ones it reads the first 9 words or parts of words.',
      ],
    });
    expect(made.cautions).toEqual([
      '2 rows have no text in c0, c1: all numbers of it are 0 there, before they are centred.',
    ]);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  });

  it('are used also where they cannot be kept, and the encoder is closed when it fails', async () => {
    const full = openToy(new Error('ENOSPC'));
    const made = await createTextEncoder(async () => ({ method, open: async () => full })).encode(requestFor([['a']]));
    expect(made.cautions[0]).toMatch(/^The numbers of c0 could not be kept: the next audit encodes the texts again/);
    const failing = { ...openToy(), encode: () => Promise.reject(new CancelledError()), close: full.close };
    full.closed = false;
    await expect(
      createTextEncoder(async () => ({ method, open: async () => failing })).encode(requestFor([['a']])),
    ).rejects.toThrow(CancelledError);
    expect(full.closed).toBe(true);
  });
});

describe('blocks in a pipeline', () => {
  const vectors = Float32Array.from({ length: 4 * 2 }, (_, at) => [1, 10, 3, 10, 5, 70, 100, 4][at]);
  const made: Exclude<BlockVectors, NoVectors> = {
    kind: 'vectors',
    columns: [column(1, 'text', 'text')],
    vectors: createFloat32Rows(vectors, 4, 2),
    names: ['text: 1', 'text: 2'],
    method: {
      kind: 'words',
      terms: 'words',
      texts: 3,
      fittedTexts: 3,
      vocabulary: 9,
      leastTexts: 1,
      dimensions: 2,
      varianceShare: 1,
    },
    notes: ['Made of words.'],
    cautions: [],
  };
  const labelledRows = Uint8Array.from([1, 1, 1, 0]);

  async function build(columns: readonly Column[], cells: readonly (readonly string[])[], standardize: boolean) {
    const blocks = [await fitBlock(made, labelledRows, neverCancelled)];
    const scan = scanOf(cells);
    const pipeline = await fitFeaturePipeline({ scan, columns, blocks, labelledRows, standardize, intercept: true });
    const matrix = createSharedMatrix(4, pipeline.features.length);
    const stored = JSON.parse(JSON.stringify(pipeline)) as FeaturePipeline;
    const rows = { vectors: [made.vectors], offset: 0, rows: 4 };
    await applyFeaturePipeline(stored, { scan, blocks: rows, take: fillMatrix(matrix) });
    const width = matrix.columns;
    return {
      pipeline,
      rows: Array.from({ length: 4 }, (_, i) => [...matrix.data.subarray(i * width, (i + 1) * width)]),
    };
  }

  // Means 3 and 30, variances 8/3 and 800 over the labelled rows: one scale, √((8/3 + 800)/2).
  const scale = Math.sqrt((8 / 3 + 800) / 2);

  it('are centred and divided by one scale, behind the features of columns', async () => {
    const { pipeline, rows } = await build(
      [column(0, 'x', 'number'), column(1, 'text', 'text')],
      [
        ['1', '3', '5', '9'],
        ['a', 'b', 'c', 'd'],
      ],
      true,
    );
    expect(pipeline.features.map(({ name }) => name)).toEqual(['x', 'text: 1', 'text: 2', 'intercept']);
    expect(pipeline.features[1]).toMatchObject({ column: 'text', centre: 3 });
    expect(pipeline.blocks).toMatchObject([{ columns: ['text'], first: 1, width: 2, method: made.method }]);
    expect(pipeline.blocks?.[0].scale).toBeCloseTo(scale, 12);
    expect(pipeline.notes).toEqual(['Made of words.']);
    rows.forEach(([, first, second, intercept], row) => {
      expect(first).toBeCloseTo((vectors[2 * row] - 3) / scale, 12);
      expect(second).toBeCloseTo((vectors[2 * row + 1] - 30) / scale, 12);
      expect(intercept).toBe(1);
    });
  });

  it('may be all there is, and stay as they are where nothing is standardised', async () => {
    const { rows } = await build([column(1, 'text', 'text')], [[], []], false);
    expect(rows).toEqual([
      [1, 10, 1],
      [3, 10, 1],
      [5, 70, 1],
      [100, 4, 1],
    ]);
  });

  it('that are the same in every labelled row are left out', async () => {
    const same = createFloat32Rows(Float32Array.from([1, 2, 1, 2, 1, 2, 7, 7]), 4, 2);
    const fitted = await fitBlock({ ...made, vectors: same }, labelledRows, neverCancelled);
    expect(fitted).toMatchObject({ kind: 'none', reason: 'the same in every labelled row' });
  });
});
