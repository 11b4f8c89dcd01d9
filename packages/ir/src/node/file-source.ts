import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { RefoldError } from '../errors.ts';
import type { ByteSource } from '../types/byte-source.ts';
import { bytesSource } from '../types/byte-source.ts';
import { readError } from './file-error.ts';

/** Node passes at most 2 GiB in one call. */
const PIECE = 1 << 30;

/** Models up to this size are read at once: cheaper than many small reads, and the file is let go. */
const SMALL = 48 << 20;

/** Reads up to this length are served from blocks: models have thousands of constants of a few bytes. */
const SHORT = 4096;

const BLOCK = 1 << 16;

/** Blocks that are kept. */
const BLOCKS = 8;

/** Closes files whose models nobody holds any more. */
const forgotten = new FinalizationRegistry<number>((fd) => closeSync(fd));

/** The bytes of a file, read where and when they are asked for. */
class FileSource implements ByteSource {
  readonly name: string;
  readonly size: number;
  private readonly fd: number;
  /** Blocks by number, the one used longest ago first. */
  private readonly blocks = new Map<number, Uint8Array>();

  constructor(path: string, fd: number, size: number) {
    this.name = path;
    this.size = size;
    this.fd = fd;
    forgotten.register(this, fd);
  }

  read(offset: number, length: number): Uint8Array {
    const block = Math.floor(offset / BLOCK);
    if (length <= SHORT && Math.floor((offset + length - 1) / BLOCK) === block) {
      const at = offset - block * BLOCK;
      return this.block(block).slice(at, at + length);
    }
    // Each view is a buffer of its own, so that holding a small one does not hold more.
    const bytes = new Uint8Array(new ArrayBuffer(length));
    this.readInto(offset, bytes);
    return bytes;
  }

  private block(index: number): Uint8Array {
    let bytes = this.blocks.get(index);
    if (bytes) {
      this.blocks.delete(index);
    } else {
      bytes = new Uint8Array(Math.min(BLOCK, this.size - index * BLOCK));
      this.readInto(index * BLOCK, bytes);
      const [oldest] = this.blocks.keys();
      if (this.blocks.size >= BLOCKS && oldest !== undefined) this.blocks.delete(oldest);
    }
    this.blocks.set(index, bytes);
    return bytes;
  }

  readInto(offset: number, target: Uint8Array): void {
    let at = 0;
    while (at < target.length) {
      const count = this.readPiece(target, at, offset + at);
      if (count === 0) {
        throw new RefoldError('file/read', `cannot read ${this.name}: it has become shorter`, {
          file: this.name,
        });
      }
      at += count;
    }
  }

  private readPiece(target: Uint8Array, at: number, position: number): number {
    try {
      return readSync(this.fd, target, at, Math.min(PIECE, target.length - at), position);
    } catch (error) {
      throw readError(this.name, error);
    }
  }
}

/** Options of `openFile`. */
export interface OpenFileOptions {
  /** Files up to so many bytes are read at once and let go; 48 MiB when absent. */
  readonly small?: number;
}

/** A source over a regular file. Large files stay open until nobody holds the source any more. */
export function openFile(path: string, { small = SMALL }: OpenFileOptions = {}): ByteSource {
  let fd: number | undefined;
  try {
    // Looked at before it is opened: opening a pipe would wait.
    if (!statSync(path).isFile()) {
      throw new RefoldError('file/read', `cannot read ${path}: it is not a regular file`, { file: path });
    }
    fd = openSync(path, 'r');
    const source = new FileSource(path, fd, fstatSync(fd).size);
    fd = undefined;
    return source.size > small ? source : bytesSource(source.read(0, source.size), path);
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw readError(path, error);
  }
}
