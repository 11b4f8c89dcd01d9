import { ModelError } from '../errors.ts';
import type { Int } from '../graph/attribute.ts';
import type { Model } from '../graph/model.ts';
import { modelOfMessage } from '../onnx/decode-model.ts';
import { ModelProto } from '../onnx/generated/messages.ts';
import { type DecodeOptions, graphDepthOf, messageDepthOf } from '../onnx/limits.ts';
import type { Field, MessageType } from '../onnx/wire/message-type.ts';
import { decodeUtf8 } from '../onnx/wire/utf8.ts';
import { WireBytes } from '../onnx/wire/wire-bytes.ts';
import { bytesSource } from '../types/byte-source.ts';
import { packNumbers } from './pack-numbers.ts';

/**
 * The model of a `ModelProto` object of the package onnx-proto, or of any object of that form. Weights in
 * `rawData` are not copied: the model reads them where the message has them. Throws a `ModelError` like
 * `decodeModel`.
 */
export function fromOnnxProto(message: object, options: DecodeOptions = {}): Model {
  const maxDepth = messageDepthOf(graphDepthOf(options));
  return modelOfMessage(convert(ModelProto, message, maxDepth), 'model', options);
}

/** A message of ours with the values of one of theirs. The form may be a caller's own, so it is checked. */
function convert<T extends object>(type: MessageType<T>, from: unknown, depth: number): T {
  if (typeof from !== 'object' || from === null) throw malformed(`${type.name} is not an object`);
  if (depth === 0) throw new ModelError('model/limit', 'messages are nested too deep');
  const to = type.create() as Record<string, unknown>;
  for (const field of type.fields) {
    // Fields that are not set show the defaults of their prototype.
    if (!Object.hasOwn(from, field.key)) continue;
    const value = (from as Readonly<Record<string, unknown>>)[field.key];
    if (value === null || value === undefined) continue;
    if (!field.repeated) to[field.key] = convertValue(type, field, value, depth);
    else if (isList(value)) {
      if (value.length > 0) to[field.key] = convertList(type, field, value, depth);
    } else throw malformed(`${type.name}.${field.key} is not a list`);
  }
  return to as T;
}

function convertList(type: MessageType, field: Field, list: ArrayLike<unknown>, depth: number): unknown {
  if (!field.lazy) return Array.from(list, (item) => convertValue(type, field, item, depth));
  return wireBytes(packNumbers(field.kind, list, (item) => numberOf(type, field, item)));
}

function convertValue(type: MessageType, field: Field, value: unknown, depth: number): unknown {
  if (field.type) return convert(field.type, value, depth - 1);
  if (field.kind === 's' || field.kind === 'y') {
    if (typeof value === 'string') return value;
    if (!(value instanceof Uint8Array))
      throw malformed(`${type.name}.${field.key} is neither text nor bytes`);
    return field.lazy ? wireBytes(value) : decodeUtf8(value);
  }
  return numberOf(type, field, value);
}

function numberOf(type: MessageType, field: Field, value: unknown): Int {
  if (typeof value === 'number' || typeof value === 'bigint') return normal(value);
  if (isLong(value)) return normal((BigInt(value.high) << 32n) | BigInt(value.low >>> 0));
  throw malformed(`${type.name}.${field.key} is not a number`);
}

function normal(value: Int): Int {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

/** The 64-bit integers of the package `long`. */
function isLong(value: unknown): value is { readonly low: number; readonly high: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'low' in value &&
    typeof value.low === 'number' &&
    'high' in value &&
    typeof value.high === 'number'
  );
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function wireBytes(bytes: Uint8Array): WireBytes {
  return new WireBytes(bytesSource(bytes), { start: 0, end: bytes.length, framed: false });
}

function malformed(what: string): ModelError {
  return new ModelError('model/invalid', `the message is not of the form of onnx-proto: ${what}`);
}
