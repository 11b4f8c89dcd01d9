import type { ByteSource } from '@refold/ir';
import { badData } from './bad-data.ts';
import { type Entry, EntrySource } from './zip-entry.ts';

const END = 0x06054b50;
const END64 = 0x06064b50;
const END64_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** What a directory may take: it is read as a whole. */
const LARGEST_DIRECTORY = 2 ** 26;

const utf8 = new TextDecoder();

/** The files of an archive, by its directory. Throws `usage/data` for what is not an archive. */
export function zipEntries(archive: ByteSource): readonly EntrySource[] {
  const { at, count, size } = directoryOf(archive);
  if (size < 0 || size > LARGEST_DIRECTORY) throw damagedDirectory();
  const view = viewOf(archive, at, size);
  const entries: EntrySource[] = [];
  for (let i = 0, from = 0; i < count; i += 1) {
    if (from + 46 > size || view.getUint32(from, true) !== DIRECTORY_ENTRY) throw damagedDirectory();
    const extra = from + 46 + view.getUint16(from + 28, true);
    const comment = extra + view.getUint16(from + 30, true);
    const next = comment + view.getUint16(from + 32, true);
    if (next > size) throw damagedDirectory();
    const name = utf8.decode(new Uint8Array(view.buffer, view.byteOffset + from + 46, extra - from - 46));
    entries.push(new EntrySource(archive, entryAt(view, from, name, extra, comment)));
    from = next;
  }
  return entries;
}

interface Directory {
  readonly at: number;
  readonly count: number;
  /** Up to the record that ends it. */
  readonly size: number;
}

/** Where the directory lies: a record at the end says it, behind which may stand a comment of at most 64 KiB. */
function directoryOf(archive: ByteSource): Directory {
  const lowest = Math.max(0, archive.size - 22 - 0xffff);
  const view = viewOf(archive, lowest, archive.size - lowest);
  for (let end = view.byteLength - 22; end >= 0; end -= 1) {
    if (view.getUint32(end, true) !== END) continue;
    const long = longDirectoryOf(archive, lowest + end);
    if (long) return long;
    const at = view.getUint32(end + 16, true);
    return { at, count: view.getUint16(end + 10, true), size: lowest + end - at };
  }
  throw badData('.npz', 'it is not a zip archive');
}

/** The same of an archive with sizes of 64 bits; undefined for any other. */
function longDirectoryOf(archive: ByteSource, end: number): Directory | undefined {
  if (end < 76) return undefined;
  const locator = viewOf(archive, end - 20, 20);
  if (locator.getUint32(0, true) !== END64_LOCATOR) return undefined;
  const record = wide(locator, 8);
  if (record + 56 > end - 20) throw damagedDirectory();
  const view = viewOf(archive, record, 56);
  if (view.getUint32(0, true) !== END64) throw damagedDirectory();
  const at = wide(view, 48);
  return { at, count: wide(view, 32), size: record - at };
}

/** What the directory says of an entry. Sizes that do not fit 32 bits stand among the extra fields. */
function entryAt(view: DataView, from: number, name: string, extra: number, end: number): Entry {
  const sizes = [24, 20, 42].map((field) => view.getUint32(from + field, true));
  let at = wideFieldsOf(view, extra, end);
  const [size = 0, packed = 0, local = 0] = sizes.map((size) => {
    if (size !== 0xffffffff || at === undefined) return size;
    if (at + 8 > end) throw damagedDirectory();
    at += 8;
    return wide(view, at - 8);
  });
  return {
    name,
    encrypted: (view.getUint16(from + 8, true) & 1) !== 0,
    method: view.getUint16(from + 10, true),
    checksum: view.getUint32(from + 16, true),
    size,
    packed,
    local,
  };
}

/** Where the sizes of 64 bits begin among the extra fields, if there are any. */
function wideFieldsOf(view: DataView, from: number, end: number): number | undefined {
  for (let at = from; at + 4 <= end; at += 4 + view.getUint16(at + 2, true))
    if (view.getUint16(at, true) === 1) return at + 4;
  return undefined;
}

function wide(view: DataView, at: number): number {
  const size = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(size)) throw damagedDirectory();
  return size;
}

function viewOf(archive: ByteSource, at: number, length: number): DataView {
  const bytes = archive.read(at, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damagedDirectory(): Error {
  return badData('.npz', 'its directory is damaged');
}
