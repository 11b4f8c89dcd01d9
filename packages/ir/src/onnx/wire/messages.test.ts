import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ByteSource, bytesSource } from '../../types/byte-source.ts';
import {
  AttributeProto,
  GraphProto,
  ModelProto,
  NodeProto,
  SimpleShardedDimProto,
  TensorProto,
  TypeProto,
  ValueInfoProto,
} from '../generated/messages.ts';
import type { Field, MessageType } from './message-type.ts';
import { readMessage } from './read-message.ts';
import { WireReader } from './reader.ts';
import { joined, Rope, sourceRange } from './rope.ts';
import { decodeUtf8 } from './utf8.ts';
import { WireBytes } from './wire-bytes.ts';
import { writeMessage } from './write-message.ts';

function write<T extends object>(type: MessageType<T>, message: T): Uint8Array {
  const rope = new Rope();
  writeMessage(rope, type, message);
  const bytes = joined(rope);
  expect(bytes.length).toBe(rope.size);
  return bytes;
}

function read<T extends object>(type: MessageType<T>, bytes: Uint8Array | ByteSource, maxDepth = 100): T {
  const source = bytes instanceof Uint8Array ? bytesSource(bytes) : bytes;
  return readMessage(new WireReader(source, maxDepth), type, source.size);
}

/** A message as plain values: fields that are there, undecoded bytes as the bytes they are. */
function plain(message: unknown): unknown {
  if (message instanceof WireBytes) {
    return message.parts.map((p) => [p.framed, [...joined(sourceRange(message.source, p.start, p.end))]]);
  }
  if (typeof message !== 'object' || message === null) return message;
  if (Array.isArray(message)) return message.map(plain);
  if (Symbol.iterator in message) return [...(message as Iterable<unknown>)].map(plain);
  const entries = Object.entries(message).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.map(([k, v]) => [k, plain(v)]));
}

const int64 = fc.oneof(fc.maxSafeInteger(), fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)).map(normal);
const uint64 = fc.oneof(fc.nat(), fc.bigInt(0n, 2n ** 64n - 1n)).map(normal);

function normal(value: number | bigint): number | bigint {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function arbitraryOf(field: Field, depth: number): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 's':
      return fc.string({ unit: 'grapheme' });
    case 'y':
      return fc.uint8Array().map((bytes) => decodeUtf8(bytes));
    case 'i':
      return int64;
    case 'u':
      return uint64;
    case 'n':
      return fc.integer();
    case 'f':
      return fc.float({ noNaN: true });
    case 'd':
      return fc.double({ noNaN: true });
    case 'm':
      return field.type ? messageOf(field.type, depth - 1) : fc.constant(undefined);
  }
}

/** Any message of a type: each field may be there, but of a `oneof` only one. */
function messageOf<T extends object>(type: MessageType<T>, depth: number): fc.Arbitrary<T> {
  const fields = type.fields.filter((f) => !f.lazy && (depth > 0 || f.kind !== 'm'));
  const shape = fields.map((field) => {
    const value = arbitraryOf(field, depth);
    const some = field.repeated ? fc.array(value, { minLength: 1, maxLength: 3 }) : value;
    return fc.option(some, { nil: undefined, freq: 1 });
  });
  return fc.tuple(fc.nat(), ...shape).map(([pick, ...values]) => {
    const members = fields.filter((f) => f.oneof);
    const chosen = members[pick % Math.max(members.length, 1)];
    const entries = fields.map((f, i) => [f.key, f.oneof && f !== chosen ? undefined : values[i]]);
    return Object.fromEntries(entries) as T;
  });
}

for (const type of [NodeProto, AttributeProto, ValueInfoProto, TensorProto, TypeProto, ModelProto] as const) {
  test(`a ${type.name} comes back as it was written`, () => {
    fc.assert(
      fc.property(messageOf<object>(type, 4), (message) => {
        expect(plain(read<object>(type, write<object>(type, message)))).toEqual(plain(message));
      }),
      { numRuns: 60 },
    );
  });
}

test('fields that no table knows are kept, of every wire type', () => {
  const known = write(NodeProto, { opType: 'Relu', name: 'n' });
  const unknown = [
    [0xc0, 0x3e, 0x96, 0x01], // field 1000, varint
    [0xc9, 0x3e, 1, 2, 3, 4, 5, 6, 7, 8], // field 1001, eight bytes
    [0xd2, 0x3e, 2, 9, 9], // field 1002, bytes
    [0xdd, 0x3e, 1, 2, 3, 4], // field 1003, four bytes
    [0xe3, 0x3e, 0x08, 0x01, 0xe4, 0x3e], // field 1004, a group that holds a field
    [0x18, 0x05], // field 3 (name) with the wire type of a number
  ];
  const bytes = Uint8Array.from([...unknown.flat(), ...known]);
  const message = read(NodeProto, bytes);
  expect(message.name).toBe('n');
  expect(message.unknown?.parts).toHaveLength(1);
  expect(write(NodeProto, message)).toEqual(Uint8Array.from([...known, ...unknown.flat()]));
});

test('lists of numbers are read packed and unpacked alike', () => {
  const unpacked = Uint8Array.of(0x40, 1, 0x40, 2, 0x40, 0xac, 0x02);
  const packed = Uint8Array.of(0x42, 4, 1, 2, 0xac, 0x02);
  const mixed = Uint8Array.of(0x40, 1, 0x42, 1, 2, 0x40, 0xac, 0x02);
  for (const bytes of [unpacked, packed, mixed])
    expect(read(AttributeProto, bytes).ints).toEqual([1, 2, 300]);
});

test('a singular message that comes twice is merged, a scalar is the last one', () => {
  const graph = (name: string, doc?: string) => write(GraphProto, { name, docString: doc });
  const twice = [graph('a', 'doc'), graph('b')].flatMap((g) => [0x3a, g.length, ...g]);
  const message = read(ModelProto, Uint8Array.of(0x08, 3, ...twice, 0x08, 9));
  expect(message.irVersion).toBe(9);
  expect(message.graph?.name).toBe('b');
  expect(message.graph?.docString).toBe('doc');
});

test('the last member of a oneof counts', () => {
  const message = read(SimpleShardedDimProto, Uint8Array.of(0x08, 5, 0x12, 1, 0x4e));
  expect(plain(message)).toEqual({ dimParam: 'N' });
});

test('a type that comes twice for a value is merged for that value alone', () => {
  const one = write(ValueInfoProto, { name: 'a', type: { tensorType: { elemType: 1 } } });
  const more = write(ValueInfoProto, { type: { denotation: 'IMAGE' } });
  const infos = [one, Uint8Array.of(...one, ...more), one].flatMap((v) => [0x6a, v.length, ...v]);
  const types = read(GraphProto, Uint8Array.from(infos)).valueInfo?.map((v) => plain(v.type));
  expect(types).toEqual([
    { tensorType: { elemType: 1 } },
    { tensorType: { elemType: 1 }, denotation: 'IMAGE' },
    { tensorType: { elemType: 1 } },
  ]);
});

test('equal types of values are one object', () => {
  const type: TypeProto = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }, {}] } } };
  const bytes = write(GraphProto, {
    valueInfo: [
      { name: 'a', type },
      { name: 'b', type },
    ],
  });
  const [a, b] = read(GraphProto, bytes).valueInfo ?? [];
  expect(a?.type).toBe(b?.type);
  expect(plain(a?.type)).toEqual(type);
});

const hostile: readonly (readonly [string, readonly number[]])[] = [
  ['a field number of zero', [0x00, 0x01]],
  ['wire type 6', [0x0e, 0x01]],
  ['a varint of eleven bytes', [0x18, ...new Array<number>(10).fill(0xff), 0x01]],
  ['a varint that does not end', [0x18, 0xff, 0xff]],
  ['a tag that does not end', [0x98, 0xff]],
  ['a tag of more than 32 bits', [0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x00]],
  ['a length past the end', [0x0a, 0x05, 0x61]],
  ['a length of 2 ** 40', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20, 0x61]],
  ['a length of 2 ** 32', [0x0a, 0x80, 0x80, 0x80, 0x80, 0x10, 0x61]],
  ['a length of 2 ** 63 - 1', [0x0a, ...new Array<number>(8).fill(0xff), 0x7f, 0x61]],
  ['a group without an end', [0x0b, 0x08, 0x01]],
  ['the end of a group that never began', [0x0c]],
  ['the end of another group', [0x83, 0x3f, 0x8c, 0x3f]],
  ['a number cut off', [0x0d, 0x01, 0x02]],
  ['a double cut off', [0x09, 0x01, 0x02]],
];

for (const [what, bytes] of hostile) {
  test(`${what} is refused as unreadable`, () => {
    expect(() => read(ModelProto, Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'model/wire' }),
    );
  });
}

test('a field of an inner message may not run past its end', () => {
  const node = [0x0a, 0x05, 0x61]; // an input of five bytes in a node of three
  const graph = [0x0a, node.length, ...node, 0x12, 0x04, 0x61, 0x61, 0x61, 0x61];
  const message = read(ModelProto, Uint8Array.from([0x3a, graph.length, ...graph]));
  expect(() => [...(message.graph?.node ?? [])]).toThrow(expect.objectContaining({ code: 'model/wire' }));
});

test('a hundred thousand nested groups are refused, not recursed into', () => {
  const bytes = new Uint8Array(200_000).fill(0x0b);
  expect(() => read(ModelProto, bytes)).toThrow(expect.objectContaining({ code: 'model/wire' }));
});

test('types nested without end are refused', () => {
  let type: Uint8Array = new Uint8Array(0);
  for (let i = 0; i < 300; i += 1) {
    const rope = new Rope();
    rope.field(1, { size: type.length, chunks: () => [type] });
    const outer = new Rope();
    outer.field(4, rope);
    type = joined(outer);
  }
  expect(() => read(TypeProto, type)).toThrow(expect.objectContaining({ code: 'model/wire' }));
});

test('weights are stepped over, whatever their size', () => {
  // A tensor of 5 GiB that exists only as far as it is looked at.
  const size = 5 * 2 ** 30;
  const head = joined(ropeOf((rope) => rope.out.uint32(0x10).int32(1)));
  const length = joined(ropeOf((rope) => rope.out.uint32(0x4a).uint64(size)));
  const tail = write(TensorProto, { name: 'w' });
  const start = head.length + length.length;
  let largest = 0;
  const source: ByteSource = {
    name: 'sparse',
    size: start + size + tail.length,
    read(offset, count) {
      largest = Math.max(largest, count);
      const bytes = new Uint8Array(count);
      for (let i = 0; i < count; i += 1) {
        const at = offset + i;
        bytes[i] = head[at] ?? length[at - head.length] ?? tail[at - start - size] ?? 0;
      }
      return bytes;
    },
  };
  const tensor = read(TensorProto, source);
  expect(tensor.name).toBe('w');
  expect(tensor.rawData).toMatchObject({ parts: [{ start, end: start + size }] });
  expect(largest).toBeLessThanOrEqual(1 << 20);

  const rope = new Rope();
  writeMessage(rope, TensorProto, tensor);
  expect(rope.size).toBe(source.size);
  const [first] = rope.chunks();
  expect(first?.length).toBeLessThan(100);
});

function ropeOf(fill: (rope: Rope) => void): Rope {
  const rope = new Rope();
  fill(rope);
  return rope;
}
