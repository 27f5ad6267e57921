import { describe, expect, it } from 'vitest';
import {
  BugError,
  CancelledError,
  describeStacks,
  deserializeError,
  InputError,
  NumericalError,
  serializeError,
  serializeWithoutStacks,
  StorageError,
  UnavailableError,
} from './errors';

/** An error with `depth` errors behind it. */
function chain(depth: number): Error {
  return depth === 0 ? new Error('at the bottom') : new Error(`level ${depth}`, { cause: chain(depth - 1) });
}

describe('an error that crosses a boundary', () => {
  it.each([InputError, NumericalError, StorageError, CancelledError, UnavailableError, BugError])(
    'stays of its class, with its details and its stack (%o)',
    (Class) => {
      const error = new Class('What happened.', { details: { line: 3 } });
      const arrived = deserializeError(structuredClone(serializeError(error)));
      expect(arrived).toBeInstanceOf(Class);
      expect(arrived).toMatchObject({ code: error.code, message: 'What happened.', details: { line: 3 } });
      expect(arrived.stack).toBe(error.stack);
    },
  );

  it('brings what it came from, nearest first', () => {
    const disk = new RangeError('EIO: i/o error');
    const error = new StorageError('The project cannot be read.', {
      cause: new BugError('The page is not one.', { cause: disk }),
    });
    const { cause } = deserializeError(serializeError(error));
    expect(cause).toMatchObject({ name: 'BugError', message: 'The page is not one.' });
    expect((cause as Error).cause).toMatchObject({ name: 'RangeError', message: 'EIO: i/o error', stack: disk.stack });
    expect(describeStacks(deserializeError(serializeError(error)))).toContain('RangeError: EIO');
  });

  it('keeps a few causes of a long chain, a ring too, and the beginning of a long text', () => {
    expect(serializeError(chain(50)).causes).toHaveLength(4);
    const ring = new Error('one', { cause: new Error('two') });
    (ring.cause as Error).cause = ring;
    expect(serializeError(ring).causes?.map(({ message }) => message)).toEqual(['two', 'one', 'two', 'one']);
    const long = serializeError(new Error('short', { cause: new Error('x'.repeat(100_000)) }));
    expect(JSON.stringify(long.causes).length).toBeLessThan(10_000);
  });

  it('has no end of texts of its own either', () => {
    const error = new InputError('m'.repeat(1e6), { details: { path: 'p'.repeat(1e6) } });
    expect(JSON.stringify(serializeError(error)).length).toBeLessThan(40_000);
    expect(JSON.stringify(serializeError('t'.repeat(1e6))).length).toBeLessThan(20_000);
    expect(describeStacks(error).length).toBeLessThan(20_000);
  });

  it('says null for a number that is not finite: contracts have no such numbers', () => {
    const details = { l2: 1, conditionEstimate: Number.NaN, residual: Infinity };
    const told = serializeError(new NumericalError('It did not converge.', { details }));
    expect(told.details).toEqual({ l2: 1, conditionEstimate: null, residual: null });
  });

  it('is told whatever refuses to be read', () => {
    const refuse = (): never => {
      throw new Error('no');
    };
    const closed = Object.defineProperties(new BugError('said'), {
      cause: { get: refuse },
      stack: { get: refuse },
      name: { value: 7 },
    });
    expect(serializeError(closed)).toEqual({ code: 'bug', message: 'said', details: {} });
    expect(describeStacks(closed)).toBe('said');
    const behind = serializeError(new StorageError('outside', { cause: closed }));
    expect(behind.causes).toEqual([{ name: 'Error', message: 'said' }]);
    expect(serializeError(Object.create(null)).message).toMatch(/says nothing/);
    expect(describeStacks(Object.create(null))).toMatch(/says nothing/);
  });

  it('tells the window no stack, and of a cause nothing but its name and message', () => {
    const cause = Object.assign(new Error('connect failed'), { password: 'secret', path: '/home/someone' });
    const told = serializeWithoutStacks(new StorageError('It cannot be read.', { cause }));
    expect(told).toEqual({
      code: 'storage',
      message: 'It cannot be read.',
      details: {},
      causes: [{ name: 'Error', message: 'connect failed' }],
    });
    expect(JSON.stringify(serializeError(new BugError('b', { cause })))).not.toMatch(/secret|someone/);
  });

  it('is a bug when it was none of ours, also when it was no error', () => {
    expect(serializeError(new TypeError('x is not a function'))).toMatchObject({ code: 'bug', details: {} });
    expect(serializeError('thrown as text')).toEqual({ code: 'bug', message: 'thrown as text', details: {} });
  });
});
