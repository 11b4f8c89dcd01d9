import type { Tensor } from '../types/tensor.ts';
import { encodeTensor } from './encode/encode-tensor.ts';
import { TensorProto } from './generated/messages.ts';
import { joined, Rope } from './wire/rope.ts';
import { writeMessage } from './wire/write-message.ts';

/** The bytes of one `TensorProto` that stands alone: what `decodeTensorMessage` reads. */
export function encodeTensorMessage(tensor: Tensor, name = ''): Uint8Array {
  const rope = new Rope();
  const alone = { place: () => undefined };
  writeMessage(rope, TensorProto, encodeTensor(alone, tensor, name === '' ? undefined : name));
  return joined(rope);
}
