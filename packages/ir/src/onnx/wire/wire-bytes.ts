import type { ByteSource } from '../../types/byte-source.ts';
import type { TensorData } from '../../types/tensor.ts';

/** A stretch of a source. `framed` stretches carry the tags of their fields, others are values alone. */
export interface WirePart {
  readonly start: number;
  readonly end: number;
  readonly framed: boolean;
}

/**
 * Parts of a message that were not decoded: element data of tensors, and fields that no table knows.
 * They stay in the source until they are asked for.
 */
export class WireBytes {
  readonly source: ByteSource;
  private readonly list: WirePart[];

  constructor(source: ByteSource, first: WirePart) {
    this.source = source;
    this.list = [first];
  }

  /** The same parts, to be added to without changing these. */
  copy(): WireBytes {
    const copy = new WireBytes(this.source, { start: 0, end: 0, framed: true });
    copy.list.length = 0;
    copy.list.push(...this.list);
    return copy;
  }

  get parts(): readonly WirePart[] {
    return this.list;
  }

  /** Bytes of all parts together. */
  get size(): number {
    let size = 0;
    for (const part of this.list) size += part.end - part.start;
    return size;
  }

  /** Adds a part; a framed part that follows a framed one directly is joined to it. */
  add(part: WirePart): void {
    const last = this.list.at(-1);
    if (last?.framed && part.framed && last.end === part.start) {
      this.list[this.list.length - 1] = { start: last.start, end: part.end, framed: true };
    } else {
      this.list.push(part);
    }
  }
}

/** Content of `raw_data`: a stretch of a source, or data made by somebody else. */
export type RawData = WireBytes | TensorData;
