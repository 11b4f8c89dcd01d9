import type { ByteSource } from '@refold/ir';
import { Inflate } from 'fflate';
import { badData } from './bad-data.ts';
import { crc32 } from './crc32.ts';
import { readInto } from './read-into.ts';

/** What the directory of an archive says of a file. */
export interface Entry {
  readonly name: string;
  readonly encrypted: boolean;
  /** 0: stored; 8: deflated. */
  readonly method: number;
  readonly checksum: number;
  /** Bytes of the content, and of what stands for it in the archive. */
  readonly size: number;
  readonly packed: number;
  /** Where its own header lies. */
  readonly local: number;
}

const LOCAL_ENTRY = 0x04034b50;

/** What deflate can make of a byte at most, so that no lie about a size makes us take memory. */
const BEST_RATIO = 1032;

/** Bytes of an archive that are read at a time. */
const PIECE = 16 * 1024;

const none = new Uint8Array(0);

/**
 * The content of a file in an archive, stored or deflated. It is read on from where the last read ended, or from the
 * beginning again, and no more of it is held than a read asks for; read to its end, it has been checked.
 */
export class EntrySource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly archive: ByteSource;
  private readonly entry: Entry;
  private stream: EntryStream | undefined;

  constructor(archive: ByteSource, entry: Entry) {
    this.archive = archive;
    this.entry = entry;
    this.name = entry.name;
    this.size = entry.size;
  }

  /** Throws `usage/data` when the content is damaged, or packed in a way that is not known. */
  read(offset: number, length: number): Uint8Array {
    const { entry } = this;
    if (offset + length > entry.size) throw damaged(entry);
    const bytes = new Uint8Array(length);
    this.readInto(offset, bytes);
    return bytes;
  }

  /** The same, into an array. */
  readInto(offset: number, target: Uint8Array): void {
    const { entry } = this;
    if (offset + target.length > entry.size) throw damaged(entry);
    let stream = this.stream;
    if (!stream || stream.position > offset) {
      stream = new EntryStream(this.archive, entry);
      this.stream = stream;
    }
    // What lies between has to be read for the checksum in any case.
    while (stream.position < offset) stream.next(new Uint8Array(Math.min(PIECE, offset - stream.position)));
    stream.next(target);
  }
}

/** Reads a file from its beginning to its end. */
class EntryStream {
  position = 0;
  private readonly archive: ByteSource;
  private readonly entry: Entry;
  private readonly inflate: Inflate | undefined;
  /** Where the packed bytes go on, and how many there are still. */
  private at: number;
  private rest: number;
  /** Packed bytes on their way to be unpacked. */
  private readonly piece: Uint8Array;
  /** Content that was unpacked and is not asked for yet. */
  private ready: Uint8Array[] = [];
  private crc = 0;

  constructor(archive: ByteSource, entry: Entry) {
    const { name, method, size, packed } = entry;
    if (entry.encrypted) throw badData('.npz', `its entry ${name} is encrypted`);
    if (method !== 0 && method !== 8)
      throw badData('.npz', `its entry ${name} is packed by method ${method}`);
    this.archive = archive;
    this.entry = entry;
    this.at = contentAt(archive, entry);
    this.rest = packed;
    if (method === 0 ? packed !== size : size > packed * BEST_RATIO + 64) throw damaged(entry);
    this.piece = new Uint8Array(method === 8 ? PIECE : 0);
    if (method === 8) this.inflate = new Inflate((bytes) => void this.ready.push(bytes));
  }

  /** Fills an array with what comes next; with the last of it, the checksum is compared. */
  next(target: Uint8Array): void {
    if (this.inflate) this.unpackInto(target, this.inflate);
    else this.packedInto(target);
    this.crc = crc32(target, this.crc);
    this.position += target.length;
    if (this.position === this.entry.size && this.crc !== this.entry.checksum) throw damaged(this.entry);
  }

  private unpackInto(target: Uint8Array, inflate: Inflate): void {
    for (let filled = 0; filled < target.length; ) {
      const piece = this.unpacked(target.length - filled, inflate);
      target.set(piece, filled);
      filled += piece.length;
    }
  }

  /** At least one byte, and at most so many. */
  private unpacked(most: number, inflate: Inflate): Uint8Array {
    while ((this.ready[0] ?? none).length === 0) {
      if (this.ready.shift() === undefined) this.unpack(inflate);
    }
    const [first = none, ...others] = this.ready;
    this.ready = first.length > most ? [first.subarray(most), ...others] : others;
    return first.subarray(0, most);
  }

  private unpack(inflate: Inflate): void {
    if (this.rest === 0) throw damaged(this.entry);
    const bytes = this.piece.subarray(0, Math.min(PIECE, this.rest));
    this.packedInto(bytes);
    try {
      inflate.push(bytes, this.rest === 0);
    } catch {
      throw damaged(this.entry);
    }
  }

  private packedInto(target: Uint8Array): void {
    if (target.length > this.rest) throw damaged(this.entry);
    readInto(this.archive, this.at, target);
    this.at += target.length;
    this.rest -= target.length;
  }
}

/** Where the content begins, behind a header of its own. */
function contentAt(archive: ByteSource, entry: Entry): number {
  const { local, packed } = entry;
  if (local + 30 > archive.size) throw damaged(entry);
  const header = archive.read(local, 30);
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const start = local + 30 + view.getUint16(26, true) + view.getUint16(28, true);
  if (view.getUint32(0, true) !== LOCAL_ENTRY || start + packed > archive.size) throw damaged(entry);
  return start;
}

function damaged({ name }: Entry): Error {
  return badData('.npz', `its entry ${name} is damaged`);
}
