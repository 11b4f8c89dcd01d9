import type { Writer } from 'protobufjs/minimal.js';
import type { Int } from '../../graph/attribute.ts';
import type { TensorData } from '../../types/tensor.ts';
import type { Field, MessageType } from './message-type.ts';
import { dataRange, Rope, SMALL, sourceRange } from './rope.ts';
import { encodeUtf8, hasSurrogates } from './utf8.ts';
import { WireBytes } from './wire-bytes.ts';
import { wireLong } from './wire-long.ts';

/** A message to write. Nested messages may be there in encoded form already. */
export type Encodable<T> = { readonly [K in keyof T]?: T[K] | Rope | readonly Rope[] };

/** Messages that hold weights, in themselves or deeper, and are therefore not copied together. */
const heavy = new Set([
  'TensorProto',
  'SparseTensorProto',
  'AttributeProto',
  'NodeProto',
  'GraphProto',
  'FunctionProto',
  'TrainingInfoProto',
]);

/** Writes the fields of a message, by number, and what its reader did not know at the end. */
export function writeMessage<T extends object>(
  rope: Rope,
  type: MessageType<T>,
  message: Encodable<T>,
): void {
  const fields = message as Readonly<Record<string, unknown>>;
  for (const field of type.fields) {
    const value = fields[field.key];
    if (value !== undefined) writeField(rope, field, value);
  }
  const unknown = fields.unknown;
  if (unknown instanceof WireBytes) writeWireBytes(rope, 0, unknown);
}

/** Writes one element of a repeated message field. */
export function writeItem<T extends object>(
  rope: Rope,
  type: MessageType<T>,
  key: keyof T,
  item: object,
): void {
  const field = type.fields.find((f) => f.key === key);
  if (field) writeValue(rope, field, item);
}

function writeField(rope: Rope, field: Field, value: unknown): void {
  if (field.lazy) {
    if (value instanceof WireBytes) writeWireBytes(rope, field.no, value);
    else rope.field(field.no, dataRange(value as TensorData));
  } else if (!field.repeated) {
    writeValue(rope, field, value);
  } else if (field.packed) {
    rope.fork(field.no);
    for (const item of value as readonly unknown[]) writeBare(rope.out, field, item);
    rope.ldelim();
  } else {
    for (const item of value as readonly unknown[]) writeValue(rope, field, item);
  }
}

function writeValue(rope: Rope, field: Field, value: unknown): void {
  if (field.kind !== 'm') {
    writeBare(rope.out.uint32(field.no * 8 + field.wire), field, value);
  } else if (value instanceof Rope) {
    rope.field(field.no, value);
  } else {
    const type = field.type as MessageType;
    if (heavy.has(type.name) && hasWeights(type, value as object)) {
      const inner = new Rope();
      writeMessage(inner, type, value as object);
      rope.field(field.no, inner);
    } else {
      rope.fork(field.no);
      writeMessage(rope, type, value as object);
      rope.ldelim();
    }
  }
}

/** Whether a message is better composed than copied. Graphs are taken to be large without a look. */
function hasWeights(type: MessageType, message: object): boolean {
  const fields = message as Readonly<Record<string, unknown>>;
  if (type.name === 'TensorProto') {
    for (const field of lazyFields(type)) if (isLarge(fields[field.key])) return true;
    return false;
  }
  if (type.name !== 'AttributeProto' && type.name !== 'NodeProto') return true;
  for (const field of heavyFields(type)) {
    const value = fields[field.key];
    if (value === undefined) continue;
    if (field.type?.name !== 'AttributeProto') return true;
    for (const item of value as readonly object[]) {
      if (item instanceof Rope || hasWeights(field.type, item)) return true;
    }
  }
  return false;
}

/** Whether data of a tensor are too many to be copied twice. */
function isLarge(data: unknown): boolean {
  if (data === undefined) return false;
  return (data instanceof WireBytes ? data.size : (data as TensorData).byteLength) >= SMALL;
}

/** The fields of a message that have some property, found once. */
function fieldsThat(holds: (field: Field) => boolean): (type: MessageType) => readonly Field[] {
  const known = new Map<MessageType, readonly Field[]>();
  return (type) => {
    let fields = known.get(type);
    if (!fields) {
      fields = type.fields.filter(holds);
      known.set(type, fields);
    }
    return fields;
  };
}

const lazyFields = fieldsThat((f) => f.lazy);

/** The fields of a message that may lead to weights. */
const heavyFields = fieldsThat((f) => f.type !== undefined && heavy.has(f.type.name));

function writeBare(out: Writer, field: Field, value: unknown): void {
  switch (field.kind) {
    case 's':
    case 'y': {
      const text = value as string;
      if (hasSurrogates(text)) out.bytes(encodeUtf8(text));
      else out.string(text);
      return;
    }
    case 'i':
    case 'u':
      out.int64(wireLong(value as Int));
      return;
    case 'n':
      out.int32(value as number);
      return;
    case 'f':
      out.float(value as number);
      return;
    case 'd':
      out.double(value as number);
      return;
    case 'm':
      return;
  }
}

function writeWireBytes(rope: Rope, no: number, bytes: WireBytes): void {
  for (const part of bytes.parts) {
    const range = sourceRange(bytes.source, part.start, part.end);
    if (part.framed) rope.append(range);
    else rope.field(no, range);
  }
}
