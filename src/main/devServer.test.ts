import { describe, expect, it } from 'vitest';
import { readServer } from './devServer';

describe('readServer', () => {
  it('takes a server of this machine only', () => {
    expect(readServer('http://localhost:5173/')).toBe('http://localhost:5173');
    for (const other of [
      undefined,
      '',
      'nonsense',
      'https://localhost:5173',
      'http://localhost.example:5173',
      'file:///etc',
    ]) {
      expect(readServer(other)).toBeUndefined();
    }
  });
});
