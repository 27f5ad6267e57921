/**
 * What this process has begun to write and not finished, so that it can be removed when the process has to end at once:
 * a native call in the compute thread cannot be stopped, and waiting for it takes longer than a person waits.
 */
const removals = new Set<() => void>();
let commits = 0;

/**
 * `remove` is synchronous, and does nothing where there is nothing. @returns what forgets it: it was finished, or
 * removed otherwise.
 */
export function onSuddenEnd(remove: () => void): () => void {
  removals.add(remove);
  return () => removals.delete(remove);
}

/** Runs the last steps that make results complete, which a sudden end waits for: they only rename. */
export async function untilComplete<T>(commit: () => Promise<T>): Promise<T> {
  commits++;
  try {
    return await commit();
  } finally {
    commits--;
  }
}

export function isCommitting(): boolean {
  return commits > 0;
}

/**
 * Removes all of it, the last first. What cannot be removed stays, and is cleared by the next command that names the
 * same place.
 */
export function removeUnfinished(): void {
  for (const remove of [...removals].reverse()) {
    try {
      remove();
    } catch {
      // Another one may succeed.
    }
  }
  removals.clear();
}
