import { Writer } from 'protobufjs/minimal.js';
import { InternalError } from '../../errors.ts';
import type { ByteSource } from '../../types/byte-source.ts';
import type { TensorData } from '../../types/tensor.ts';
import { SourceData } from '../source-data.ts';

/** Bytes that are given in pieces, each valid until the next one is asked for. */
export interface Chunked {
  readonly size: number;
  chunks(): Iterable<Uint8Array>;
}

/** What was written is cut into pieces of about this size. */
const PIECE = 1 << 20;

/** Sources are copied in pieces of this size: with larger ones Linux takes several times as long. */
const COPY = 1 << 18;

/** Below this size bytes are copied into the piece in hand. */
export const SMALL: number = 1 << 12;

/** A stretch of a source, copied when it is asked for. */
export function sourceRange(source: ByteSource, start: number, end: number): Chunked {
  const size = end - start;
  if (size <= SMALL) return { size, chunks: () => [source.read(start, size)] };
  return {
    size,
    *chunks() {
      const scratch = source.readInto ? new Uint8Array(Math.min(COPY, size)) : undefined;
      for (let at = start; at < end; at += COPY) {
        const length = Math.min(COPY, end - at);
        if (scratch && source.readInto) {
          const target = scratch.subarray(0, length);
          source.readInto(at, target);
          yield target;
        } else {
          yield source.read(at, length);
        }
      }
    },
  };
}

/** Data of a tensor, loaded when they are asked for. */
export function dataRange(data: TensorData): Chunked {
  if (data instanceof SourceData) return sourceRange(data.source, data.start, data.start + data.byteLength);
  return {
    size: data.byteLength,
    *chunks() {
      const bytes = data.load();
      if (bytes.length !== data.byteLength) {
        throw new InternalError(`data of ${data.byteLength} bytes turned out to have ${bytes.length}`);
      }
      yield bytes;
    },
  };
}

function ownedBytes(bytes: Uint8Array): Chunked {
  return { size: bytes.length, chunks: () => [bytes] };
}

/**
 * A message under construction: small fields go through a protobuf writer, weights are only referred to.
 * So the size is known, and lengths can be written, before any weight is read.
 */
export class Rope implements Chunked {
  private writer: Writer = Writer.create();
  private readonly pieces: Chunked[] = [];
  private flushed = 0;
  private forks = 0;

  get size(): number {
    return this.flushed + this.writer.len;
  }

  /** The writer for small fields. Ask for it anew after every other call. */
  get out(): Writer {
    if (this.forks === 0 && this.writer.len >= PIECE) this.flush();
    return this.writer;
  }

  /** Opens a nested message without weights; everything until `ldelim` is copied into it. */
  fork(no: number): void {
    this.out.uint32(no * 8 + 2).fork();
    this.forks += 1;
  }

  ldelim(): void {
    this.writer.ldelim();
    this.forks -= 1;
  }

  /** A field of bytes or a message: its tag, its length, its content. */
  field(no: number, content: Chunked): void {
    const out = this.out.uint32(no * 8 + 2);
    if (content.size < 2 ** 31) out.uint32(content.size);
    else out.uint64(content.size);
    this.append(content);
  }

  /** Content without a tag of its own. */
  append(content: Chunked): void {
    if (this.forks > 0 || content.size < SMALL) {
      for (const chunk of content.chunks()) this.out.raw(chunk);
    } else {
      this.flush();
      this.pieces.push(content);
      this.flushed += content.size;
    }
  }

  private flush(): void {
    if (this.writer.len === 0) return;
    const bytes = this.writer.finish();
    this.pieces.push(ownedBytes(bytes));
    this.flushed += bytes.length;
    this.writer = Writer.create();
  }

  *chunks(): Generator<Uint8Array> {
    for (const piece of this.pieces) yield* piece.chunks();
    if (this.writer.len > 0) yield this.writer.finish(true);
  }
}

/** All bytes of something in pieces, in one array. */
export function joined(content: Chunked): Uint8Array {
  const bytes = new Uint8Array(content.size);
  let at = 0;
  for (const chunk of content.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
