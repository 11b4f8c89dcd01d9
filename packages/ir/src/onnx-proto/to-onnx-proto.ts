import type { Model } from '../graph/model.ts';
import { encodeModel } from '../onnx/encode-model.ts';

/** The class `onnx.ModelProto` of the package onnx-proto, as far as it is used here. */
export interface OnnxProtoClass<T> {
  decode(bytes: Uint8Array): T;
}

/**
 * The model as a message of the package onnx-proto: `toOnnxProto(model, onnx.ModelProto)`. The class is
 * handed over, so that nothing is imported and the message is of the caller's own version. What that version
 * does not know is dropped; {@link lostInOnnxProto} says what that would be.
 */
export function toOnnxProto<T>(model: Model, ModelProto: OnnxProtoClass<T>): T {
  return ModelProto.decode(encodeModel(model));
}
