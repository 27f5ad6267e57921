import { describe, expect, it } from 'vitest';
import { createCanvasDecoder } from './decoders/canvasDecoder';
import { encodePng } from './encodePng';
import { readHeader } from './headers/readHeader';

describe('a small PNG file', () => {
  it('is read back as the same pixels by another program', async () => {
    const size = { width: 5, height: 3 };
    const data = Uint8Array.from({ length: 3 * size.width * size.height }, (_, at) => (at * 37) % 256);
    const file = encodePng({ ...size, data });
    const header = readHeader(file);
    expect(header).toMatchObject(size);
    expect(await createCanvasDecoder().decode(file, header, size)).toEqual({ ...size, data });
  });
});
