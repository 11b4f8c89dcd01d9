import { type ByteSource, bytesSource } from '../types/byte-source.ts';
import type { Tensor } from '../types/tensor.ts';
import { decodeTensor } from './decode/decode-tensor.ts';
import { TensorProto } from './generated/messages.ts';
import { type DecodeOptions, messageDepthOf } from './limits.ts';
import { readMessage } from './wire/read-message.ts';
import { WireReader } from './wire/reader.ts';

/** A tensor that stands alone, not in a model, and the name that it bears. */
export interface NamedTensor {
  /** Empty when the message has none. */
  readonly name: string;
  readonly tensor: Tensor;
}

/**
 * Reads one `TensorProto`, such as the `.pb` files hold in which ONNX keeps test data. The elements stay in
 * the source until they are asked for. Throws a `ModelError` for bytes that are no such message.
 */
export function decodeTensorMessage(
  source: ByteSource | Uint8Array,
  options: DecodeOptions = {},
): NamedTensor {
  const from = source instanceof Uint8Array ? bytesSource(source, 'tensor') : source;
  const message = readMessage(new WireReader(from, messageDepthOf(0)), TensorProto, from.size);
  const ctx = { file: from.name, externalFiles: options.externalFiles };
  return { name: message.name ?? '', tensor: decodeTensor(ctx, message, () => ({})) };
}
