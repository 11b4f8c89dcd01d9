import type { StringStringEntryProto } from '../onnx/generated/messages.ts';
import { type Chunked, dataRange } from '../onnx/wire/rope.ts';
import type { TensorData } from '../types/tensor.ts';

/** Large tensors start where memory pages do, so that readers can map them; others on a cache line. */
const PAGE = 4096;
const LINE = 64;
const LARGE = 1 << 16;

/** A file of external data under construction. Nothing is read before it is written. */
export class DataFile implements Chunked {
  readonly location: string;
  private readonly placed: Map<TensorData, readonly StringStringEntryProto[]> = new Map();
  private readonly pieces: { readonly start: number; readonly data: Chunked }[] = [];
  private end = 0;

  constructor(location: string) {
    this.location = location;
  }

  get size(): number {
    return this.end;
  }

  /** Gives data a place, and what a tensor says to find them there. The same data get one place. */
  place(data: TensorData): readonly StringStringEntryProto[] {
    const known = this.placed.get(data);
    if (known) return known;
    const step = data.byteLength >= LARGE ? PAGE : LINE;
    const start = Math.ceil(this.end / step) * step;
    this.pieces.push({ start, data: dataRange(data) });
    this.end = start + data.byteLength;
    const entries = [
      { key: 'location', value: this.location },
      { key: 'offset', value: String(start) },
      { key: 'length', value: String(data.byteLength) },
    ];
    this.placed.set(data, entries);
    return entries;
  }

  *chunks(): Generator<Uint8Array> {
    let at = 0;
    for (const { start, data } of this.pieces) {
      if (start > at) yield new Uint8Array(start - at);
      yield* data.chunks();
      at = start + data.size;
    }
  }
}
