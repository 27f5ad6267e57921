import { crc32 } from 'node:zlib';

/** 1 January 1980, the first day that an archive knows: the same files give the same bytes. */
const day = 0x0021;

/**
 * A zip archive of files as they are, not compressed: pictures are already.
 *
 * @param {readonly {name: string, bytes: Buffer}[]} files names of ASCII characters, in the order they are to have
 * @returns {Buffer}
 */
export function storedZip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(10, 0);
    common.writeUInt16LE(day, 8);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    parts.push(Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), bytes);
    directory.push(Buffer.from('PK\u0001\u0002\u000a\u0000'), common, place, Buffer.from(name));
    offset += 30 + name.length + bytes.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
