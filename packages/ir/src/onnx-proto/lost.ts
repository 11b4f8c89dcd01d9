import type { Model } from '../graph/model.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { ModelProto } from '../onnx/generated/messages.ts';
import { messageDepthOf } from '../onnx/limits.ts';
import type { MessageType } from '../onnx/wire/message-type.ts';
import { readMessage } from '../onnx/wire/read-message.ts';
import { WireReader } from '../onnx/wire/reader.ts';
import { bytesSource } from '../types/byte-source.ts';

/** Fields that onnx-proto 8 (ONNX 1.10) does not know and therefore drops, as `Message.field`. */
export const notInOnnxProto: ReadonlySet<string> = new Set([
  'NodeProto.overload',
  'NodeProto.metadataProps',
  'NodeProto.deviceConfigurations',
  'FunctionProto.attributeProto',
  'FunctionProto.valueInfo',
  'FunctionProto.overload',
  'FunctionProto.metadataProps',
  'ValueInfoProto.metadataProps',
  'TensorProto.metadataProps',
  'GraphProto.metadataProps',
  'ModelProto.configuration',
  'TypeProto.opaqueType',
]);

/** Writing keeps graphs no deeper nested than this, so reading them back meets no limit. */
const MAX_DEPTH = messageDepthOf(501);

/** Which of the fields that onnx-proto drops a model uses, as `Message.field`; also `Message.unknown`. */
export function lostInOnnxProto(model: Model): readonly string[] {
  const source = bytesSource(encodeModel(model));
  const found = new Set<string>();
  const stack: { readonly type: MessageType; readonly message: object }[] = [];
  stack.push({
    type: ModelProto,
    message: readMessage(new WireReader(source, MAX_DEPTH), ModelProto, source.size),
  });
  for (let top = stack.pop(); top; top = stack.pop()) {
    const values = top.message as Readonly<Record<string, unknown>>;
    if (values.unknown !== undefined) found.add(`${top.type.name}.unknown`);
    for (const { key, type, repeated } of top.type.fields) {
      const value = values[key];
      if (value === undefined) continue;
      const path = `${top.type.name}.${key}`;
      if (notInOnnxProto.has(path)) found.add(path);
      else if (type && repeated)
        for (const item of value as Iterable<object>) stack.push({ type, message: item });
      else if (type) stack.push({ type, message: value as object });
    }
  }
  return [...found].sort();
}
