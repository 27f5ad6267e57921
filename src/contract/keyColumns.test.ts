import { describe, expect, it } from 'vitest';
import type { Column } from './dataset';
import { keyColumnsOf } from './keyColumns';

const column = (name: string, type: Column['type'], role: Column['role']) => ({ name, type, role }) as Column; // What is looked at.
const names = (columns: readonly Column[], pictures = false): string[] =>
  keyColumnsOf({
    columns: [...columns],
    pictures: pictures ? { width: 1, height: 1, max: 1, columns: [0] } : null,
  }).map(({ name }) => name);
const numbers = ['a', 'b', 'c', 'd', 'e'].map((name) => column(name, 'number', 'feature'));

describe('keyColumnsOf', () => {
  it('takes the first features', () => {
    const all = [column('id', 'text', 'id'), column('x', 'number', 'ignore'), ...numbers];
    expect(names(all)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('takes none where a picture or a text stands for the row', () => {
    expect(names(numbers, true)).toEqual([]);
    expect(names([column('path', 'picture', 'ignore'), ...numbers])).toEqual([]);
    expect(names([...numbers, column('said', 'text', 'feature')])).toEqual([]);
  });
});
