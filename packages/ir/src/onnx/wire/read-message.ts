import type { Field, MessageType } from './message-type.ts';
import type { WireReader } from './reader.ts';
import { WireBytes, type WirePart } from './wire-bytes.ts';

/** Types longer than this are seldom equal to others. */
const MAX_INTERNED = 256;

/** Messages nested less deep than this are the model and its main graph. */
const MAIN_DEPTH = 2;

type Draft = Record<string, unknown>;

/** Reads a message that ends at `end`. Fields that its table does not know are kept in `unknown`. */
export function readMessage<T extends object>(
  input: WireReader,
  type: MessageType<T>,
  end: number,
  depth = 0,
): T {
  const message = type.create();
  readInto(input, message, type, end, depth);
  return message;
}

/** Reads fields into a message that may have some already: a repeated singular message is merged. */
function readInto(input: WireReader, message: object, type: MessageType, end: number, depth: number): void {
  if (depth > input.maxDepth) input.fail(`messages are nested deeper than ${input.maxDepth} levels`);
  const fields = type.byNumber;
  const draft = message as Draft;
  while (input.pos < end) {
    const start = input.pos;
    const tag = input.tag();
    const field = fields[tag >>> 3];
    if (field === undefined || !readField(input, draft, field, tag & 7, start, end, type, depth)) {
      input.skip(tag, end);
      addPart(draft, 'unknown', input, { start, end: input.pos, framed: true });
    }
    if (input.pos > end) input.fail('a field runs past the end of its message');
  }
}

/** Reads one field; false, with nothing read, when the wire type is not one of the field's. */
function readField(
  input: WireReader,
  draft: Draft,
  field: Field,
  wire: number,
  start: number,
  end: number,
  type: MessageType,
  depth: number,
): boolean {
  if (wire !== field.wire && !(wire === 2 && field.repeated)) return false;
  if (field.oneof) clearOthers(draft, field, type);
  if (field.streamed && depth < MAIN_DEPTH) {
    readLater(input, draft, field, end, depth);
  } else if (field.lazy) {
    readLazy(input, draft, field, wire, start, end);
  } else if (wire === field.wire) {
    const before = draft[field.key];
    if (!field.repeated) draft[field.key] = readValue(input, field, end, depth, before);
    else if (before === undefined) draft[field.key] = [readValue(input, field, end, depth, undefined)];
    else (before as unknown[]).push(readValue(input, field, end, depth, undefined));
  } else {
    const length = input.length(end);
    const stop = input.pos + length;
    const list = (draft[field.key] ?? []) as unknown[];
    draft[field.key] = list;
    while (input.pos < stop) list.push(readValue(input, field, stop, depth, undefined));
    if (input.pos !== stop) input.fail('a packed list ends inside a number');
  }
  return true;
}

function readValue(input: WireReader, field: Field, end: number, depth: number, before: unknown): unknown {
  switch (field.kind) {
    case 's':
    case 'y':
      return input.text(input.length(end));
    case 'i':
      return input.int64();
    case 'n':
      return input.int32();
    case 'u':
      return input.uint64();
    case 'f':
      return input.float();
    case 'd':
      return input.double();
    case 'm': {
      const type = field.type as MessageType;
      const length = input.length(end);
      if (field.interned && before === undefined && length <= MAX_INTERNED)
        return readInterned(input, type, length, depth);
      const stop = input.pos + length;
      const message = before === undefined ? type.create() : field.interned ? copyOf(type, before) : before;
      readInto(input, message as object, type, stop, depth + 1);
      return message;
    }
  }
}

function readInterned(input: WireReader, type: MessageType, length: number, depth: number): object {
  const stop = input.pos + length;
  const bytes = input.peek(length);
  const known = input.interned.get(bytes);
  if (known) {
    input.pos = stop;
    return known;
  }
  const key = bytes.slice();
  const message = readMessage(input, type, stop, depth + 1);
  input.interned.set(key, message);
  return message;
}

/** A message of its own, where others may share the one in hand. */
function copyOf(type: MessageType, message: unknown): object {
  const from = message as Draft;
  const to: Draft = { ...from };
  if (from.unknown instanceof WireBytes) to.unknown = from.unknown.copy();
  for (const field of type.fields) {
    const value = from[field.key];
    if (value === undefined) continue;
    if (field.repeated) {
      to[field.key] = (value as unknown[]).map((v) => (field.type ? copyOf(field.type, v) : v));
    } else if (field.type) {
      to[field.key] = copyOf(field.type, value);
    }
  }
  return to;
}

function readLazy(
  input: WireReader,
  draft: Draft,
  field: Field,
  wire: number,
  start: number,
  end: number,
): void {
  if (wire === 2) {
    const length = input.length(end);
    const part = { start: input.pos, end: input.pos + length, framed: false };
    input.pos = part.end;
    // The last one of a singular field counts.
    if (!field.repeated) draft[field.key] = new WireBytes(input.source, part);
    else addPart(draft, field.key, input, part);
  } else {
    if (wire === 0) input.uint64();
    else input.pos += wire === 1 ? 8 : 4;
    addPart(draft, field.key, input, { start, end: input.pos, framed: true });
  }
}

/** A list of messages that are read, one at a time, whenever the list is walked. */
class Stream<T extends object> implements Iterable<T> {
  private readonly input: WireReader;
  private readonly type: MessageType<T>;
  private readonly depth: number;
  /** Start and end of each message. */
  private readonly places: number[] = [];

  constructor(input: WireReader, type: MessageType<T>, depth: number) {
    this.input = input;
    this.type = type;
    this.depth = depth;
  }

  add(start: number, end: number): void {
    this.places.push(start, end);
  }

  *[Symbol.iterator](): Generator<T> {
    for (let i = 0; i < this.places.length; i += 2) {
      this.input.pos = this.places[i] as number;
      yield readMessage(this.input, this.type, this.places[i + 1] as number, this.depth);
    }
  }
}

function readLater(input: WireReader, draft: Draft, field: Field, end: number, depth: number): void {
  const length = input.length(end);
  let stream = draft[field.key];
  if (!(stream instanceof Stream)) {
    stream = new Stream(input, field.type as MessageType, depth + 1);
    draft[field.key] = stream;
  }
  (stream as Stream<object>).add(input.pos, input.pos + length);
  input.pos += length;
}

function addPart(draft: Draft, key: string, input: WireReader, part: WirePart): void {
  const bytes = draft[key];
  if (bytes instanceof WireBytes) bytes.add(part);
  else draft[key] = new WireBytes(input.source, part);
}

function clearOthers(draft: Draft, field: Field, type: MessageType): void {
  for (const other of type.fields) if (other.oneof && other !== field) draft[other.key] = undefined;
}
