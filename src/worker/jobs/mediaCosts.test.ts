import { describe, expect, it } from 'vitest';
import { auditSettingsSchema } from '../../contract/audit';
import type { DatasetSummary } from '../../contract/dataset';
import { encodingSeconds, learningBytes, measureMedia, searchDelay } from './mediaCosts';

const settings = auditSettingsSchema.parse({});

function dataset(given: {
  readonly rows: number;
  readonly bytes: number;
  readonly types: readonly string[];
  readonly format?: string;
}): DatasetSummary {
  const columns = given.types.map((type) => ({ name: type, role: 'feature', type }));
  // The measure reads no more of it.
  return {
    rowCount: given.rows,
    source: { bytes: given.bytes },
    format: given.format ?? 'delimited',
    columns,
  } as unknown as DatasetSummary;
}

describe('measureMedia', () => {
  it('takes what is no number of a table for its texts, and files for what they are', () => {
    expect(measureMedia(dataset({ rows: 1_000, bytes: 1e6, types: ['text', 'number', 'text'] }))).toEqual({
      texts: 1_000,
      textBytes: 1e6 - 9_000,
      pictures: 0,
      pictureBytes: 0,
    });
    expect(measureMedia(dataset({ rows: 1_000, bytes: 1e6, types: ['text'], format: 'folder' })).textBytes).toBe(1e6);
    expect(measureMedia(dataset({ rows: 1_000, bytes: 1e6, types: ['text'], format: 'zip' })).textBytes).toBe(2.5e6);
    const photos = measureMedia(dataset({ rows: 1_000, bytes: 1e6, types: ['picture'], format: 'zip' }));
    expect(photos).toEqual({ texts: 0, textBytes: 0, pictures: 1_000, pictureBytes: 1e6 });
    // Of pictures that a table names nobody knows how large they are.
    expect(measureMedia(dataset({ rows: 9, bytes: 1e6, types: ['picture'] })).pictureBytes).toBe(0);
  });
});

describe('encodingSeconds', () => {
  // Processor seconds of learning, fitting and weighing by words and pieces of words, on a busy machine.
  it.each([
    ['mails', 1_347, 1_286_123, 9.0],
    ['reviews', 967, 163_983, 2.4],
    ['made texts', 20_000, 10_691_501, 35.4],
  ])('of %s is of the size measured', (_, texts, textBytes, cpu) => {
    const planned = encodingSeconds({ texts, textBytes, pictures: 0, pictureBytes: 0 }, settings);
    expect(planned).toBeGreaterThan(cpu / 4);
    expect(planned).toBeLessThan(1.5 * cpu);
  });

  it('grows with what is read, and tells the ways apart', () => {
    const texts = { texts: 50_000, textBytes: 27e6, pictures: 0, pictureBytes: 0 };
    const pictures = { texts: 0, textBytes: 0, pictures: 10_000, pictureBytes: 5e6 };
    const of = (media: typeof texts, text: 'words' | 'encoder' | 'both', seen: 'pixels' | 'encoder' | 'both'): number =>
      encodingSeconds(media, { text, pictures: seen });
    expect(of({ ...texts, texts: 100_000, textBytes: 54e6 }, 'words', 'pixels')).toBeGreaterThan(
      1.5 * of(texts, 'words', 'pixels'),
    );
    expect(of(texts, 'both', 'pixels')).toBeCloseTo(of(texts, 'words', 'both') + of(texts, 'encoder', 'both'));
    expect(of(pictures, 'words', 'pixels')).toBeLessThan(10);
    expect(of(pictures, 'words', 'both')).toBeGreaterThan(100);
    expect(of({ ...pictures, pictureBytes: 5e8 }, 'words', 'pixels')).toBeGreaterThan(20);
    expect(of({ texts: 0, textBytes: 0, pictures: 0, pictureBytes: 0 }, 'both', 'both')).toBe(0);
  });
});

it('counts the search for issues only where something is looked for, and learning only by words', () => {
  const media = { texts: 50_000, textBytes: 27e6, pictures: 0, pictureBytes: 0 };
  expect(searchDelay(media, settings)).toBeGreaterThan(0.1);
  expect(searchDelay(media, { issues: [] })).toBe(0);
  expect(learningBytes(media, { text: 'auto' })).toBe(600e6);
  expect(learningBytes({ ...media, textBytes: 1e6 }, { text: 'auto' })).toBe(25e6);
  expect(learningBytes(media, { text: 'encoder' })).toBe(0);
});
