import { type ByteSource, bytesSource } from '@refold/ir';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { drawTensor } from '../inputs/elements.ts';
import { Random } from '../run/random.ts';
import type { NdArray } from '../tensor/nd-array.ts';
import { writeNpy } from './npy.ts';
import { rowsOf } from './npy-rows.ts';
import { npzRows, readNpz, writeNpz } from './npz.ts';

const SAMPLES = 200;
const ROW = 256;
const PIECE = 16 * 1024;
const array: NdArray = drawTensor('float32', [SAMPLES, ROW], new Random(1));
const other: NdArray = drawTensor('int64', [SAMPLES, 3], new Random(2));
const stored = writeNpz(
  new Map([
    ['x', array],
    ['n', other],
  ]),
);
const deflated = zipSync({ 'x.npy': writeNpy(array), 'n.npy': writeNpy(other) });

/** A file that notes what is asked of it. */
function watched(bytes: Uint8Array): { readonly source: ByteSource; readonly reads: number[] } {
  const reads: number[] = [];
  const plain = bytesSource(bytes);
  const read = (offset: number, length: number): Uint8Array => {
    reads.push(length);
    return plain.read(offset, length);
  };
  return { source: { ...plain, read }, reads };
}

test.each([
  ['stored', stored],
  ['deflated', deflated],
])('rows of a %s archive are read one at a time, and each byte once', (_, bytes) => {
  const { source, reads } = watched(bytes);
  const rows = npzRows(source);
  const opened = reads.length;
  for (let i = 0; i < SAMPLES; i += 1) {
    expect(rows.get('x')?.read(i, i + 1)).toEqual(rowsOf(array, i, i + 1));
    expect(rows.get('n')?.read(i, i + 1)).toEqual(rowsOf(other, i, i + 1));
  }
  const whole = reads.slice(opened).reduce((a, b) => a + b, 0);
  // A piece of 16 KiB is the most that is asked for, and the first one may be read again.
  expect(Math.max(...reads.slice(opened))).toBeLessThanOrEqual(PIECE);
  expect(whole).toBeLessThan(bytes.length + 4 * PIECE);
});

test.each([
  ['stored', stored],
  ['deflated', deflated],
])('rows of a %s archive take the place of those before, if they are as many', (_, bytes) => {
  const rows = npzRows(bytesSource(bytes)).get('x');
  const first = rows?.read(0, 2);
  const second = rows?.read(2, 4, first);
  expect(second).toEqual(rowsOf(array, 2, 4));
  expect(second).toEqual(first);
  const other = rows?.read(4, 5, second);
  expect(other).toEqual(rowsOf(array, 4, 5));
  expect(second).toEqual(rowsOf(array, 2, 4));
});

test('rows may be read in any order', () => {
  for (const bytes of [stored, deflated]) {
    const rows = npzRows(bytesSource(bytes)).get('x');
    for (const i of [7, 199, 3, 3, 50]) expect(rows?.read(i, i + 2 > SAMPLES ? i + 1 : i + 2)).toBeDefined();
    expect(rows?.read(3, 5)).toEqual(rowsOf(array, 3, 5));
    expect(rows?.readAll()).toEqual(array);
  }
});

test('damage is seen when the end of an array is read', () => {
  const damaged = stored.slice();
  damaged[ROW * 100] = (damaged[ROW * 100] ?? 0) ^ 1;
  const rows = npzRows(bytesSource(damaged)).get('x');
  expect(rows?.read(0, 1)).toEqual(rowsOf(array, 0, 1));
  const all = (): void => {
    for (let i = 0; i < SAMPLES; i += 1) rows?.read(i, i + 1);
  };
  expect(all).toThrow(
    expect.objectContaining({ code: 'usage/data', message: expect.stringMatching('damaged') }),
  );
});

test('archives with sizes of 64 bits are read, as NumPy writes them beyond 4 GiB', () => {
  const short = writeNpz(
    new Map([
      ['n', rowsOf(other, 0, 2)],
      ['m', rowsOf(other, 2, 5)],
    ]),
  );
  const bytes = long(short);
  expect(readNpz(bytes)).toEqual(readNpz(short));
  for (let at = bytes.length - 98; at < bytes.length; at += 1) {
    const damaged = bytes.slice();
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    try {
      readNpz(damaged);
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage/data' });
    }
  }
});

/** An archive, with all sizes of its directory in 64 bits. */
function long(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  const [count, at] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  const parts: Uint8Array[] = [bytes.slice(0, at)];
  for (let i = 0, from = at; i < count; i += 1) {
    const next = from + 46 + view.getUint16(from + 28, true);
    const entry = bytes.slice(from, next);
    const extra = new DataView(new ArrayBuffer(28));
    extra.setUint16(0, 1, true);
    extra.setUint16(2, 24, true);
    [24, 20, 42].forEach((field, k) => {
      extra.setBigUint64(4 + 8 * k, BigInt(view.getUint32(from + field, true)), true);
      new DataView(entry.buffer).setUint32(field, 0xffffffff, true);
    });
    new DataView(entry.buffer).setUint16(30, 28, true);
    parts.push(entry, new Uint8Array(extra.buffer));
    from = next;
  }
  const record = parts.reduce((sum, part) => sum + part.length, 0);
  const tail = new DataView(new ArrayBuffer(56 + 20 + 22));
  tail.setUint32(0, 0x06064b50, true);
  tail.setBigUint64(4, 44n, true);
  tail.setBigUint64(32, BigInt(count), true);
  tail.setBigUint64(48, BigInt(at), true);
  tail.setUint32(56, 0x07064b50, true);
  tail.setBigUint64(64, BigInt(record), true);
  tail.setUint32(76, 0x06054b50, true);
  for (const field of [84, 86]) tail.setUint16(field, 0xffff, true);
  for (const field of [88, 92]) tail.setUint32(field, 0xffffffff, true);
  parts.push(new Uint8Array(tail.buffer));
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}
