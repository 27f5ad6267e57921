import { describe, expect, it } from 'vitest';
import { InputError } from '../core/base/errors';
import { Grants } from './grants';

describe('Grants', () => {
  it('waits for a grant that is still on its way', async () => {
    const grants = new Grants();
    const taken = grants.take('soon', 'source');
    grants.add('soon', '/data/a.csv', 'source');
    expect(await taken).toBe('/data/a.csv');
  });

  it('refuses a grant given for another use', async () => {
    const grants = new Grants();
    grants.add('folder', '/data', 'export');
    await expect(grants.take('folder', 'source')).rejects.toBeInstanceOf(InputError);
  });
});
