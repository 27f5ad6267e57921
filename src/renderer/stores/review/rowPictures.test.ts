import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Column } from '../../../contract/dataset';
import type { Picture } from '../../../contract/pictures';
import { engineClient } from '../../client/engineClient';
import { useSession } from '../session';
import { makeProject } from '../testEngine';
import { sizeFor, useRowPictures } from './rowPictures';

const call = vi.spyOn(engineClient, 'call');
const picture: Picture = {
  kind: 'picture',
  width: 2,
  height: 1,
  pixels: { width: 2, height: 1, data: new Uint8Array(6) },
};

async function openPictures(): Promise<ReturnType<typeof useRowPictures>> {
  const { dataset } = makeProject();
  const column = { index: 0, name: 'path', type: 'picture', role: 'feature' } as Column; // What is looked at.
  call.mockResolvedValueOnce(makeProject({ dataset: { ...dataset, columns: [column] } }));
  await useSession().openPath({ grant: 'grant-of-rows', display: 'rows.csv' }, 'source');
  call.mockClear();
  return useRowPictures();
}

/** Rows in each question, with the side that was asked for. */
const asked = () => call.mock.calls.map(([, params]) => params as { rows: number[]; side: number });

describe('useRowPictures', () => {
  let answer: () => void = () => undefined;
  beforeEach(() => {
    setActivePinia(createPinia());
    call.mockReset();
    call.mockImplementation((_method, params) => {
      const { rows } = params as { rows: number[] };
      return new Promise((resolve) => {
        answer = () => resolve({ pictures: rows.map(() => picture) } as never); // The answer to pictures.read.
      });
    });
  });

  it('asks once for what is drawn together, and for nothing that it has', async () => {
    const pictures = await openPictures();
    for (const row of [3, 5, 3]) pictures.want(row);
    await vi.waitFor(() => expect(asked()).toEqual([{ rows: [5, 3], side: 128 }]));
    answer();
    await vi.waitFor(() => expect(pictures.pictureOf(5)).toEqual(picture));
    pictures.want(5);
    await Promise.resolve();
    expect(asked()).toHaveLength(1);
    expect(pictures.pictureOf(5, 'medium')).toBeUndefined();
  });

  it('does not ask for what nobody draws any more', async () => {
    const pictures = await openPictures();
    pictures.want(1);
    await vi.waitFor(() => expect(asked()).toHaveLength(1));
    for (const row of [10, 11, 12]) pictures.want(row);
    // The table and the gallery both draw row 11; one of them goes on.
    pictures.want(11);
    for (const row of [10, 11]) pictures.leave(row);
    pictures.want(20, 'medium');
    answer();
    await vi.waitFor(() => expect(asked()).toHaveLength(2));
    expect(asked()[1]).toEqual({ rows: [12, 11], side: 128 });
    answer();
    await vi.waitFor(() => expect(asked()[2]).toEqual({ rows: [20], side: 256 }));
  });

  it('takes a sharper picture for a large place', () => {
    expect([28, 128, 129, 256].map(sizeFor)).toEqual(['small', 'small', 'medium', 'medium']);
  });
});
