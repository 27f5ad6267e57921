import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { JobSnapshot } from '../contract/jobs';
import { ProgressLine } from './progressLine';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A stream that remembers when it was written to, in seconds. */
function watch(isTTY: boolean) {
  const written: { readonly at: number; readonly text: string }[] = [];
  const write = (text: string): boolean => written.push({ at: performance.now() / 1000, text }) > 0;
  return { line: new ProgressLine({ isTTY, columns: 80, write: write as NodeJS.WriteStream['write'] }), written };
}

function jobAt(seconds: number, name: string, secondsLeft: number | null = null): JobSnapshot {
  const stage = { name, state: 'running', done: 3, total: 8, detail: '', seconds } as const;
  return { id: 'j', kind: 'audit', state: 'running', stages: [stage], seconds, secondsLeft, error: null };
}

/** Tells of a stage of so many seconds, 20 times a second. */
function run(line: ProgressLine, from: number, to: number, name: string): void {
  for (let at = from; at < to; at += 0.05) {
    line.show(jobAt(at, name, to - at));
    vi.advanceTimersByTime(50);
  }
}

describe('ProgressLine', () => {
  it('rewrites the line of a terminal once a second at most, whatever begins meanwhile', () => {
    const { line, written } = watch(true);
    run(line, 0, 0.3, 'features');
    run(line, 0.3, 0.6, 'lambda');
    run(line, 0.6, 30, 'ranking');
    expect(written.length).toBeGreaterThan(25);
    for (let k = 1; k < written.length; k++) expect(written[k].at - written[k - 1].at).toBeGreaterThan(0.99);
    expect(written[1].text).toContain('ranking 37 %, about 30 s left');
  });

  it('gives a log a line for each stage, and seldom another', () => {
    const { line, written } = watch(false);
    run(line, 0, 0.3, 'features');
    run(line, 0.3, 25, 'lambda');
    run(line, 25, 400, 'ranking');
    const texts = written.map(({ text }) => text.split(' ')[0]);
    expect(texts.slice(0, 4)).toEqual(['features', 'lambda', 'lambda', 'lambda']);
    // Every ten seconds up to two minutes, every minute then.
    expect(texts.filter((name) => name === 'ranking')).toHaveLength(10 + 4);
    expect(written.every(({ text }) => text.endsWith('\n'))).toBe(true);
  });

  it.each([
    [7.4, 'about 7 s left'],
    [61, 'about 60 s left'],
    [130, 'about 2 min left'],
    [7_200, 'about 2.0 h left'],
  ])('tells %d seconds as exactly as an estimate is', (seconds, text) => {
    const { line, written } = watch(false);
    line.show(jobAt(1, 'fit', seconds));
    expect(written[0]?.text).toContain(text);
  });

  it('says nothing of the time left where that is unknown or next to nothing', () => {
    const { line, written } = watch(false);
    line.show(jobAt(1, 'fit', null));
    line.show(jobAt(1, 'saving', 0.4));
    expect(written.map(({ text }) => text)).toEqual(['fit 37 %\n', 'saving 37 %\n']);
  });

  it('tells what is done before there is a job, where that takes more than a second', () => {
    const tell = (isTTY: boolean, until: number): readonly { readonly at: number; readonly text: string }[] => {
      const { line, written } = watch(isTTY);
      for (let at = 0; at < until; at += 0.05) {
        line.tell(`Listing many: ${(at * 1_000).toFixed(0)} files`);
        vi.advanceTimersByTime(50);
      }
      return written;
    };
    expect(tell(true, 0.9)).toEqual([]);
    expect(tell(false, 0.9)).toEqual([]);
    expect(tell(true, 5.5)).toHaveLength(5);
    const logged = tell(false, 35);
    expect(logged).toHaveLength(4);
    expect(logged[0]?.text).toBe('Listing many: 1000 files\n');
  });
});
