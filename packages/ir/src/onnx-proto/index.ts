export { fromOnnxProto } from './from-onnx-proto.ts';
export { lostInOnnxProto, notInOnnxProto } from './lost.ts';
export { type OnnxProtoClass, toOnnxProto } from './to-onnx-proto.ts';
