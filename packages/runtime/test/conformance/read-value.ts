import { decodeTensorMessage, type ValueType } from '@refold/ir';
import { type NdValue, ndFromTensor } from '@refold/runtime';

/**
 * A value from a file of test data: a `TensorProto`, `SequenceProto` or `OptionalProto`, as the type of
 * the graph's input or output says.
 */
export function readValue(bytes: Uint8Array, type: ValueType | undefined): NdValue {
  switch (type?.kind) {
    case 'sequence': {
      // SequenceProto: tensor_values = 3, sequence_values = 5, optional_values = 7.
      const items = fields(bytes).filter(({ no }) => no === 3 || no === 5 || no === 7);
      return { kind: 'sequence', items: items.map(({ content }) => readValue(content, type.of)) };
    }
    case 'optional': {
      // OptionalProto: tensor_value = 3, sequence_value = 5, optional_value = 7.
      const item = fields(bytes).find(({ no }) => no === 3 || no === 5 || no === 7);
      return { kind: 'optional', item: item && readValue(item.content, type.of) };
    }
    case 'map':
      throw new Error('no case has a map');
    default:
      return ndFromTensor(decodeTensorMessage(bytes).tensor);
  }
}

/** The fields of a message that have a length; numbers are skipped. */
function fields(bytes: Uint8Array): readonly { readonly no: number; readonly content: Uint8Array }[] {
  const found: { no: number; content: Uint8Array }[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at] ?? 0;
      at += 1;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const length = varint();
    if ((tag & 7) === 0) continue;
    if ((tag & 7) !== 2) throw new Error(`wire type ${tag & 7} in test data`);
    found.push({ no: tag >>> 3, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return found;
}
