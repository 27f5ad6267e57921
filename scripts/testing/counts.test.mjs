import { describe, expect, it } from 'vitest';
import { add, countCheck, countPlaywright, countVitest, exitCodeOf, nothing, summaryLine } from './counts.mjs';
import { chooseRunners } from './runners.mjs';

describe('vitest', () => {
  const passing = { status: 'passed', assertionResults: [{ status: 'passed' }] };

  it('counts tests', () => {
    const report = {
      numPassedTests: 5,
      numFailedTests: 2,
      testResults: [passing, { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'failed' }] }],
    };
    expect(countVitest(report, 1)).toEqual({ passed: 5, failed: 2 });
  });

  it('counts a file that could not be loaded as a failure', () => {
    const report = {
      numPassedTests: 1,
      numFailedTests: 0,
      testResults: [passing, { status: 'failed', assertionResults: [] }],
    };
    expect(countVitest(report, 1)).toEqual({ passed: 1, failed: 1 });
  });

  it('counts a run that failed without a failed test, and one without a report', () => {
    expect(countVitest({ numPassedTests: 3, numFailedTests: 0, testResults: [passing] }, 1)).toEqual({
      passed: 3,
      failed: 1,
    });
    expect(countVitest(undefined, 0)).toEqual({ passed: 0, failed: 1 });
  });
});

it('counts Playwright’s tests, flaky ones as passed, errors outside tests as failed', () => {
  expect(countPlaywright({ stats: { expected: 4, unexpected: 1, flaky: 2, skipped: 1 } }, 1)).toEqual({
    passed: 6,
    failed: 1,
  });
  expect(countPlaywright({ stats: { expected: 0, unexpected: 0 } }, 1)).toEqual({ passed: 0, failed: 1 });
  expect(countPlaywright(undefined, 0)).toEqual({ passed: 0, failed: 1 });
});

it('sums up in one line, and takes nothing run for a failure', () => {
  const sum = add(countCheck(0), add(countCheck(2), nothing));
  expect(summaryLine(sum)).toBe('1 passed, 1 failed');
  expect(exitCodeOf(sum)).toBe(1);
  expect(exitCodeOf(nothing)).toBe(1);
  expect(exitCodeOf(countCheck(0))).toBe(0);
});

describe('choice of runners', () => {
  it('is all of them by default', () => {
    expect(chooseRunners([])).toEqual({ chosen: ['lint', 'types', 'unit', 'e2e'], extra: [] });
  });

  it('passes further arguments to the single chosen one', () => {
    expect(chooseRunners(['unit', 'src/core', '-t', 'gram'])).toEqual({
      chosen: ['unit'],
      extra: ['src/core', '-t', 'gram'],
    });
  });

  it('refuses what it cannot pass on', () => {
    expect(() => chooseRunners(['unti'])).toThrow('Choose among');
    expect(() => chooseRunners(['unit', 'e2e', 'x'])).toThrow('Choose among');
    expect(() => chooseRunners(['lint', '--fix'])).toThrow('Choose among');
  });
});
