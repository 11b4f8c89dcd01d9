import { inflateSync } from 'fflate';
import { badData } from './bad-data.ts';

/** A file in a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** The bytes, inflated and checked. Throws `usage/data` when they are damaged. */
  content(): Uint8Array;
}

const END = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;

/** What deflate can make of a byte at most, so that no lie about a size makes us take memory. */
const BEST_RATIO = 1032;

const utf8 = new TextDecoder();

/** The files of an archive, by its directory. Throws `usage/data` for what is no archive, and for zip64. */
export function zipEntries(bytes: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff)
    throw badData('.npz', 'archives of more than 4 GiB are not read');
  const entries: ZipEntry[] = [];
  for (let i = 0; i < count; i += 1) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY)
      throw badData('.npz', 'its directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > end) throw badData('.npz', 'its directory is damaged');
    const name = utf8.decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const start = at;
    entries.push({ name, content: () => contentOf(bytes, view, start, name) });
    at = next;
  }
  return entries;
}

/** Where the end record lies: behind it may stand a comment of at most 64 KiB. */
function endOf(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at -= 1) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw badData('.npz', 'it is no zip archive');
}

function contentOf(bytes: Uint8Array, view: DataView, entry: number, name: string): Uint8Array {
  const flags = view.getUint16(entry + 8, true);
  const method = view.getUint16(entry + 10, true);
  const checksum = view.getUint32(entry + 16, true);
  const packed = view.getUint32(entry + 20, true);
  const size = view.getUint32(entry + 24, true);
  const local = view.getUint32(entry + 42, true);
  const damaged = badData('.npz', `its entry ${name} is damaged`);
  if ((flags & 1) !== 0) throw badData('.npz', `its entry ${name} is encrypted`);
  if (local + 30 > bytes.length || view.getUint32(local, true) !== LOCAL_ENTRY) throw damaged;
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (start + packed > bytes.length) throw damaged;
  const raw = bytes.subarray(start, start + packed);
  const content = unpacked(raw, method, size);
  if (content === undefined) throw badData('.npz', `its entry ${name} is packed by method ${method}`);
  if (content.length !== size || crc32(content) !== checksum) throw damaged;
  return content;
}

/** The bytes of an entry; undefined for a method other than stored and deflated. */
function unpacked(raw: Uint8Array, method: number, size: number): Uint8Array | undefined {
  if (method === 0) return raw;
  if (method !== 8) return undefined;
  if (size > raw.length * BEST_RATIO + 64) return new Uint8Array(0);
  try {
    return inflateSync(raw, { out: new Uint8Array(size) });
  } catch {
    // The caller sees that it is too short.
    return new Uint8Array(0);
  }
}

let table: Uint32Array | undefined;

/** The checksum that zip uses (polynomial 0xedb88320). */
function crc32(bytes: Uint8Array): number {
  table ??= Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let bit = 0; bit < 8; bit += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c;
  });
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i += 1) {
    crc = (table[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
