import { defineStore } from 'pinia';
import { computed, shallowReactive, watch } from 'vue';
import type { Column, Pictures } from '../../../contract/dataset';
import type { Picture } from '../../../contract/pictures';
import { engineClient } from '../../client/engineClient';
import { useSession } from '../session';

/** Longest sides that are asked for: one serves the table, the card and the neighbours. */
const smallSide = 128;
const largeSide = 1024;
/** Rows in one question, and rows that wait: those scrolled past long ago are not asked for any more. */
const together = 32;
const mostWaiting = 200;
/** Kept of each size, those asked for last. */
const keptSmall = 1_000;
const keptLarge = 6;

/** What is known of a row's picture; undefined while it is being read. */
type Known = Picture | undefined;

/** Pictures of rows that stand in files: asked for when a row is drawn, kept while they are likely to be seen again. */
export const useRowPictures = defineStore('rowPictures', () => {
  const session = useSession();
  const small = shallowReactive(new Map<number, Picture>());
  const large = shallowReactive(new Map<number, Picture>());
  let waiting: number[] = [];
  let asking = false;

  /** Small grey pictures made of columns; null where there are none. */
  const grey = computed<Pictures | null>(() => session.dataset?.pictures ?? null);
  const hasFiles = computed(() => session.dataset?.columns.some(isPicture) === true);
  const hasAny = computed(() => hasFiles.value || grey.value !== null);

  function isPicture({ type }: Column): boolean {
    return type === 'picture';
  }

  /** Asks for a row's thumbnail unless it is there. */
  function want(row: number): void {
    if (!hasFiles.value || small.has(row) || waiting.includes(row)) return;
    waiting.push(row);
    if (waiting.length > mostWaiting) waiting = waiting.slice(-mostWaiting);
    void readWaiting();
  }

  async function readWaiting(): Promise<void> {
    if (asking) return;
    asking = true;
    // Rows that are drawn together are asked for together.
    await Promise.resolve();
    try {
      while (waiting.length > 0) {
        const rows = waiting.splice(-together);
        keep(small, rows, await read(rows, smallSide), keptSmall);
      }
    } finally {
      asking = false;
    }
  }

  /** Asks for a row's picture in large. */
  async function wantLarge(row: number): Promise<void> {
    if (!hasFiles.value || large.has(row)) return;
    keep(large, [row], await read([row], largeSide), keptLarge);
  }

  async function read(rows: number[], side: number): Promise<readonly Picture[]> {
    const { generation } = session;
    try {
      const { pictures } = await engineClient.call('pictures.read', { rows, side });
      return generation === session.generation ? pictures : [];
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      return generation === session.generation ? rows.map(() => ({ kind: 'problem', problem })) : [];
    }
  }

  function keep(kept: Map<number, Picture>, rows: readonly number[], pictures: readonly Picture[], most: number): void {
    pictures.forEach((picture, k) => kept.set(rows[k] as number, picture));
    for (const oldest of kept.keys()) {
      if (kept.size <= most) return;
      kept.delete(oldest);
    }
  }

  watch(
    () => session.generation,
    () => {
      waiting = [];
      small.clear();
      large.clear();
    },
    { flush: 'sync' },
  );

  return {
    grey,
    hasFiles,
    hasAny,
    want,
    wantLarge,
    smallOf: (row: number): Known => small.get(row),
    largeOf: (row: number): Known => large.get(row),
  };
});
