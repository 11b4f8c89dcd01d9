import { ModelError } from '../../errors.ts';
import type { DType } from '../../types/dtype.ts';
import type { TensorData } from '../../types/tensor.ts';
import { shown } from '../shown.ts';
import type { WireBytes } from '../wire/wire-bytes.ts';

/** The fields of `TensorProto` that hold elements as numbers. */
export const typedFields = ['floatData', 'int32Data', 'int64Data', 'doubleData', 'uint64Data'] as const;

type TypedField = (typeof typedFields)[number];

interface FieldUse {
  readonly key: TypedField;
  /** Numbers of the field for each element: two for a complex one, a half where two share a number. */
  readonly perElement: number;
  /** Bytes that each number gives. */
  readonly bytes: number;
}

const in32 = (bytes: number, perElement = 1): FieldUse => ({ key: 'int32Data', perElement, bytes });

const uses: Record<Exclude<DType, 'string'>, FieldUse> = {
  float32: { key: 'floatData', perElement: 1, bytes: 4 },
  complex64: { key: 'floatData', perElement: 2, bytes: 4 },
  float64: { key: 'doubleData', perElement: 1, bytes: 8 },
  complex128: { key: 'doubleData', perElement: 2, bytes: 8 },
  int64: { key: 'int64Data', perElement: 1, bytes: 8 },
  uint64: { key: 'uint64Data', perElement: 1, bytes: 8 },
  uint32: { key: 'uint64Data', perElement: 1, bytes: 4 },
  int32: in32(4),
  int16: in32(2),
  uint16: in32(2),
  float16: in32(2),
  bfloat16: in32(2),
  int8: in32(1),
  uint8: in32(1),
  bool: in32(1),
  float8e4m3fn: in32(1),
  float8e4m3fnuz: in32(1),
  float8e5m2: in32(1),
  float8e5m2fnuz: in32(1),
  float8e8m0: in32(1),
  float6e2m3: in32(1),
  float6e3m2: in32(1),
  uint4: in32(1, 0.5),
  int4: in32(1, 0.5),
  float4e2m1: in32(1, 0.5),
  uint2: in32(1, 0.25),
  int2: in32(1, 0.25),
};

/** In which field elements of a type are listed when they are not in `raw_data`. */
export function fieldOf(dtype: Exclude<DType, 'string'>): FieldUse {
  return uses[dtype];
}

/** Lists up to this many bytes are counted when the model is opened. */
const SMALL = 1 << 16;

/** Elements in a typed field of a `TensorProto`, decoded to `raw_data` layout when they are asked for. */
export class TypedList implements TensorData {
  readonly byteLength: number;
  private readonly list: WireBytes;
  private readonly dtype: Exclude<DType, 'string'>;
  /** Numbers that the list must have. */
  private readonly items: number;
  private readonly name: string | undefined;

  constructor(
    list: WireBytes,
    dtype: Exclude<DType, 'string'>,
    items: number,
    byteLength: number,
    name: string | undefined,
  ) {
    this.list = list;
    this.dtype = dtype;
    this.items = items;
    this.byteLength = byteLength;
    this.name = name;
  }

  /** Refuses a list that cannot have the right length; a short one is counted, a long one only measured. */
  check(): void {
    const { key, bytes } = fieldOf(this.dtype);
    const size = this.list.size;
    const fixed = key === 'floatData' || key === 'doubleData';
    if (fixed && this.list.parts.every((part) => !part.framed)) {
      if (size !== this.items * bytes) throw this.wrong(Math.floor(size / bytes));
    } else if (size <= SMALL) {
      this.load();
    } else if (this.items > size) {
      throw this.wrong(size);
    }
  }

  load(): Uint8Array {
    const { key, bytes } = fieldOf(this.dtype);
    if (key === 'floatData' || key === 'doubleData') return this.loadFixed(bytes);
    const out = new Uint8Array(this.items * bytes);
    const count = this.loadVarints(out, bytes);
    if (count !== this.items) throw this.wrong(count);
    if (this.dtype === 'float6e2m3' || this.dtype === 'float6e3m2') return packSixBits(out, this.byteLength);
    return out;
  }

  private loadFixed(width: number): Uint8Array {
    const { source, parts } = this.list;
    const only = parts[0];
    if (parts.length === 1 && only && !only.framed) return source.read(only.start, only.end - only.start);
    const out = new Uint8Array(this.items * width);
    let at = 0;
    for (const part of parts) {
      const bytes = source.read(part.start, part.end - part.start);
      if (!part.framed) {
        if (at + bytes.length > out.length) throw this.wrong(Math.floor((at + bytes.length) / width));
        out.set(bytes, at);
        at += bytes.length;
      } else {
        for (let i = afterTag(bytes, 0); i < bytes.length; i = afterTag(bytes, i + width)) {
          if (at + width > out.length) throw this.wrong(at / width + 1);
          out.set(bytes.subarray(i, i + width), at);
          at += width;
        }
      }
    }
    if (at !== out.length) throw this.wrong(Math.floor(at / width));
    return out;
  }

  /** Writes the low `width` bytes of each number; says how many numbers there were, or one too many. */
  private loadVarints(out: Uint8Array, width: number): number {
    const view = new DataView(out.buffer);
    let count = 0;
    for (const part of this.list.parts) {
      const bytes = this.list.source.read(part.start, part.end - part.start);
      let i = part.framed ? afterTag(bytes, 0) : 0;
      while (i < bytes.length) {
        let low = 0;
        let high = 0;
        let byte = 0x80;
        for (let shift = 0; byte >= 0x80; shift += 7) {
          if (i >= bytes.length || shift >= 70) throw this.broken();
          byte = bytes[i] as number;
          i += 1;
          if (shift < 28) low |= (byte & 0x7f) << shift;
          else if (shift === 28) {
            low |= (byte & 0x7f) << 28;
            high |= (byte & 0x7f) >> 4;
          } else high |= (byte & 0x7f) << (shift - 32);
        }
        if (count === this.items) return count + 1;
        const at = count * width;
        if (width === 1) out[at] = low;
        else if (width === 2) view.setUint16(at, low, true);
        else view.setInt32(at, low, true);
        if (width === 8) view.setInt32(at + 4, high, true);
        count += 1;
        if (part.framed) i = afterTag(bytes, i);
      }
    }
    return count;
  }

  private wrong(count: number): ModelError {
    return new ModelError(
      'model/invalid',
      `tensor ${shown(this.name)} has ${count > this.items ? 'more than' : 'only'} ${Math.min(count, this.items)} of the ${this.items} numbers that its dimensions take`,
      { file: this.list.source.name },
    );
  }

  private broken(): ModelError {
    return new ModelError('model/wire', `tensor ${shown(this.name)} has a list that ends inside a number`, {
      file: this.list.source.name,
    });
  }
}

/** Position behind the tag at `i`. */
function afterTag(bytes: Uint8Array, i: number): number {
  let at = i;
  while (at < bytes.length && (bytes[at] as number) >= 0x80) at += 1;
  return at + 1;
}

/** Six-bit elements, one a byte, packed as `raw_data` has them: low bits first. */
function packSixBits(elements: Uint8Array, byteLength: number): Uint8Array {
  const out = new Uint8Array(byteLength);
  for (let i = 0; i < elements.length; i += 1) {
    const bit = i * 6;
    const value = ((elements[i] as number) & 0x3f) << (bit & 7);
    const at = bit >> 3;
    out[at] = (out[at] as number) | (value & 0xff);
    if (value > 0xff) out[at + 1] = (out[at + 1] as number) | (value >> 8);
  }
  return out;
}
