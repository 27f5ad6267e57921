/** The screens `npm test` has started for windows of tests (X displays); none where it uses a person’s. */
export const testDisplays = (process.env['ASSAY_TEST_DISPLAYS'] ?? '').split(',').filter((display) => display !== '');

/** For the environment of a process that shows a window: each of the runner’s workers has a screen of its own. */
export function displayEnvironment(): Record<string, string> {
  const display = testDisplays[Number(process.env['TEST_PARALLEL_INDEX'] ?? 0)];
  return display === undefined ? {} : { DISPLAY: display };
}
