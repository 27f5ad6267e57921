import { describe, expect, it } from 'vitest';
import type { Query } from '../../contract/review';
import { InputError } from '../../core/base/errors';
import { Views } from './views';

const query: Query = { queue: 'all', threshold: 0.5, filters: [], search: '', sort: [] };

describe('Views', () => {
  it('expands selections and finds places', () => {
    const views = new Views();
    const id = views.add(Int32Array.of(5, 3, 9, 1), query);
    expect([...views.expand({ kind: 'view', viewId: id, except: [9] })]).toEqual([5, 3, 1]);
    expect([...views.expand({ kind: 'rows', rows: [2, 2, 7] })]).toEqual([2, 7]);
    expect(views.indexOf(id, 9)).toBe(2);
    expect(views.indexOf(id, 4)).toBeUndefined();
  });

  it('forgets the view not looked at for longest and says so', () => {
    const views = new Views();
    const first = views.add(Int32Array.of(0), query);
    const second = views.add(Int32Array.of(1), query);
    for (let i = 0; i < 6; i++) views.add(Int32Array.of(2), query);
    views.rows(first);
    views.add(Int32Array.of(3), query);
    expect([...views.rows(first)]).toEqual([0]);
    expect(() => views.rows(second)).toThrow(InputError);
  });
});
