import { deflateRawSync } from 'node:zlib';
import { crc32 } from './crc32';

/** An entry as it is written; what it says of itself may be a lie. Tests only. */
export interface TestEntry {
  readonly name: string;
  readonly bytes: Buffer;
  /** Default: deflated. */
  readonly method?: number;
  readonly flags?: number;
  readonly packed?: Buffer;
  readonly saysBytes?: number;
  readonly saysPacked?: number;
  readonly saysCrc?: number;
  readonly saysOffset?: number;
  readonly attributes?: number;
  readonly extra?: Buffer;
}

/** A zip archive of these entries, names in UTF-8. Tests only. */
export function zipOf(entries: readonly TestEntry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { bytes, method = 8, flags = 0, extra = Buffer.alloc(0), attributes = 0 } = entry;
    const name = Buffer.from(entry.name);
    const packed = entry.packed ?? (method === 8 ? deflateRawSync(bytes) : bytes);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x800 | flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(0x5821_0000, 6);
    common.writeUInt32LE(entry.saysCrc ?? crc32(bytes), 10);
    common.writeUInt32LE(entry.saysPacked ?? packed.length, 14);
    common.writeUInt32LE(entry.saysBytes ?? bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE(attributes, 6);
    central.writeUInt32LE(entry.saysOffset ?? offset, 10);
    const head = Buffer.concat([Buffer.from('PK\u0001\u0002'), Buffer.from([20, 3]), common, central]);
    head.writeUInt16LE(extra.length, 30);
    directory.push(head, name, extra);
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, central, end]);
}
