import type { NodeProto, TensorProto, TypeProto } from '../../src/onnx/generated/messages.ts';
import { WireBytes } from '../../src/onnx/wire/wire-bytes.ts';
import { bytesSource } from '../../src/types/byte-source.ts';

/** Numbers of `count` bytes in a packed field, or elements in `raw_data`. */
export function bytes(count: number): WireBytes {
  const content = Uint8Array.from({ length: count }, (_, i) => i % 2);
  return new WireBytes(bytesSource(content), { start: 0, end: count, framed: false });
}

export const props = [{ key: 'k', value: 'v' }, { key: 'k' }, { value: 'w' }];
export const float2: TypeProto = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }] } } };
export const relu: NodeProto = { input: ['x'], output: ['y'], opType: 'Relu' };
const zero: WireBytes = new WireBytes(bytesSource(new Uint8Array(16)), { start: 0, end: 8, framed: false });
/** The index of the first element, or any other tensor. */
export const one: TensorProto = { dims: [1], dataType: 7, rawData: zero };
/** The index of the first of two elements, twice. */
export const firsts: TensorProto = {
  dims: [2],
  dataType: 7,
  rawData: new WireBytes(zero.source, { start: 0, end: 16, framed: false }),
};
