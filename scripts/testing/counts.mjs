/** Counts of a runner: how many tests (or checks) passed and how many failed. */

export const nothing = Object.freeze({ passed: 0, failed: 0 });

export function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** A check that is one thing, such as the linter: passed or failed by its exit code. */
export function countCheck(exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/**
 * Vitest's JSON report. A file that fails before its first test (a syntax error, a missing import) holds no failed
 * test; it counts as one, and so does a run that failed for any other reason without a failed test.
 */
export function countVitest(report, exitCode) {
  if (!report) return countMissing();
  const brokenFiles = (report.testResults ?? []).filter(
    (file) => file.status === 'failed' && !(file.assertionResults ?? []).some((test) => test.status === 'failed'),
  ).length;
  const failed = (report.numFailedTests ?? 0) + brokenFiles;
  return { passed: report.numPassedTests ?? 0, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** Playwright's JSON report. A flaky test passed in the end; errors outside any test count as one failure. */
export function countPlaywright(report, exitCode) {
  if (!report) return countMissing();
  const { expected = 0, unexpected = 0, flaky = 0 } = report.stats ?? {};
  return { passed: expected + flaky, failed: unexpected === 0 && exitCode !== 0 ? 1 : unexpected };
}

/** A runner that ended without its report has failed, whatever its exit code says. */
function countMissing() {
  return { passed: 0, failed: 1 };
}

/** The last line of `npm test`. */
export function summaryLine({ passed, failed }) {
  return `${passed} passed, ${failed} failed`;
}

/** Nothing run is a failure too: a suite that runs no test must not look green. */
export function exitCodeOf({ passed, failed }) {
  return failed === 0 && passed > 0 ? 0 : 1;
}
