import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWithinBounds, questionBounds } from './messageBounds';
import { readQuestion, readWindowFrame } from './wire';

const question = { t: 'q', i: 'id-1', m: 'call', a: ['dataset.summary', {}, null] };

function cyclic(): unknown {
  const self: Record<string, unknown> = { ...question };
  self['a'] = ['dataset.summary', self, null];
  return self;
}

/** What a page could send instead of a question. */
const garbage: readonly (readonly [string, unknown])[] = [
  ['null', null],
  ['undefined', undefined],
  ['a number', 7],
  ['not a number', NaN],
  ['minus zero', -0],
  ['a text', 'call'],
  ['a big integer', 10n],
  ['a list', []],
  ['an empty object', {}],
  ['a list of holes', Object.assign([], { length: 2 ** 32 - 1 })],
  ['a question with a list of holes', { ...question, a: ['x', new Array(2 ** 31), null] }],
  ['what holds itself', cyclic()],
  ['a text of 100 MB', { ...question, a: ['x', 'y'.repeat(100_000_000), null] }],
  ['a typed array', { ...question, a: ['x', new Float64Array(10), null] }],
  ['an array of numbers', { ...question, a: ['x', new Float32Array(10), null] }],
  ['a map', { ...question, a: ['x', new Map([[1, 2]]), null] }],
  ['a date', { ...question, a: ['x', new Date(0), null] }],
  ['another method of the wire', { ...question, m: '__proto__' }],
  ['a method of every object', { ...question, m: 'constructor' }],
  ['arguments that are none', { ...question, a: null }],
  ['too few arguments', { ...question, a: [] }],
  ['a method that is no text', { ...question, a: [{ toString: 1 }, {}, null] }],
  ['a method of 10,000 letters', { ...question, a: ['m'.repeat(10_000), {}, null] }],
  ['an id that is no text', { ...question, i: { length: 3 } }],
  ['no id', { t: 'q', m: 'call', a: question.a }],
  ['an id of 10,000 letters', { ...question, i: 'i'.repeat(10_000) }],
  ['an answer nobody asked for', { t: 's', i: 'nobody', r: 1 }],
  ['an answer without an id', { t: 's' }],
  ['another kind', { ...question, t: 'x' }],
  ['depth', { ...question, a: ['x', JSON.parse('['.repeat(100) + ']'.repeat(100)), null] }],
];

describe('readQuestion', () => {
  it('takes a question', () => {
    expect(readQuestion(question)).toEqual({ kind: 'question', frame: question });
  });

  it.each(garbage)('refuses %s', (_name, data) => {
    expect(readQuestion(data)).toMatchObject({ kind: 'refused' });
    expect(readWindowFrame(data).kind === 'frame').toBe(
      typeof data === 'object' && data !== null && 'i' in data && data.i === 'nobody',
    );
  });

  it('says under which id a refused question waits', () => {
    expect(readQuestion({ ...question, a: [] })).toMatchObject({ id: 'id-1' });
    expect(readQuestion({ ...question, a: ['x', 'y'.repeat(100_000_000), null] })).toMatchObject({ id: 'id-1' });
  });

  it('property: whatever comes, it answers', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }), (data) => {
        expect(['question', 'refused']).toContain(readQuestion(data).kind);
        expect(['frame', 'refused']).toContain(readWindowFrame(data).kind);
      }),
      { seed: 1 },
    );
  });
});

describe('readWindowFrame', () => {
  it('takes answers and events, and tells whose answer is none', () => {
    expect(readWindowFrame({ t: 's', i: 'a', r: { ok: true, value: 1 } })).toMatchObject({ kind: 'frame' });
    expect(readWindowFrame({ t: 'q', m: 'event', a: [{ kind: 'job' }] })).toMatchObject({ kind: 'frame' });
    expect(readWindowFrame({ t: 's', i: 'a', r: new Date(0) })).toEqual({ kind: 'refused', id: 'a' });
    expect(readWindowFrame({ t: 'q', m: '$close', a: [] })).toEqual({ kind: 'refused', id: null });
  });
});

describe('isWithinBounds', () => {
  it('counts values, characters and depth', () => {
    const bounds = { values: 10, characters: 10, depth: 2, bytes: 3 };
    expect(isWithinBounds([1, 2, { a: null, b: undefined }], bounds)).toBe(true);
    expect(isWithinBounds(new Array(10).fill(0), bounds)).toBe(false);
    expect(isWithinBounds('0123456789', bounds)).toBe(true);
    expect(isWithinBounds({ 'a name of its own': 1 }, bounds)).toBe(false);
    expect(isWithinBounds([[[1]]], bounds)).toBe(false);
    expect(isWithinBounds(Object.create(null), bounds)).toBe(true);
  });

  it('lets bytes through where there may be any', () => {
    const bounds = { values: 10, characters: 10, depth: 2, bytes: 3 };
    expect(isWithinBounds([Uint8Array.of(1), new Uint8Array(2)], bounds)).toBe(true);
    expect(isWithinBounds([Uint8Array.of(1), new Uint8Array(3)], bounds)).toBe(false);
    expect(isWithinBounds(new Float64Array(1), bounds)).toBe(false);
    expect(isWithinBounds([Float32Array.of(1), Int32Array.of(1)], { ...bounds, bytes: 8 })).toBe(true);
    expect(isWithinBounds(new Float32Array(3), { ...bounds, bytes: 8 })).toBe(false);
    expect(isWithinBounds(new Uint8Array(1), questionBounds)).toBe(false);
  });

  it('lets the largest selection through', () => {
    const rows = Array.from({ length: 200_000 }, (_, row) => row);
    const asked = { ...question, a: ['review.decide', { selection: { kind: 'rows', rows } }, null] };
    expect(isWithinBounds(asked, questionBounds)).toBe(true);
  });
});
