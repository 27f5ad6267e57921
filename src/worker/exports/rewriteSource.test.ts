import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EditingCopier, type Place } from './rewriteSource';

it('edits and leaves out records wherever the blocks are cut', () => {
  const records = fc.array(
    fc.record({ length: fc.integer({ min: 1, max: 9 }), what: fc.constantFrom('keep', 'remove', 'edit') }),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(
      records,
      fc.integer({ min: 0, max: 5 }),
      fc.integer({ min: 1, max: 20 }),
      (plan, header, blockBytes) => {
        const total = header + plan.reduce((sum, { length }) => sum + length, 0);
        const bytes = Buffer.from(Array.from({ length: total }, (_, k) => 97 + (k % 26)));
        const places: Place[] = [];
        const expected: Buffer[] = [bytes.subarray(0, header)];
        let start = header;
        for (const { length, what } of plan) {
          const record = bytes.subarray(start, start + length);
          if (what === 'keep') expected.push(record);
          if (what === 'edit') expected.push(Buffer.from(`<${record.toString()}>`));
          if (what === 'remove') places.push({ start, length, edit: null });
          if (what === 'edit') places.push({ start, length, edit: (found) => Buffer.from(`<${found.toString()}>`) });
          start += length;
        }
        const copier = new EditingCopier(places);
        const copied: Buffer[] = [];
        for (let position = 0; position < total; position += blockBytes) {
          copied.push(copier.copy(bytes.subarray(position, position + blockBytes), position));
        }
        expect(Buffer.concat(copied).toString()).toBe(Buffer.concat(expected).toString());
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});
