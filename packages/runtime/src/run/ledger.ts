import { type DType, dtypeBits, elementCount, elementWidth, ModelError } from '@refold/ir';
import type { NdArray, NdData, NdValue } from '../tensor/nd-array.ts';

/** What a string is taken to cost beside its letters: a pointer and a short heap object. */
const STRING_BYTES = 16;

/**
 * What an array is taken to cost beside its elements when there are many: about half a kilobyte, on a heap of which
 * engines allow no more than a few gigabytes.
 */
const ARRAY_BYTES = 1024;

/** As many arrays as a graph may hold at a time without that being looked at. */
const FREE_ARRAYS = 1000;

/**
 * Bytes that the elements of the values of a run take. Storage that several values share counts once, from the first
 * hold to the last drop. Feeds count, constants of the model do not. The limit is on more than the elements: a loop
 * that keeps numbers one by one fills the heap with arrays.
 */
export class Ledger {
  readonly limit: number;
  private readonly holders = new Map<NdData, number>();
  private held = 0;
  /** Allocated by kernels that have not returned yet, so held by nobody. */
  private pending = 0;
  private most = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  /** The most bytes that were in use at one time. */
  get peak(): number {
    return this.most;
  }

  /** Bytes that are in use now. */
  get inUse(): number {
    return this.held + this.pending;
  }

  /** Asks for the bytes of a new array before it is made. Throws `model/limit` when there is no room. */
  reserve(dtype: DType, dims: readonly number[]): void {
    const bytes = bytesFor(dtype, elementCount(dims));
    const arrays = Math.max(0, this.holders.size - FREE_ARRAYS) * ARRAY_BYTES;
    if (!(this.held + this.pending + bytes + arrays <= this.limit)) {
      throw new ModelError(
        'model/limit',
        `a ${dtype} tensor [${dims.join(', ')}] would pass the memory limit of ${this.limit} bytes`,
        {},
        'Raise `memoryLimit` if the model is to be trusted.',
      );
    }
    this.pending += bytes;
    this.note();
  }

  /** What was reserved so far; give it back to {@link settle} when the kernel that reserves is done. */
  get mark(): number {
    return this.pending;
  }

  /** Forgets reservations since `mark`: what a kernel made is held by now, or gone. */
  settle(mark: number): void {
    this.pending = mark;
  }

  hold(value: NdValue): void {
    for (const array of arraysOf(value)) {
      const holders = this.holders.get(array.data) ?? 0;
      this.holders.set(array.data, holders + 1);
      if (holders === 0) this.held += bytesOf(array.data);
    }
    this.note();
  }

  drop(value: NdValue): void {
    for (const array of arraysOf(value)) {
      const holders = this.holders.get(array.data) ?? 0;
      if (holders > 1) {
        this.holders.set(array.data, holders - 1);
      } else if (holders === 1) {
        this.holders.delete(array.data);
        this.held -= bytesOf(array.data);
      }
    }
  }

  private note(): void {
    const now = this.held + this.pending;
    if (now > this.most) this.most = now;
  }
}

/** Bytes of `count` elements as the runtime stores them, one array element each. */
function bytesFor(dtype: DType, count: number): number {
  if (dtype === 'string') return count * STRING_BYTES;
  const width = elementWidth(dtype);
  return count * width * Math.max(1, dtypeBits(dtype) / 8 / width);
}

function bytesOf(data: NdData): number {
  if (!Array.isArray(data)) return data.byteLength;
  return data.reduce((sum, text) => sum + text.length, data.length * STRING_BYTES);
}

/** The tensors that a value is made of. Nesting may be deep, so there is no recursion. */
function arraysOf(value: NdValue): readonly NdArray[] {
  if (value.kind === 'tensor') return [value];
  const found: NdArray[] = [];
  const stack: NdValue[] = [value];
  for (let v = stack.pop(); v; v = stack.pop()) {
    if (v.kind === 'tensor') found.push(v);
    else if (v.kind === 'sequence') for (const item of v.items) stack.push(item);
    else if (v.kind === 'map') for (const item of v.entries.values()) stack.push(item);
    else if (v.item) stack.push(v.item);
  }
  return found;
}
