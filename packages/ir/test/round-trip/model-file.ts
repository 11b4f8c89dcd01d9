import { inspect } from 'node:util';
import { expect } from 'vitest';
import { decodeModel } from '../../src/onnx/decode-model.ts';
import { encodeModel } from '../../src/onnx/encode-model.ts';
import { ModelProto } from '../../src/onnx/generated/messages.ts';
import { readMessage } from '../../src/onnx/wire/read-message.ts';
import { WireReader } from '../../src/onnx/wire/reader.ts';
import { joined, Rope } from '../../src/onnx/wire/rope.ts';
import { writeMessage } from '../../src/onnx/wire/write-message.ts';
import { bytesSource } from '../../src/types/byte-source.ts';

/** The file of a model of IR 13 and opset 25 that also imports the domain `my`. */
export function fileOf(model: ModelProto): Uint8Array {
  const rope = new Rope();
  const opsetImport = [{ version: 25 }, { domain: 'my', version: 1 }];
  writeMessage(rope, ModelProto, { irVersion: 13, opsetImport, graph: {}, ...model });
  return joined(rope);
}

/** A file with the fields of all messages in the order of their numbers; writers may choose another. */
function ordered(file: Uint8Array): Uint8Array {
  const rope = new Rope();
  writeMessage(
    rope,
    ModelProto,
    readMessage(new WireReader(bytesSource(file), 100), ModelProto, file.length),
  );
  return joined(rope);
}

/** Fails unless a model is written, untouched, as it was read: every message with the same fields. */
export function expectRoundTrip(model: ModelProto, what: string): void {
  const file = fileOf(model);
  const again = ordered(encodeModel(decodeModel(file)));
  if (Buffer.compare(again, file) !== 0)
    expect.fail(`${what} does not come back in ${inspect(model, { depth: 20 })}`);
}
