import { defineStore } from 'pinia';
import { computed, shallowReactive, watch } from 'vue';
import type { Column, Pictures } from '../../../contract/dataset';
import type { Picture } from '../../../contract/pictures';
import { engineClient } from '../../client/engineClient';
import { useSession } from '../session';

/** Longest sides that are asked for, how many in one question, and how many are kept, those asked for last. */
const sizes = {
  /** Serves the table, the card, the neighbours and the usual gallery. */
  small: { side: 128, together: 32, kept: 1_000 },
  medium: { side: 256, together: 16, kept: 250 },
  large: { side: 1024, together: 1, kept: 6 },
} as const;
type PictureSize = Exclude<keyof typeof sizes, 'large'>;

/** Rows that wait: those scrolled past long ago are not asked for any more. */
const mostWaiting = 200;

/** The size that is sharp enough for so many CSS pixels. */
export function sizeFor(pixels: number): PictureSize {
  return pixels > sizes.small.side ? 'medium' : 'small';
}

/** What is known of a row's picture; undefined while it is being read. */
type Known = Picture | undefined;

/** Pictures of rows that stand in files: asked for when a row is drawn, kept while they are likely to be seen again. */
export const useRowPictures = defineStore('rowPictures', () => {
  const session = useSession();
  const known = {
    small: shallowReactive(new Map<number, Picture>()),
    medium: shallowReactive(new Map<number, Picture>()),
    large: shallowReactive(new Map<number, Picture>()),
  };
  /** Rows that wait to be asked for, with how many show them; those wished for last come first. */
  const waiting = { small: new Map<number, number>(), medium: new Map<number, number>() };
  let asking = false;

  /** Small grey pictures made of columns; null where there are none. */
  const grey = computed<Pictures | null>(() => session.dataset?.pictures ?? null);
  const hasFiles = computed(() => session.dataset?.columns.some(isPicture) === true);
  const hasAny = computed(() => hasFiles.value || grey.value !== null);

  function isPicture({ type }: Column): boolean {
    return type === 'picture';
  }

  /** Asks for a row's thumbnail unless it is there; {@link leave} takes the wish back. */
  function want(row: number, size: PictureSize = 'small'): void {
    if (!hasFiles.value || known[size].has(row)) return;
    const rows = waiting[size];
    const askers = rows.get(row) ?? 0;
    rows.delete(row);
    rows.set(row, askers + 1);
    for (const oldest of rows.keys()) {
      if (rows.size <= mostWaiting) break;
      rows.delete(oldest);
    }
    void readWaiting();
  }

  /** The row is not drawn any more where it was: unless it is drawn elsewhere, nobody needs its picture. */
  function leave(row: number, size: PictureSize = 'small'): void {
    const rows = waiting[size];
    const askers = rows.get(row);
    if (askers === undefined) return;
    if (askers > 1) rows.set(row, askers - 1);
    else rows.delete(row);
  }

  async function readWaiting(): Promise<void> {
    if (asking) return;
    asking = true;
    // Rows that are drawn together are asked for together.
    await Promise.resolve();
    try {
      for (;;) {
        const size = waiting.small.size > 0 ? 'small' : 'medium';
        const rows = [...waiting[size].keys()].slice(-sizes[size].together);
        if (rows.length === 0) return;
        rows.forEach((row) => waiting[size].delete(row));
        keep(size, rows, await read(rows, sizes[size].side));
      }
    } finally {
      asking = false;
    }
  }

  /** Asks for a row's picture in large. */
  async function wantLarge(row: number): Promise<void> {
    if (!hasFiles.value || known.large.has(row)) return;
    keep('large', [row], await read([row], sizes.large.side));
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

  function keep(size: keyof typeof sizes, rows: readonly number[], pictures: readonly Picture[]): void {
    const kept = known[size];
    pictures.forEach((picture, k) => kept.set(rows[k] as number, picture));
    for (const oldest of kept.keys()) {
      if (kept.size <= sizes[size].kept) return;
      kept.delete(oldest);
    }
  }

  watch(
    () => session.generation,
    () => {
      Object.values(waiting).forEach((rows) => rows.clear());
      Object.values(known).forEach((kept) => kept.clear());
    },
    { flush: 'sync' },
  );

  return {
    grey,
    hasFiles,
    hasAny,
    want,
    leave,
    wantLarge,
    pictureOf: (row: number, size: keyof typeof sizes = 'small'): Known => known[size].get(row),
  };
});
