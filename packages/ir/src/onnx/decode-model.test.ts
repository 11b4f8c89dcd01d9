import { expect, test } from 'vitest';
import { outputOf } from '../edit/editor.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import { dimName } from '../types/dim.ts';
import { decodeModel } from './decode-model.ts';
import { type GraphProto, ModelProto, type NodeProto, type ValueInfoProto } from './generated/messages.ts';
import type { DecodeOptions } from './limits.ts';
import { joined, Rope } from './wire/rope.ts';
import { writeMessage } from './wire/write-message.ts';

/** Opens a model with opset 17 around a graph. */
function decode(graph: GraphProto, more: ModelProto = {}, options: DecodeOptions = {}): Model {
  const rope = new Rope();
  writeMessage(rope, ModelProto, { irVersion: 8, opsetImport: [{ version: 17 }], graph, ...more });
  return decodeModel(joined(rope), options);
}

const x: ValueInfoProto = {
  name: 'x',
  type: { tensorType: { elemType: 1, shape: { dim: [{ dimValue: 2 }] } } },
};
const y: ValueInfoProto = { name: 'y' };
const node = (opType: string, input: string[], output: string[], more: NodeProto = {}): NodeProto => ({
  opType,
  input,
  output,
  ...more,
});
const ops = (graph: Graph): string[] => [...graph.nodes()].map((n) => `${n.opType}:${n.outputs[0]?.name}`);
const invalid = (message: string | RegExp) =>
  expect.objectContaining({ code: 'model/invalid', message: expect.stringMatching(message) });

test('operands are the values that their names stand for', () => {
  const model = decode({
    input: [x],
    node: [node('Relu', ['x'], ['t']), node('Neg', ['t'], ['y'])],
    output: [y],
  });
  const [relu, neg] = [...model.graph.nodes()];
  expect(relu?.inputs[0]).toBe(model.graph.inputs[0]);
  expect(neg?.inputs[0]).toBe(relu?.outputs[0]);
  expect(model.graph.outputs[0]).toBe(neg?.outputs[0]);
  expect(relu?.outputs[0]?.onlyUse?.node).toBe(neg);
});

test('empty names are operands and results that are not there', () => {
  const model = decode({
    input: [x],
    node: [node('Clip', ['x', '', 'x', ''], ['y']), node('Dropout', ['x'], ['d', ''])],
    output: [y],
  });
  const [clip, dropout] = [...model.graph.nodes()];
  expect(clip?.inputs.map((v) => v?.name)).toEqual(['x', undefined, 'x', undefined]);
  expect(dropout?.outputs.map((v) => v?.name)).toEqual(['d', undefined]);
});

test('nodes out of order are sorted, the others stay where they are', () => {
  const model = decode({
    input: [x],
    node: [
      node('Abs', ['x'], ['first']),
      node('Neg', ['b'], ['y']),
      node('Exp', ['x'], ['other']),
      node('Log', ['a'], ['b']),
      node('Sin', ['x'], ['a']),
    ],
    output: [y],
  });
  expect(ops(model.graph)).toEqual(['Abs:first', 'Sin:a', 'Log:b', 'Neg:y', 'Exp:other']);
});

test('a node that captures a later value moves behind it', () => {
  const branch: GraphProto = { name: 'b', node: [node('Neg', ['late'], ['r'])], output: [{ name: 'r' }] };
  const iff = node('If', ['c'], ['y'], { attribute: [{ name: 'then_branch', type: 5, g: branch }] });
  const model = decode({ input: [x, { name: 'c' }], node: [iff, node('Abs', ['x'], ['late'])], output: [y] });
  expect(ops(model.graph)).toEqual(['Abs:late', 'If:y']);
});

test('a long chain in reverse order is sorted without recursion', () => {
  const count = 50_000;
  const chain = Array.from({ length: count }, (_, i) =>
    node('Relu', [i === 0 ? 'x' : `v${i - 1}`], [`v${i}`]),
  );
  const model = decode({ input: [x], node: chain.reverse(), output: [{ name: `v${count - 1}` }] });
  expect(model.graph.nodeCount).toBe(count);
  expect(model.graph.firstNode?.outputs[0]?.name).toBe('v0');
});

test('nested graphs read values of the graphs around them', () => {
  const inner: GraphProto = { name: 'inner', output: [{ name: 'x' }] };
  const branch: GraphProto = {
    name: 'then',
    node: [node('If', ['c'], ['r'], { attribute: [{ name: 'then_branch', type: 5, g: inner }] })],
    output: [{ name: 'r' }],
  };
  const model = decode({
    input: [x, { name: 'c' }],
    node: [node('If', ['c'], ['y'], { attribute: [{ name: 'then_branch', type: 5, g: branch }] })],
    output: [y],
  });
  const outer = model.graph.firstNode?.graphs[0];
  const nested = outer?.firstNode?.graphs[0];
  expect(nested?.outputs[0]).toBe(model.graph.inputs[0]);
  expect(nested?.outer).toBe(outer);
  expect(model.graph.inputs[1]?.useCount).toBe(2);
});

test('a branch does not see what another branch defines', () => {
  const one: GraphProto = { name: 'one', node: [node('Abs', ['x'], ['t'])], output: [{ name: 't' }] };
  const two: GraphProto = { name: 'two', node: [node('Neg', ['t'], ['u'])], output: [{ name: 'u' }] };
  const attribute = [
    { name: 'then_branch', type: 5, g: one },
    { name: 'else_branch', type: 5, g: two },
  ];
  const graph: GraphProto = {
    input: [x, { name: 'c' }],
    node: [node('If', ['c'], ['y'], { attribute })],
    output: [y],
  };
  expect(() => decode(graph)).toThrow(invalid(/'t', which nothing defines/));
});

test('an initializer of a branch cannot hide a value around it', () => {
  const k = { name: 'k', dataType: 1, dims: [0] };
  const inner: GraphProto = {
    initializer: [k],
    node: [node('Add', ['x', 'k'], ['t'])],
    output: [{ name: 't' }],
  };
  const graph: GraphProto = {
    input: [x, { name: 'c' }],
    node: [node('If', ['c'], ['y'], { attribute: [{ name: 'then_branch', type: 5, g: inner }] })],
    output: [y],
  };
  expect(decode(graph).graph.nodeCount).toBe(1);
  expect(() => decode({ ...graph, initializer: [k] })).toThrow(invalid(/'k' has the name of a value around/));
});

test('graphs may be nested as deep as the limit says', () => {
  let graph: GraphProto = { node: [node('Abs', ['x'], ['y0'])], output: [{ name: 'y0' }] };
  for (let i = 1; i <= 8; i += 1) {
    const attribute = [{ name: 'then_branch', type: 5, g: graph }];
    graph = { node: [node('If', ['c'], [`y${i}`], { attribute })], output: [{ name: `y${i}` }] };
  }
  const main = { ...graph, input: [x, { name: 'c' }] };
  expect(decode(main, {}, { maxGraphDepth: 9 }).graph.nodeCount).toBe(1);
  expect(() => decode(main, {}, { maxGraphDepth: 8 })).toThrow(/nested deeper than 8 levels/);
});

const relu = node('Relu', ['x'], ['y'], { name: 'act' });
const broken: readonly (readonly [string, GraphProto, RegExp])[] = [
  [
    'a name that nothing defines',
    { node: [node('Relu', ['z'], ['y'])] },
    /node 'y' \('Relu'\) reads 'z', which nothing defines/,
  ],
  ['a graph output that nothing defines', { output: [{ name: 'z' }] }, /graph output 'z' is not defined/],
  [
    'a cycle',
    { input: [x], node: [node('Add', ['x', 'b'], ['a']), node('Neg', ['a'], ['b'])] },
    /node 'b' \('Neg'\) needs 'a', which needs node 'b' \('Neg'\) in turn/,
  ],
  ['a node that reads itself', { node: [node('Neg', ['a'], ['a'])] }, /needs 'a'/],
  [
    'a value defined twice',
    { input: [x], node: [relu, relu] },
    /node 'act' \('Relu'\) defines 'y', which is defined already/,
  ],
  ['a node that defines an input', { input: [x, y], node: [relu] }, /defines 'y'/],
  ['an input listed twice', { input: [x, x] }, /graph input 'x' is there twice/],
  ['an input without a name', { input: [{}] }, /a graph input has no name/],
  [
    'an initializer listed twice',
    {
      initializer: [
        { name: 'w', dataType: 1, dims: [0] },
        { name: 'w', dataType: 1, dims: [0] },
      ],
    },
    /'w' is there twice/,
  ],
  ['a node without an operator', { input: [x], node: [node('', ['x'], ['y'])] }, /has no operator/],
  [
    'an attribute given twice',
    {
      input: [x],
      node: [
        {
          ...relu,
          attribute: [
            { name: 'a', type: 2, i: 1 },
            { name: 'a', type: 2, i: 2 },
          ],
        },
      ],
    },
    /has an attribute twice/,
  ],
  [
    'an attribute that holds another type',
    { input: [x], node: [{ ...relu, attribute: [{ name: 'a', type: 2, f: 1 }] }] },
    /said to be of type int, but holds a value of type float/,
  ],
  [
    'an attribute of an unknown type',
    { input: [x], node: [{ ...relu, attribute: [{ name: 'a', type: 77 }] }] },
    /type 77/,
  ],
];

for (const [what, graph, message] of broken) {
  test(`${what} is an error that names the place`, () => {
    expect(() => decode(graph)).toThrow(invalid(message));
  });
}

test('names in messages are short and harmless', () => {
  const name = `\u001b[31m${'n'.repeat(1000)}`;
  const error = (() => {
    try {
      decode({ node: [node('Relu', [name], ['y'])] });
    } catch (e) {
      return e instanceof Error ? e.message : '';
    }
    return '';
  })();
  expect(error).toContain('\\u{1b}[31mnnn');
  expect(error.length).toBeLessThan(200);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(error).not.toMatch(/[\u0000-\u001f]/);
});

test('since IR 4 an initializer that is an input is a default, before it is a constant', () => {
  const graph: GraphProto = {
    input: [x],
    initializer: [{ name: 'x', dataType: 1, dims: [2], rawData: data(8) }],
  };
  const [now] = decode(graph, { irVersion: 4 }).graph.inputs;
  expect(now).toMatchObject({ overridable: true, isInput: true });
  const [then] = decode(graph, { irVersion: 3 }).graph.inputs;
  expect(then).toMatchObject({ overridable: false, isInput: true });
  expect(then?.tensor?.dims).toEqual([2]);
});

test('dimensions are sizes, names or unknown', () => {
  const dim = [{ dimValue: 3 }, { dimParam: 'N' }, {}, { dimValue: -1 }, { dimParam: '' }, { dimParam: '7' }];
  const info = (name: string) => ({ name, type: { tensorType: { elemType: 1, shape: { dim } } } });
  const model = decode({ input: [info('a'), info('b')] });
  const [a, b] = model.graph.inputs.map((v) => (v.type?.kind === 'tensor' ? (v.type.shape ?? []) : []));
  expect(a?.[0]).toBe(3);
  expect(a?.map((d) => dimName(d))).toEqual([undefined, 'N', undefined, undefined, undefined, '7']);
  expect(String(a?.[1])).toBe(String(b?.[1]));
  expect(String(a?.[2])).not.toBe(String(b?.[2]));
  // A dim_param is a name even when it looks like a number.
  expect(String(a?.[5])).not.toBe('7');
});

test('types of the file are declarations; those of main inputs count', () => {
  const body: GraphProto = { name: 'body', input: [{ ...x, name: 'i' }], output: [{ name: 'i' }] };
  const model = decode({
    input: [x],
    node: [node('Loop', ['x'], ['y'], { attribute: [{ name: 'body', type: 5, g: body }] })],
    output: [{ ...x, name: 'y' }],
  });
  const type = { kind: 'tensor', dtype: 'float32', shape: [2] };
  expect(model.graph.inputs[0]).toMatchObject({ type, declared: type });
  const loop = model.graph.firstNode;
  const nested = loop?.graphs[0]?.inputs[0];
  expect(nested?.type).toBeUndefined();
  expect(nested?.declared).toEqual(type);
  expect(loop && outputOf(loop).type).toBeUndefined();
  expect(loop && outputOf(loop).declared).toEqual(type);
});

test('an attribute without a type has that of its value', () => {
  const model = decode({ input: [x], node: [{ ...relu, attribute: [{ name: 'a', ints: [1, 2 ** 60] }] }] });
  expect(model.graph.firstNode?.attributes.get('a')).toMatchObject({ type: 'ints', value: [1, 2n ** 60n] });
});

test('attributes of functions may stand for those of the call', () => {
  const attribute = [{ name: 'alpha', type: 1, refAttrName: 'slope' }];
  const model = decode(
    { input: [x], node: [node('Leaky', ['x'], ['y'], { domain: 'my' })], output: [y] },
    {
      functions: [
        {
          name: 'Leaky',
          domain: 'my',
          input: ['a'],
          output: ['b'],
          attribute: ['slope'],
          attributeProto: [{ name: 'beta', type: 1, f: 0.5 }],
          opsetImport: [{ domain: 'ai.onnx', version: 16 }],
          node: [node('LeakyRelu', ['a'], ['b'], { attribute })],
        },
      ],
    },
  );
  const call = model.graph.firstNode;
  const fn = call && model.functionOf(call);
  expect(fn?.body.firstNode?.attributes.get('alpha')).toMatchObject({
    type: 'reference',
    value: 'slope',
    of: 'float',
  });
  expect(fn?.defaults.get('beta')).toMatchObject({ type: 'float', value: 0.5 });
  expect(fn?.attributes).toEqual(['slope']);
  expect(fn?.body.opset()).toBe(16);
});

test('a function does not see the values of the model', () => {
  const fn = { name: 'F', domain: 'my', output: ['b'], node: [node('Neg', ['x'], ['b'])] };
  expect(() => decode({ input: [x] }, { functions: [fn] })).toThrow(invalid(/'x', which nothing defines/));
});

test('two functions of one name are an error', () => {
  const fn = { name: 'F', domain: 'my' };
  expect(() => decode({}, { functions: [fn, fn] })).toThrow(
    invalid(/function 'F' of domain 'my' is there twice/),
  );
});

test('a domain is imported in one version', () => {
  const same = [{ version: 17 }, { domain: 'ai.onnx', version: 17 }];
  expect(decode({}, { opsetImport: same }).opsets).toEqual(new Map([['', 17]]));
  const two = [{ version: 17 }, { domain: '', version: 13 }];
  expect(() => decode({}, { opsetImport: two })).toThrow(invalid(/versions 17 and 13/));
  expect(() => decode({}, { opsetImport: [{ version: 2 ** 62 }] })).toThrow(invalid(/which cannot be/));
});

test('a newer IR and opset are read all the same', () => {
  const model = decode(
    { input: [x], node: [relu], output: [y] },
    { irVersion: 99, opsetImport: [{ version: 999 }] },
  );
  expect(model.irVersion).toBe(99);
  expect(model.graph.opset()).toBe(999);
});

test('files of other kinds are refused with a word about what they are', () => {
  const text = (content: string) => () => decodeModel(new TextEncoder().encode(content));
  expect(text('')).toThrow(
    expect.objectContaining({ code: 'model/invalid', hint: expect.stringContaining('empty') }),
  );
  expect(text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n')).toThrow(
    expect.objectContaining({ code: 'model/wire', hint: expect.stringContaining('git lfs pull') }),
  );
  expect(text('<!doctype html><p>Not found</p>')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('web page') }),
  );
});

test('names of built-in properties are names like others', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
  const model = decode({
    input: [x],
    node: names.map((name) => node('Relu', ['x'], [name], { attribute: [{ name, type: 2, i: 1 }] })),
    output: names.map((name) => ({ name })),
  });
  expect(model.graph.outputs.map((v) => v.name)).toEqual(names);
  expect([...(model.graph.lastNode?.attributes.keys() ?? [])]).toEqual(['hasOwnProperty']);
});

function data(count: number): { byteLength: number; load: () => Uint8Array } {
  return { byteLength: count, load: () => new Uint8Array(count) };
}
