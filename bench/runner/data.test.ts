import { describe, expect, it } from 'vitest';
import { chooseFolder } from './data';

describe('chooseFolder', () => {
  const folders = ['blocks-aa-1000', 'blocks-aa-250', 'blocks-bb-100', '.tmp-blocks-aa-100', 'binary-cc-100'];

  it('takes the exact size, or the smallest that is larger where its first rows will do', () => {
    expect(chooseFolder(folders, 'blocks-aa', 250, true)).toBe('blocks-aa-250');
    expect(chooseFolder(folders, 'blocks-aa', 100, true)).toBe('blocks-aa-250');
    expect(chooseFolder(folders, 'blocks-aa', 300, true)).toBe('blocks-aa-1000');
    expect(chooseFolder(folders, 'blocks-aa', 2000, true)).toBeUndefined();
  });

  it('takes no other size and no other data', () => {
    expect(chooseFolder(folders, 'blocks-aa', 100, false)).toBeUndefined();
    expect(chooseFolder(folders, 'blocks-cc', 100, true)).toBeUndefined();
  });
});
