import { afterEach, describe, expect, it, vi } from 'vitest';
import { closeAfter, closeAll, closeAllAtOnce } from './closeAll';

afterEach(() => vi.restoreAllMocks());

const fails = (name: string) => (): never => {
  throw new Error(name);
};
const rejects = (name: string) => () => Promise.reject(new Error(name));

describe('closing', () => {
  it('takes every step in turn, also after those that fail, and tells the first failure', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    const taken: string[] = [];
    const slow = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      taken.push('slow');
    };
    const closing = closeAll([slow, fails('a'), () => taken.push('b'), rejects('c'), () => taken.push('d')]);
    await expect(closing).rejects.toThrow('a');
    expect(taken).toEqual(['slow', 'b', 'd']);
    expect(log.mock.calls.map(([text]) => String(text).split('\n')[0])).toEqual(['also, while closing: Error: c']);
  });

  it('tells what failed before, whatever closing does', async () => {
    const log = vi.spyOn(console, 'error').mockReturnValue();
    await expect(closeAfter(new Error('before'), [fails('\u001b[2Jafter')])).rejects.toThrow('before');
    expect(log.mock.calls.join()).toContain('\\x1b[2Jafter');
    await expect(closeAfter(undefined, [])).rejects.toBeUndefined();
  });

  it('at once has taken every step when it returns', () => {
    vi.spyOn(console, 'error').mockReturnValue();
    const taken: string[] = [];
    expect(() => closeAllAtOnce([fails('a'), () => taken.push('b'), fails('c'), () => taken.push('d')])).toThrow('a');
    expect(taken).toEqual(['b', 'd']);
  });
});
