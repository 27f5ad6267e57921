import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSource } from './findSource';

describe('findSource', () => {
  it('says in words why a path cannot be opened', async () => {
    await expect(findSource(join(tmpdir(), 'assay-none.csv'))).rejects.toThrow(/there is no such file/);
    await expect(findSource(join(tmpdir(), 'n'.repeat(300)))).rejects.toThrow(/longer than the system takes/);
  });
});
