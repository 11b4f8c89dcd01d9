import type { ByteSource } from '../types/byte-source.ts';
import type { TensorData } from '../types/tensor.ts';

/** Tensor data that lie in a source in `raw_data` layout, so that a writer can copy them in pieces. */
export class SourceData implements TensorData {
  readonly source: ByteSource;
  readonly start: number;
  readonly byteLength: number;

  constructor(source: ByteSource, start: number, byteLength: number) {
    this.source = source;
    this.start = start;
    this.byteLength = byteLength;
  }

  load(): Uint8Array {
    return this.source.read(this.start, this.byteLength);
  }

  slice(offset: number, length: number): Uint8Array {
    return this.source.read(this.start + offset, length);
  }

  readInto(offset: number, target: Uint8Array): void {
    const { source, start } = this;
    if (source.readInto) source.readInto(start + offset, target);
    else target.set(source.read(start + offset, target.length));
  }
}
