/**
 * How large a message may be before anything else is asked of it. Schemas look at every element of a list before they
 * look at its length; a list of four billion holes, a text of 100 MB or an object that holds itself must not get that
 * far.
 */

interface MessageBounds {
  /** Values in all: lists count by their length, holes included. */
  readonly values: number;
  /** Characters of all texts and names together. */
  readonly characters: number;
  readonly depth: number;
  /** Of all arrays of bytes and numbers together. */
  readonly bytes: number;
}

/** A question of the window: a selection lists up to 200,000 rows. */
export const questionBounds: MessageBounds = { values: 1_000_000, characters: 4_000_000, depth: 16, bytes: 0 };

/** What the window asks of main: the text for the clipboard is the largest. */
export const shellBounds: MessageBounds = { values: 10_000, characters: 51_000_000, depth: 8, bytes: 0 };

/**
 * An answer or an event of the engine: a preview has 200 rows of up to 20,000 cells, and a cell may be long; pictures
 * have 4 MB, the places of 2,000,000 rows on a map 16 MB, the row numbers of a list of 16,000,000 rows 64 MB.
 */
export const answerBounds: MessageBounds = {
  values: 20_000_000,
  characters: 256_000_000,
  depth: 32,
  bytes: 64_000_000,
};

/**
 * Whether a value is made of plain objects, lists, arrays of bytes and numbers, texts, numbers, booleans, null and
 * undefined only, and within the bounds. Ends as soon as a bound is passed, and so also for what holds itself. Cost:
 * the size of the value, never more than the bounds.
 */
export function isWithinBounds(message: unknown, bounds: MessageBounds): boolean {
  const levels: { readonly items: readonly unknown[]; at: number }[] = [{ items: [message], at: 0 }];
  let values = 0;
  let characters = 0;
  let bytes = 0;
  for (let level = levels[0]; level !== undefined; level = levels[levels.length - 1]) {
    if (level.at >= level.items.length) {
      levels.pop();
      continue;
    }
    const value = level.items[level.at++];
    values += 1;
    if (typeof value === 'string') characters += value.length;
    else if (isArray(value)) bytes += value.byteLength;
    else if (typeof value === 'object' && value !== null) {
      if (levels.length > bounds.depth) return false;
      if (Array.isArray(value)) {
        // A list of holes costs nothing to send and everything to look at.
        if (values + value.length > bounds.values) return false;
        levels.push({ items: value, at: 0 });
      } else {
        if (!isPlain(value)) return false;
        for (const name of Object.keys(value)) characters += name.length;
        levels.push({ items: Object.values(value), at: 0 });
      }
    } else if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function') return false;
    if (values > bounds.values || characters > bounds.characters || bytes > bounds.bytes) return false;
  }
  return true;
}

/** The arrays that contracts know. */
function isArray(value: unknown): value is Uint8Array | Float32Array | Int32Array {
  return value instanceof Uint8Array || value instanceof Float32Array || value instanceof Int32Array;
}

/**
 * Objects from another process have this process's own prototypes; those from another world of the same page have
 * theirs.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return true;
  return Object.prototype.toString.call(value) === '[object Object]' && Object.getPrototypeOf(prototype) === null;
}
