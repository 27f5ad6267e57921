import { describeStacks } from '../core/base/errors';
import { visibleText } from '../core/base/visibleText';

/**
 * Takes every step of closing something, one after the other, whatever becomes of those before it.
 * @throws the first error, when all steps have been taken; the others go to the log.
 */
export async function closeAll(steps: readonly (() => unknown)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  tellFirst(failures);
}

/** {@link closeAll} for steps that nothing has to be waited for: all have been taken when it returns. */
export function closeAllAtOnce(steps: readonly (() => void)[]): void {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      failures.push(error);
    }
  }
  tellFirst(failures);
}

/** Closes what was opened before `error`. @throws `error`, whatever fails on the way. */
export async function closeAfter(error: unknown, steps: readonly (() => unknown)[]): Promise<never> {
  await closeAll([() => Promise.reject(error), ...steps]);
  throw error;
}

/** What fails later follows from the first failure most of the time. */
function tellFirst(failures: readonly unknown[]): void {
  if (failures.length === 0) return;
  const [first, ...later] = failures;
  for (const error of later) {
    console.error(visibleText(`also, while closing: ${describeStacks(error)}`, { keepLines: true }));
  }
  throw first;
}
