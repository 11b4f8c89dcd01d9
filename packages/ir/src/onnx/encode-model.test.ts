import { expect, test } from 'vitest';
import { Editor, outputOf } from '../edit/editor.ts';
import { replaceValue } from '../edit/replace-value.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { bytesSource } from '../types/byte-source.ts';
import { freshDim, symbolDim } from '../types/dim.ts';
import { Tensor } from '../types/tensor.ts';
import { tensorType } from '../types/value-type.ts';
import { decodeModel } from './decode-model.ts';
import { encodeChunks, encodeModel } from './encode-model.ts';
import { type GraphProto, ModelProto, type NodeProto, type TypeProto } from './generated/messages.ts';
import { readMessage } from './wire/read-message.ts';
import { WireReader } from './wire/reader.ts';
import { joined, Rope, sourceRange } from './wire/rope.ts';
import { WireBytes } from './wire/wire-bytes.ts';
import { writeMessage } from './wire/write-message.ts';

function bytesOf(message: ModelProto): Uint8Array {
  const rope = new Rope();
  writeMessage(rope, ModelProto, message);
  return joined(rope);
}

/** A model of IR 8 and opset 17 around a graph. */
function modelOf(graph: GraphProto, more: ModelProto = {}): Model {
  return decodeModel(bytesOf({ irVersion: 8, opsetImport: [{ version: 17 }], graph, ...more }));
}

function read(bytes: Uint8Array): ModelProto {
  return readMessage(new WireReader(bytesSource(bytes), 1000), ModelProto, bytes.length);
}

/** The message of the file that a model is written to. */
function written(model: Model): ModelProto {
  return read(encodeModel(model));
}

/** A message as plain values, bytes that were not decoded among them. */
function plain(message: unknown): unknown {
  if (message instanceof WireBytes) {
    return message.parts.map((p) => [...joined(sourceRange(message.source, p.start, p.end))]);
  }
  if (typeof message !== 'object' || message === null) return message;
  if (Symbol.iterator in message) return [...(message as Iterable<unknown>)].map(plain);
  return Object.fromEntries(Object.entries(message).map(([k, v]) => [k, plain(v)]));
}

function writtenGraph(model: Model): GraphProto & { readonly node: readonly NodeProto[] } {
  const graph = written(model).graph ?? {};
  return { ...graph, node: [...(graph.node ?? [])] };
}

const float2: TypeProto = { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }] } } };
const floatN: TypeProto = { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'N' }] } } };
const node = (opType: string, input: string[], output: string[], more: NodeProto = {}): NodeProto => ({
  opType,
  input,
  output,
  ...more,
});
const chain: GraphProto = {
  name: 'chain',
  node: [node('Relu', ['x'], ['a']), node('Neg', ['a'], ['b']), node('Exp', ['b'], ['y'])],
  input: [{ name: 'x', type: floatN }],
  output: [{ name: 'y', type: floatN }],
  valueInfo: [
    { name: 'b', type: floatN, docString: 'of b' },
    { name: 'a', type: floatN },
  ],
};

function nodeOf(graph: Graph, opType: string): Node {
  for (const candidate of graph.nodes()) if (candidate.opType === opType) return candidate;
  throw new Error(`no ${opType}`);
}

function names(values: readonly { readonly name?: string | undefined }[] | undefined): readonly string[] {
  return (values ?? []).map((v) => v.name ?? '');
}

/** Everything that a model can say, in the order of field numbers, so that equal messages are equal bytes. */
const everything: ModelProto = {
  irVersion: 13,
  producerName: 'somebody',
  producerVersion: '',
  domain: 'org.example',
  modelVersion: 2n ** 60n,
  docString: 'bad \udcff bytes',
  graph: {
    node: [
      node('Relu', ['x', ''], ['a', ''], {
        name: '',
        attribute: [
          { name: 'untyped', i: 0 },
          { name: 'doc', f: 1.5, docString: 'about', type: 1 },
          { name: 'nothing', ints: [], type: 7 },
          { name: 'many', ints: [1, -1, 2 ** 53 - 1, -(2n ** 63n)], type: 7 },
          { name: 'text', s: 'a\udcff', type: 3 },
          { name: 'texts', strings: ['', 'b'], type: 8 },
          { name: 'no value', type: 2 },
          {
            name: 'tensor',
            t: { dims: [3], dataType: 1, floatData: undefined, name: 'tt', rawData: data(12) },
            type: 4,
          },
          { name: 'type', tp: { sequenceType: { elemType: float2 } }, type: 13 },
        ],
        docString: 'doc',
        domain: 'ai.onnx',
        metadataProps: [{ key: 'k', value: 'v' }, { key: 'k' }],
        deviceConfigurations: [{ configurationId: 'c', shardingSpec: [{ tensorName: 'a', device: [0, 1] }] }],
      }),
      node('If', ['c'], ['y'], {
        attribute: [
          {
            name: 'then_branch',
            g: { node: [node('Neg', ['a'], ['t'])], name: 'then', output: [{ name: 't' }] },
            type: 5,
          },
          {
            name: 'else_branch',
            g: { node: [node('Abs', ['a'], ['t'])], name: '', output: [{ name: 't', type: float2 }] },
            type: 5,
          },
        ],
        domain: '',
      }),
    ],
    initializer: [
      {
        dims: [2],
        dataType: 1,
        name: 'w',
        rawData: data(8),
        docString: 'weight',
        metadataProps: [{ key: 'a' }],
      },
      { dims: [1], dataType: 8, stringData: ['\udc80'], name: 's' },
      { dims: [], dataType: 9, name: 'c', rawData: data(1) },
    ],
    docString: 'graph doc',
    input: [
      {
        name: 'x',
        type: { ...float2, denotation: 'IMAGE' },
        docString: '',
        metadataProps: [{ key: 'm', value: 'n' }],
      },
      { name: 'w', type: float2 },
    ],
    output: [{ name: 'y', docString: 'out' }, { name: 'y' }],
    valueInfo: [{ name: 'nobody' }, { name: 'a', type: floatN }, { name: 'a', type: float2 }, { name: 'w' }],
    quantizationAnnotation: [
      { tensorName: 'a', quantParameterTensorNames: [{ key: 'SCALE_TENSOR', value: 'w' }] },
      { tensorName: 'nobody' },
    ],
    sparseInitializer: [
      {
        values: { dims: [1], dataType: 1, name: 'sp', rawData: data(4) },
        indices: { dims: [1], dataType: 7, rawData: data(8) },
        dims: [4],
      },
    ],
    metadataProps: [{ key: 'g', value: '' }],
  },
  opsetImport: [
    { domain: 'unused', version: 77 },
    { domain: '', version: 25 },
    { domain: 'my', version: 1 },
  ],
  metadataProps: [{ key: '__proto__', value: '1' }],
  trainingInfo: [{ initialization: { name: 'init' }, initializationBinding: [{ key: 'w', value: 'v' }] }],
  functions: [
    {
      name: 'F',
      input: ['a'],
      output: ['b'],
      attribute: ['alpha'],
      node: [node('Neg', ['a'], ['b'], { attribute: [{ name: 'q', type: 2, refAttrName: 'alpha' }] })],
      docString: 'fn',
      opsetImport: [{ domain: 'ai.onnx', version: 18 }],
      domain: 'my',
      attributeProto: [{ name: 'beta', f: 1, type: 1 }],
      valueInfo: [{ name: 'b', type: float2 }, { name: 'a' }],
      overload: '',
      metadataProps: [{ key: 'x' }],
    },
  ],
  configuration: [{ name: 'c', numDevices: 2, device: ['d0', 'd1'] }],
};

test('an untouched model is written as it was read', () => {
  const bytes = bytesOf(everything);
  expect(plain(read(encodeModel(decodeModel(bytes))))).toEqual(plain(read(bytes)));
});

test('fields of later versions are written again at every level', () => {
  const later = [0xc0, 0x3e, 0x96, 0x01]; // field 1000
  const wrap = (no: number, content: readonly number[]): number[] => [no * 8 + 2, content.length, ...content];
  const tensor = [0x10, 1, ...wrap(8, [0x77]), 0x08, 0, ...later];
  const relu = [...wrap(1, [0x78]), ...wrap(2, [0x79]), ...wrap(4, [0x41]), ...later];
  const graph = [
    ...wrap(1, relu),
    ...wrap(5, tensor),
    ...wrap(11, wrap(1, [0x78])),
    ...wrap(12, wrap(1, [0x79])),
    ...later,
  ];
  const model = [0x08, 8, ...wrap(7, graph), ...wrap(8, [0x10, 17, ...later]), ...later];
  const count = (bytes: Iterable<number>): number => [...bytes].join(' ').split(later.join(' ')).length - 1;
  expect(count(model)).toBe(5);
  const again = encodeModel(decodeModel(Uint8Array.from(model)));
  expect(count(again)).toBe(5);
  expect(again.length).toBe(model.length);
});

test('the same model gives the same bytes', () => {
  const model = modelOf(everything.graph ?? {});
  expect(encodeModel(model)).toEqual(encodeModel(model));
  expect(Buffer.concat([...encodeChunks(model)].map((c) => Buffer.from(c)))).toEqual(
    Buffer.from(encodeModel(model)),
  );
});

test('entries about a value follow its name', () => {
  const model = modelOf(chain);
  new Editor(model).rename(outputOf(nodeOf(model.graph, 'Neg')), 'renamed');
  const graph = writtenGraph(model);
  expect(graph.valueInfo?.[0]).toMatchObject({ name: 'renamed', docString: 'of b' });
  expect(graph.node[1]?.output).toEqual(['renamed']);
  expect(graph.node[2]?.input).toEqual(['renamed']);
});

test('entries about values that are gone are gone', () => {
  const model = modelOf(chain);
  const editor = new Editor(model);
  const neg = nodeOf(model.graph, 'Neg');
  replaceValue(editor, outputOf(neg), outputOf(nodeOf(model.graph, 'Relu')));
  editor.eraseNode(neg);
  expect(names(writtenGraph(model).valueInfo)).toEqual(['a']);
});

test('a declared type gives way to a known one that contradicts it', () => {
  const model = modelOf(chain);
  const editor = new Editor(model);
  editor.setType(outputOf(nodeOf(model.graph, 'Neg')), tensorType('float32', [symbolDim('N'), 4]));
  editor.setType(outputOf(nodeOf(model.graph, 'Relu')), tensorType('float32', [7]));
  const [b, a] = writtenGraph(model).valueInfo ?? [];
  expect(b?.type?.tensorType?.shape?.dim).toMatchObject([{ dimParam: 'N' }, { dimValue: 4 }]);
  expect(b?.docString).toBe('of b');
  expect(a?.type?.tensorType?.shape?.dim).toMatchObject([{ dimParam: 'N' }]);
});

test('an input that got another type is written with it, a named output stays as declared', () => {
  const model = modelOf(chain);
  const editor = new Editor(model);
  const [x] = model.graph.inputs as [Value];
  editor.setType(x, tensorType('float32', [3]));
  const graph = writtenGraph(model);
  expect(graph.input?.[0]?.type?.tensorType?.shape?.dim).toMatchObject([{ dimValue: 3 }]);
  expect(graph.output?.[0]?.type?.tensorType?.shape?.dim).toMatchObject([{ dimParam: 'N' }]);
});

test('an output that holds other elements by now is written with its type', () => {
  const model = modelOf(chain);
  const [y] = model.graph.outputs;
  if (!y) throw new Error('no output');
  new Editor(model).setType(y, tensorType('float16', [symbolDim('N')]));
  expect(writtenGraph(model).output?.[0]?.type?.tensorType?.elemType).toBe(10);
});

test('a value that takes the name of an output takes its declaration, and leaves its own entry behind', () => {
  const model = modelOf(chain);
  const editor = new Editor(model);
  const exp = nodeOf(model.graph, 'Exp');
  expect(replaceValue(editor, outputOf(exp), outputOf(nodeOf(model.graph, 'Neg')))).toBe(true);
  editor.eraseNode(exp);
  const graph = writtenGraph(model);
  expect(names(graph.output)).toEqual(['y']);
  expect(graph.node.map((n) => n.output?.[0])).toEqual(['a', 'y']);
  expect(names(graph.valueInfo)).toEqual(['a']);
});

test('dimensions without a number or a name of their own are written as unknown', () => {
  const model = modelOf({ input: [{ name: 'x' }], output: [] });
  const [x] = model.graph.inputs as [Value];
  new Editor(model).setType(x, tensorType('int64', [symbolDim('N'), freshDim(), 2]));
  const type = writtenGraph(model).input?.[0]?.type?.tensorType;
  expect(type?.elemType).toBe(7);
  expect(type?.shape?.dim?.map((d) => [d.dimParam, d.dimValue])).toEqual([
    ['N', undefined],
    [undefined, undefined],
    [undefined, 2],
  ]);
});

test('new weights are written as raw data behind the old ones', () => {
  const model = modelOf({ ...chain, initializer: [{ name: 'w', dataType: 1, dims: [1], rawData: data(4) }] });
  const editor = new Editor(model);
  editor.addConstant(model.graph, Tensor.ofBytes('int16', [2], Uint8Array.of(1, 2, 3, 4)), 'k');
  editor.addConstant(model.graph, Tensor.ofStrings([1], ['s']), 't');
  const tensors = writtenGraph(model).initializer ?? [];
  expect(names(tensors)).toEqual(['w', 'k', 't']);
  expect(tensors[1]).toMatchObject({ dims: [2], dataType: 5, rawData: { size: 4 } });
  expect(tensors[2]).toMatchObject({ dims: [1], dataType: 8, stringData: ['s'] });
});

test('before IR 4 new weights are Constant nodes, so that no input appears', () => {
  const w = { name: 'w', dataType: 1, dims: [1], rawData: data(4) };
  const model = modelOf(
    { ...chain, input: [...(chain.input ?? []), { name: 'w' }], initializer: [w] },
    { irVersion: 3, opsetImport: [{ version: 8 }] },
  );
  new Editor(model).addConstant(model.graph, Tensor.ofBytes('float32', [1], new Uint8Array(4)), 'k');
  const graph = writtenGraph(model);
  expect(names(graph.initializer)).toEqual(['w']);
  expect(names(graph.input)).toEqual(['x', 'w']);
  expect(graph.node[0]).toMatchObject({ opType: 'Constant', output: ['k'] });
});

test('two values of one name get two names, and inputs and outputs keep theirs', () => {
  const model = modelOf(chain);
  const editor = new Editor(model);
  editor.rename(outputOf(nodeOf(model.graph, 'Relu')), 'y');
  editor.rename(outputOf(nodeOf(model.graph, 'Neg')), 'x');
  const graph = writtenGraph(model);
  expect(graph.node.map((n) => [n.input?.[0], n.output?.[0]])).toEqual([
    ['x', 'y_1'],
    ['y_1', 'x_1'],
    ['x_1', 'y'],
  ]);
  expect(encodeModel(decodeModel(encodeModel(model)))).toEqual(encodeModel(model));
});

test('a value of a nested graph is renamed where an outer value of its name can be seen, and only there', () => {
  const branch = (name: string): GraphProto => ({
    name: 'b',
    node: [node('Neg', ['x'], [name])],
    output: [{ name }],
  });
  const model = modelOf({
    input: [{ name: 'x' }, { name: 'c' }],
    node: [
      node('Abs', ['x'], ['before']),
      node('If', ['c'], ['y'], {
        attribute: [
          { name: 'then_branch', type: 5, g: branch('before') },
          { name: 'else_branch', type: 5, g: branch('after') },
        ],
      }),
      node('Abs', ['y'], ['after']),
    ],
    output: [{ name: 'after' }],
  });
  const branches = writtenGraph(model).node[1]?.attribute?.map((a) => a.g?.output?.[0]?.name);
  expect(branches).toEqual(['before_1', 'after']);
});

test('an attribute that was set anew is written by its meaning', () => {
  const model = modelOf({
    input: [{ name: 'x' }],
    node: [node('Elu', ['x'], ['y'], { attribute: [{ name: 'alpha', f: 1, type: 1, docString: 'old' }] })],
    output: [{ name: 'y' }],
  });
  const elu = nodeOf(model.graph, 'Elu');
  const alpha = elu.attributes.get('alpha');
  if (alpha?.type !== 'float') throw new Error('no alpha');
  new Editor(model).setAttribute(elu, { ...alpha, value: 2 });
  const attribute = writtenGraph(model).node[0]?.attribute?.[0];
  expect(attribute).toMatchObject({ name: 'alpha', f: 2, type: 1, docString: undefined });
});

test('opsets that changed are changed in place, new domains are behind', () => {
  const model = modelOf(
    {},
    {
      opsetImport: [
        { domain: 'my', version: 1 },
        { domain: 'ai.onnx', version: 17 },
      ],
    },
  );
  const editor = new Editor(model);
  editor.setOpset('', 18);
  editor.setOpset('my', undefined);
  editor.setOpset('com.microsoft', 1);
  expect(written(model).opsetImport).toMatchObject([
    { domain: 'ai.onnx', version: 18 },
    { domain: 'com.microsoft', version: 1 },
  ]);
});

test('an annotation follows its values and goes with them', () => {
  const model = modelOf({
    ...chain,
    quantizationAnnotation: [
      { tensorName: 'a', quantParameterTensorNames: [{ key: 'SCALE_TENSOR', value: 'b' }] },
    ],
  });
  const editor = new Editor(model);
  editor.rename(outputOf(nodeOf(model.graph, 'Neg')), 'scale');
  expect(writtenGraph(model).quantizationAnnotation).toMatchObject([
    { tensorName: 'a', quantParameterTensorNames: [{ value: 'scale' }] },
  ]);
  const neg = nodeOf(model.graph, 'Neg');
  replaceValue(editor, outputOf(neg), outputOf(nodeOf(model.graph, 'Relu')));
  editor.eraseNode(neg);
  expect(writtenGraph(model).quantizationAnnotation).toBeUndefined();
});

function data(count: number): { byteLength: number; load: () => Uint8Array } {
  return { byteLength: count, load: () => new Uint8Array(count) };
}
