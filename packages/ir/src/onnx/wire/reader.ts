import { Reader } from 'protobufjs/minimal.js';
import { ModelError } from '../../errors.ts';
import type { Int } from '../../graph/attribute.ts';
import type { ByteSource } from '../../types/byte-source.ts';
import { MessageCache } from './message-cache.ts';
import { StringReader } from './utf8.ts';

/** Bytes looked at at a time. Weights are stepped over, so their size does not matter. */
const WINDOW = 1 << 20;

/** A tag and a varint, or the longest number: what is made sure of before a field is read. */
const MARGIN = 24;

/** Longest text that is read as one string; V8's own limit is little more. */
const MAX_TEXT = 2 ** 28;

/**
 * Reads the protobuf wire format from a source of any size through a window that moves along. Positions
 * are absolute. Everything that is wrong with the bytes becomes a `ModelError` with code `model/wire`.
 */
export class WireReader {
  readonly source: ByteSource;
  readonly strings: StringReader = new StringReader();
  /** Messages of interned fields, read before. */
  readonly interned: MessageCache = new MessageCache();
  /** How many messages may be nested. */
  readonly maxDepth: number;
  private reader: Reader = new Reader(new Uint8Array(0));
  /** Absolute position of the start of the window. */
  private base = 0;

  constructor(source: ByteSource, maxDepth: number) {
    this.source = source;
    this.maxDepth = maxDepth;
  }

  get pos(): number {
    return this.base + this.reader.pos;
  }

  set pos(to: number) {
    const at = to - this.base;
    if (at >= 0 && at <= this.reader.len) this.reader.pos = at;
    else this.load(to, WINDOW);
  }

  /** Makes sure that `count` bytes from here, or all that are left, are in the window. */
  private need(count: number): void {
    if (this.reader.pos + count > this.reader.len) this.load(this.pos, Math.max(count, WINDOW));
  }

  private load(from: number, count: number): void {
    const length = Math.max(0, Math.min(count, this.source.size - from));
    if (from === this.base && length === this.reader.len) return;
    this.base = from;
    this.reader = new Reader(this.source.read(from, length));
  }

  /** A tag: field number times 8 plus wire type. */
  tag(): number {
    this.need(MARGIN);
    const reader = this.reader;
    const first = reader.buf[reader.pos] as number;
    if (first < 0x80 && first >= 8) {
      reader.pos += 1;
      return first;
    }
    const tag = this.guarded((r) => r.tag());
    if (tag < 8) this.fail('a field has the number zero');
    return tag;
  }

  /** The length of what follows, which must end before `end`. */
  length(end: number): number {
    const reader = this.reader;
    const first = reader.buf[reader.pos] as number;
    let length: number;
    if (first < 0x80) {
      reader.pos += 1;
      length = first;
    } else {
      length = Number(this.uint64());
    }
    if (length > end - this.pos) this.fail(`a field of ${length} bytes runs past the end of its message`);
    return length;
  }

  /** Text of `length` bytes. */
  text(length: number): string {
    if (length > MAX_TEXT) {
      throw new ModelError('model/limit', `a text of ${length} bytes is too long`, {
        file: this.source.name,
      });
    }
    this.need(length);
    const reader = this.reader;
    const start = reader.pos;
    reader.pos = start + length;
    return this.strings.read(reader.buf, start, start + length);
  }

  /** The next bytes, without stepping over them; valid until the next call. */
  peek(length: number): Uint8Array {
    this.need(length);
    const { buf, pos } = this.reader;
    return buf.subarray(pos, pos + length);
  }

  int32(): number {
    this.need(MARGIN);
    return this.guarded((r) => r.int32());
  }

  int64(): Int {
    const value = this.uint64();
    if (typeof value === 'number') return value;
    const signed = BigInt.asIntN(64, value);
    return signed >= -MAX_SAFE && signed <= MAX_SAFE ? Number(signed) : signed;
  }

  uint64(): Int {
    this.need(MARGIN);
    const { buf, len } = this.reader;
    let pos = this.reader.pos;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (pos >= len) this.fail('the bytes end inside a number');
      const byte = buf[pos] as number;
      pos += 1;
      // Seven bits at a time into two halves of 35 and 29 bits, which doubles hold exactly.
      if (shift < 35) low += (byte & 0x7f) * 2 ** shift;
      else high += (byte & 0x7f) * 2 ** (shift - 35);
      if (byte < 0x80) {
        this.reader.pos = pos;
        if (high < 2 ** 18) return high * 2 ** 35 + low;
        return BigInt.asUintN(64, (BigInt(high) << 35n) + BigInt(low));
      }
    }
    return this.fail('a number has more than ten bytes');
  }

  float(): number {
    this.need(4);
    return this.guarded((r) => r.float());
  }

  double(): number {
    this.need(8);
    return this.guarded((r) => r.double());
  }

  /** Steps over the value of a field that nobody knows. Groups may hold fields, also groups. */
  skip(tag: number, end: number): void {
    const open: number[] = [];
    let at = tag;
    for (;;) {
      const wire = at & 7;
      if (wire === 0) this.uint64();
      else if (wire === 1) this.pos += 8;
      else if (wire === 2) {
        const length = this.length(end);
        this.pos += length;
      } else if (wire === 5) this.pos += 4;
      else if (wire === 3) open.push(at >>> 3);
      else if (wire === 4) {
        if (open.pop() !== at >>> 3) this.fail('the end of a group does not fit its start');
      } else this.fail(`wire type ${wire} does not exist`);
      if (this.pos > end) this.fail('a field runs past the end of its message');
      if (open.length === 0) return;
      if (open.length > this.maxDepth) this.fail(`groups are nested deeper than ${this.maxDepth} levels`);
      if (this.pos >= end) this.fail('a group has no end');
      at = this.tag();
    }
  }

  fail(what: string): never {
    throw new ModelError(
      'model/wire',
      `not a valid ONNX file: ${what} (at byte ${this.pos})`,
      { file: this.source.name },
      'The file may be cut off, compressed, or of another format.',
    );
  }

  private guarded<T>(read: (reader: Reader) => T): T {
    try {
      return read(this.reader);
    } catch (error) {
      return this.fail(error instanceof Error ? error.message : 'unreadable bytes');
    }
  }
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
