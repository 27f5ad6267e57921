import { describe, expect, it } from 'vitest';
import { createRandom } from '../../core/base/random';
import { createFloat64LinearAlgebra } from '../../core/linalg/float64LinearAlgebra';
import type { TermKind } from '../../core/text/terms';
import { TextLearner } from '../../core/text/textLearner';
import type { TextModel } from '../../core/text/textModel';
import type { ProjectStore } from '../store/projectStore';
import type { SessionFacts } from './sessionFacts';
import { sessionArrays } from './sessionFacts';
import { termArrays } from './storedTerms';
import { TellingWords } from './tellingWords';

const corpus = [
  'pay the parcel fee',
  'open the meeting minutes',
  'parcel fee on hold',
  'minutes of a build',
  'one two',
];
const dimensions = 3;
const first = 2;
const scale = 0.4;

function fit(terms: TermKind): TextModel {
  const learner = new TextLearner({ terms });
  for (const text of corpus) learner.add(text);
  const model = learner.fit(createFloat64LinearAlgebra(), undefined, dimensions);
  if (model === null) throw new Error('no model');
  return model;
}

const models = { words: fit('words'), characters: fit('characters') };
const kinds = ['words', 'characters'] as const;
/** Two other features, two blocks, an intercept. */
const features = first + 2 * dimensions + 1;

/** A project whose audit took column 1 (id, text, label) by words and by pieces, with that θ. */
function tellingOver(theta: Float64Array, classes: readonly string[], missing: readonly string[] = []) {
  const arrays: Record<string, { data: unknown }> = { [sessionArrays.theta]: { data: theta } };
  for (const kind of kinds) Object.assign(arrays, termArrays(models[kind].kept));
  const audit = {
    generation: 1,
    arrayNames: Object.keys(arrays),
    pipeline: {
      features: Array.from({ length: features }),
      blocks: kinds.map((terms, k) => ({
        columns: ['text'],
        first: first + k * dimensions,
        width: dimensions,
        scale,
        method: { kind: 'words', terms },
      })),
    },
  };
  const store = {
    audits: { latest: audit, requireLatest: () => audit, readArray: async (name: string) => arrays[name] },
    sources: { columns: [{ name: 'text', index: 1 }], source: { dialect: { missing } } },
  };
  const facts = { classes, labels: new Int32Array(1), classProbabilities: Float32Array.from([0.2, 0.5, 0.3]) };
  // Of the project and of the facts only what is looked at.
  const words = new TellingWords(store as unknown as ProjectStore);
  return (given: string, suggested: string, text: string) =>
    words.of({ number: 0, given, suggested }, ['id', text, given], facts as unknown as SessionFacts);
}

/** Σ over both blocks of vector · weights / scale. */
function scoreOf(text: string, weights: Float64Array): number {
  return kinds.reduce((sum, kind, k) => {
    const vector = models[kind].embed([text]);
    return sum + vector.reduce((part, value, j) => part + (value * weights[first + k * dimensions + j]) / scale, 0);
  }, 0);
}

const random = createRandom(11);
const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());

describe('telling words', () => {
  it('add up to the difference of the logits of two classes, of the softmax head', async () => {
    const theta = draw(3 * features);
    const telling = await tellingOver(theta, ['a', 'b', 'c'])('a', 'c', 'parcel');
    const ofClass = (c: number): number => scoreOf('parcel', theta.subarray(c * features, (c + 1) * features));
    expect(telling).toMatchObject({ from: 'a', towards: 'c', words: [{ word: 'parcel' }] });
    expect(telling?.words[0]?.weight).toBeCloseTo(ofClass(2) - ofClass(0), 4);
    expect(telling?.cells).toEqual([
      { column: 'text', marks: [{ start: 0, end: 6, weight: telling?.words[0]?.weight }] },
    ]);
  });

  it('are of the logit of the class asked about, of the logistic head', async () => {
    const theta = draw(features);
    const tell = tellingOver(theta, ['a', 'b']);
    const towardsB = await tell('a', 'b', 'minutes');
    const towardsA = await tell('b', 'a', 'minutes');
    expect(towardsB?.words[0]?.weight).toBeCloseTo(scoreOf('minutes', theta), 4);
    expect(towardsA?.words[0]?.weight).toBeCloseTo(-scoreOf('minutes', theta), 4);
  });

  it('raise or lower the number, of numeric labels', async () => {
    const theta = draw(features);
    const telling = await tellingOver(theta, [])('', '', 'fee');
    expect(telling).toMatchObject({ from: null, towards: null });
    expect(telling?.words[0]?.weight).toBeCloseTo(scoreOf('fee', theta), 4);
  });

  it('are between the likeliest classes where no other one is suggested', async () => {
    const tell = tellingOver(draw(3 * features), ['a', 'b', 'c']);
    expect(await tell('a', 'a', 'fee')).toMatchObject({ from: 'a', towards: 'b' });
    expect(await tell('b', '', 'fee')).toMatchObject({ from: 'b', towards: 'c' });
    expect(await tell('', 'b', 'fee')).toMatchObject({ from: 'c', towards: 'b' });
  });

  it('are none in a text that is missing or has no known word', async () => {
    const tell = tellingOver(draw(features), ['a', 'b'], ['nothing']);
    expect(await tell('a', 'b', '')).toMatchObject({ cells: [], words: [] });
    expect(await tell('a', 'b', ' nothing ')).toMatchObject({ cells: [], words: [] });
    expect(await tell('a', 'b', 'ÖÖÖÖ')).toMatchObject({ cells: [{ column: 'text', marks: [] }], words: [] });
  });

  it('are not known of an audit that did not keep its terms', async () => {
    const words = new TellingWords({
      audits: {
        latest: { generation: 1 },
        requireLatest: () => ({
          arrayNames: [],
          pipeline: { blocks: [{ method: { kind: 'words', terms: 'words' } }] },
        }),
      },
    } as unknown as ProjectStore);
    expect(await words.of({ number: 0, given: 'a', suggested: 'b' }, [], {} as unknown as SessionFacts)).toBeNull();
  });
});
