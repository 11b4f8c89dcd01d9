import { Writer } from 'protobufjs/minimal.js';
import type { Int } from '../graph/attribute.ts';
import type { FieldKind } from '../onnx/wire/message-type.ts';
import { wireLong } from '../onnx/wire/wire-long.ts';

/** A list of numbers as a packed field has it: floats and doubles side by side, integers as varints. */
export function packNumbers(
  kind: FieldKind,
  list: ArrayLike<unknown>,
  numberOf: (item: unknown) => Int,
): Uint8Array {
  if (kind === 'f' || kind === 'd') return packFixed(kind === 'f' ? 4 : 8, list, numberOf);
  const out = Writer.create();
  for (let i = 0; i < list.length; i += 1) out.int64(wireLong(numberOf(list[i])));
  return out.finish();
}

function packFixed(width: 4 | 8, list: ArrayLike<unknown>, numberOf: (item: unknown) => Int): Uint8Array {
  const bytes = new Uint8Array(list.length * width);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < list.length; i += 1) {
    const value = Number(numberOf(list[i]));
    if (width === 4) view.setFloat32(i * 4, value, true);
    else view.setFloat64(i * 8, value, true);
  }
  return bytes;
}
