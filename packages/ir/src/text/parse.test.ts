import { expect, test } from 'vitest';
import { ModelError } from '../errors.ts';
import { dimName } from '../types/dim.ts';
import { parseModel } from './parse.ts';
import { printModel } from './print.ts';

const header = '<ir_version: 8, opset_import: ["" : 17, "com.microsoft" : 1]>';

/** A graph with one input x whose nodes are the text. */
const graph = (nodes: string, values = ''): string =>
  `${header} g (float[N] x) => (y) ${values} { ${nodes} }`;

function only(text: string) {
  const node = parseModel(text).graph.firstNode;
  if (!node) throw new Error('no node');
  return node;
}

function syntaxError(text: string): string {
  try {
    parseModel(text);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'model/syntax') return error.message;
    throw error;
  }
  throw new Error('no error');
}

test('the header gives versions and says where the model comes from', () => {
  const model = parseModel(`<
    ir_version: 8,
    opset_import: ["" : 17, "ai.onnx.ml" : 3],
    producer_name: "somebody \\"else\\"", model_version: 9007199254740993,
    metadata_props: ["a": "b", "c": "d"] # a comment
  > g () => () {}`);
  expect(model.irVersion).toBe(8);
  expect([...model.opsets]).toEqual([
    ['', 17],
    ['ai.onnx.ml', 3],
  ]);
  expect(model.origin).toMatchObject({
    message: {
      producerName: 'somebody "else"',
      modelVersion: 9007199254740993n,
      metadataProps: [
        { key: 'a', value: 'b' },
        { key: 'c', value: 'd' },
      ],
    },
  });
});

test('names resolve to values, and the uses are linked', () => {
  const model = parseModel(graph('t = Relu (x)  y = Add (t, x)'));
  const [x] = model.graph.inputs;
  const [y] = model.graph.outputs;
  expect(x?.useCount).toBe(2);
  expect(y?.producer?.inputs[1]).toBe(x);
  expect(y?.isGraphOutput).toBe(true);
});

test('inputs of the main graph have a type; what is said of other values is a hint', () => {
  const model = parseModel(
    `${header} g (float[N, ?, 3] x) => (float[] y) <int64 t> { t = Size (x) y = Cast <to = 1> (t) }`,
  );
  const x = model.graph.inputs[0]?.type;
  expect(x?.kind).toBe('tensor');
  const shape = x?.kind === 'tensor' ? (x.shape ?? []) : [];
  expect(dimName(shape[0] ?? 0)).toBe('N');
  expect(dimName(shape[1] ?? 0)).toBeUndefined();
  expect(shape[2]).toBe(3);
  const t = model.graph.firstNode?.outputs[0];
  expect(t?.type).toBeUndefined();
  expect(t?.declared).toEqual({ kind: 'tensor', dtype: 'int64', shape: [] });
  expect(model.graph.outputs[0]?.declared).toEqual({ kind: 'tensor', dtype: 'float32' });
});

test('a nested graph reads values of the graphs around it', () => {
  const model = parseModel(`${header} g (bool c, float[2] x) => (y) {
    y = If (c) <
      then_branch = a () => (p) { p = If (c) <then_branch = b () => (q) { q = Neg (x) }, else_branch = e () => (x) {}> },
      else_branch = d () => (x) {}
    >
  }`);
  const [c, x] = model.graph.inputs;
  expect(c?.useCount).toBe(2);
  expect(x?.useCount).toBe(3);
  expect([...model.graphs()].map((g) => g.name)).toEqual(['g', 'd', 'a', 'e', 'b']);
});

test('an inner definition hides an outer one of the same name until its graph ends', () => {
  const model = parseModel(`${header} g (bool c, float[2] x) => (y, z) {
    y = If (c) <then_branch = a () => (x) { x = Constant <value_float = 1.0> () }, else_branch = d () => (x) {}>
    z = Neg (x)
  }`);
  expect(model.graph.lastNode?.inputs[0]).toBe(model.graph.inputs[1]);
  expect(model.graph.inputs[1]?.useCount).toBe(2);
});

test('operands and results may be absent', () => {
  expect(only(graph('y = Op (x, , x)')).inputs.map((v) => v?.name)).toEqual(['x', undefined, 'x']);
  expect(only(graph('y = Op (,x)')).inputs.map((v) => v?.name)).toEqual([undefined, 'x']);
  expect(only(graph('y = Op (x, "")')).inputs).toHaveLength(2);
  expect(only(graph('y = Op (x,)')).inputs).toHaveLength(1);
  expect(only(graph('y = Op (,)')).inputs).toEqual([undefined]);
  expect(only(graph('y = Op ()')).inputs).toEqual([]);
  expect(only(graph('y, "", z = Op (x)')).outputs.map((v) => v?.name)).toEqual(['y', undefined, 'z']);
});

test('operators have domains, overloads and labels', () => {
  const node = only(graph('[my_node] y = com.microsoft.Gelu:fast (x)'));
  expect([node.name, node.domain, node.opType, node.overload]).toEqual([
    'my_node',
    'com.microsoft',
    'Gelu',
    'fast',
  ]);
  expect(only(graph('["a b"] y = ai.onnx.Relu (x)')).domain).toBe('');
  const odd = only(graph('y = "my-domain"."Op/1" (x)'));
  expect([odd.domain, odd.opType]).toEqual(['my-domain', 'Op/1']);
});

test('attributes of every kind', () => {
  const attribute = (text: string) => only(graph(`y = Op <a${text}> (x)`)).attributes.get('a');
  expect(attribute(' = 3')).toEqual({ name: 'a', type: 'int', value: 3 });
  expect(attribute(' = -9223372036854775808')).toMatchObject({ value: -(2n ** 63n) });
  expect(attribute(' = 1.1')).toEqual({ name: 'a', type: 'float', value: Math.fround(1.1) });
  expect(attribute(': float = 2')).toEqual({ name: 'a', type: 'float', value: 2 });
  expect(attribute(' = -inf')).toMatchObject({ type: 'float', value: Number.NEGATIVE_INFINITY });
  expect(attribute(' = NaN')).toMatchObject({ type: 'float', value: Number.NaN });
  expect(attribute(' = 1e-3')).toMatchObject({ value: Math.fround(1e-3) });
  expect(attribute(' = "a\\"b\\\\"')).toEqual({ name: 'a', type: 'string', value: 'a"b\\' });
  expect(attribute(' = [1, -2]')).toEqual({ name: 'a', type: 'ints', value: [1, -2] });
  expect(attribute(' = [1.5, 2.0]')).toEqual({ name: 'a', type: 'floats', value: [1.5, 2] });
  expect(attribute(': floats = [1, 2]')).toEqual({ name: 'a', type: 'floats', value: [1, 2] });
  expect(attribute(' = ["p", "q"]')).toEqual({ name: 'a', type: 'strings', value: ['p', 'q'] });
  expect(attribute(': ints = []')).toEqual({ name: 'a', type: 'ints', value: [] });
  expect(attribute(': strings = []')).toEqual({ name: 'a', type: 'strings', value: [] });
  expect(attribute(': tensor = int64[2] {1, 2}')).toMatchObject({
    type: 'tensor',
    value: { dtype: 'int64', dims: [2] },
  });
  expect(attribute(' = float t = {1}')).toMatchObject({ type: 'tensor', value: { dims: [] } });
  expect(attribute(' = [float {1}, int64 {2}]')).toMatchObject({
    type: 'tensors',
    value: [{ dtype: 'float32' }, { dtype: 'int64' }],
  });
  expect(attribute(' = seq(float[2])')).toMatchObject({ type: 'type', value: { kind: 'sequence' } });
  expect(attribute(': type_protos = [float, optional(string[])]')).toMatchObject({
    type: 'types',
    value: [{ kind: 'tensor' }, { kind: 'optional' }],
  });
  expect(attribute(' = g1 () => (x) {}')).toMatchObject({ type: 'graph', value: { name: 'g1' } });
  expect(attribute(' = "g 1" () => (x) {}')).toMatchObject({ type: 'graph', value: { name: 'g 1' } });
  expect(attribute(' = [g1 () => () {}, g2 () => () {}]')).toMatchObject({
    type: 'graphs',
    value: [{ name: 'g1' }, { name: 'g2' }],
  });
  expect(attribute(' = sparse_tensor(float[3]) {float[1] {2}, int64[1] {1}}')).toMatchObject({
    type: 'sparse',
    value: { dims: [3] },
  });
  expect(attribute(': float = @alpha')).toEqual({
    name: 'a',
    type: 'reference',
    value: 'alpha',
    of: 'float',
  });
});

test('attributes may stand before or behind the operands', () => {
  expect(only(graph('y = Op <a = 1> (x)')).attributes.size).toBe(1);
  expect(only(graph('y = Op (x) <a = 1>')).attributes.size).toBe(1);
});

test('initializers, and defaults of inputs in either place', () => {
  const model =
    parseModel(`${header} g (float[2] a = {1, 2}, float[2] b) => (y) <float[2] b = {3, 4}, int64 w = {7}> {
    y = Add (a, b)
  }`);
  const [a, b] = model.graph.inputs;
  expect([a?.overridable, b?.overridable]).toEqual([true, true]);
  expect(a?.tensor?.bytes()).toEqual(new Uint8Array(Float32Array.of(1, 2).buffer));
  expect(b?.tensor?.bytes()).toEqual(new Uint8Array(Float32Array.of(3, 4).buffer));
  const [w] = model.graph.initializers;
  expect([w?.name, w?.type, w?.overridable]).toEqual([
    'w',
    { kind: 'tensor', dtype: 'int64', shape: [] },
    false,
  ]);
  expect(model.graph.initializers.size).toBe(1);
});

test('before IR 4 an initializer that is an input is still a constant', () => {
  const model = parseModel('<ir_version: 3, opset_import: ["" : 7]> g (float w = {1}) => (w) {}');
  expect(model.graph.inputs[0]?.overridable).toBe(false);
});

test('elements of every type', () => {
  const bytes = (text: string): number[] => {
    const model = parseModel(`${header} g () => (w) <${text}> {}`);
    return [...([...model.graph.initializers][0]?.tensor?.bytes() ?? [])];
  };
  const of = (array: ArrayBufferView): number[] => [...new Uint8Array(array.buffer)];
  expect(bytes('float[3] w = {1, -inf, 1e-3}')).toEqual(
    of(Float32Array.of(1, Number.NEGATIVE_INFINITY, 1e-3)),
  );
  expect(bytes('double w = {0.1}')).toEqual(of(Float64Array.of(0.1)));
  expect(bytes('int64[2] w = {-9223372036854775808, 9007199254740993}')).toEqual(
    of(BigInt64Array.of(-(2n ** 63n), 9007199254740993n)),
  );
  expect(bytes('uint64 w = {18446744073709551615}')).toEqual(of(BigUint64Array.of(2n ** 64n - 1n)));
  expect(bytes('int8[2] w = {-128, 127}')).toEqual([128, 127]);
  expect(bytes('bool[2] w = {1, 0}')).toEqual([1, 0]);
  expect(bytes('int4[3] w = {1, -2, 3}')).toEqual([0xe1, 0x03]);
  expect(bytes('uint2[4] w = {0, 1, 2, 3}')).toEqual([0b11100100]);
  expect(bytes('complex64[1] w = {1, -2}')).toEqual(of(Float32Array.of(1, -2)));
  expect(bytes('float[0] w = {}')).toEqual([]);
});

test('whole numbers in small floats are bit patterns, decimals are values', () => {
  const bytes = (text: string): number[] => {
    const model = parseModel(`${header} g () => (w) <${text}> {}`);
    return [...([...model.graph.initializers][0]?.tensor?.bytes() ?? [])];
  };
  expect(bytes('float16[2] w = {15360, 1}')).toEqual([0x00, 0x3c, 1, 0]);
  expect(bytes('float16[2] w = {1.0, 0.5}')).toEqual([0x00, 0x3c, 0x00, 0x38]);
  expect(bytes('bfloat16 w = {-inf}')).toEqual([0x80, 0xff]);
  expect(bytes('float8e4m3fn w = {1.0}')).toEqual([0x38]);
  expect(bytes('float4e2m1[2] w = {1, 2}')).toEqual([0x21]);
  expect(syntaxError(`${header} g () => (w) <float16[2] w = {1.0, 2}> {}`)).toMatch(
    /write 2\.0 for the value/,
  );
});

test('strings keep what stands behind a backslash; \\u{hex} is a character', () => {
  const text = (literal: string) => only(graph(`y = Op <a = ${literal}> (x)`)).attributes.get('a')?.value;
  expect(text('"a\\nb"')).toBe('anb');
  expect(text('"a\nb"')).toBe('a\nb');
  expect(text('"\\u{1b}[0m \\u{1f600}"')).toBe('\u001b[0m \u{1f600}');
});

test('types of values', () => {
  const type = (text: string) => parseModel(`${header} g (${text} x) => (x) {}`).graph.inputs[0]?.type;
  expect(type('float')).toEqual({ kind: 'tensor', dtype: 'float32', shape: [] });
  expect(type('double[]')).toEqual({ kind: 'tensor', dtype: 'float64' });
  expect(type('seq(map(int64, float8e5m2fnuz[1]))')).toEqual({
    kind: 'sequence',
    of: { kind: 'map', key: 'int64', value: { kind: 'tensor', dtype: 'float8e5m2fnuz', shape: [1] } },
  });
  expect(type('optional(sparse_tensor(float[2]))')).toEqual({
    kind: 'optional',
    of: { kind: 'sparse', dtype: 'float32', shape: [2] },
  });
  expect(type('opaque(test.rng, RNG)')).toEqual({ kind: 'opaque', domain: 'test.rng', name: 'RNG' });
  expect(type('opaque(test.rng.RNG)')).toEqual({ kind: 'opaque', domain: '', name: 'test.rng.RNG' });
});

test('functions stand behind the graph', () => {
  const model = parseModel(`${header} g (float[N] x) => (y) { y = my.domain.Scale <by = 2.0> (x) }
    <domain: "my.domain", opset_import: ["" : 17], doc_string: "scales">
    Scale <axis, by: float = 1.5> (a, float b) => (c) { s = Constant <value_float: float = @by> () c = Mul (a, s) }`);
  const node = model.graph.firstNode;
  const fn = node && model.functionOf(node);
  expect(fn).toMatchObject({ domain: 'my.domain', name: 'Scale', overload: '', attributes: ['axis'] });
  expect(fn?.defaults.get('by')).toEqual({ name: 'by', type: 'float', value: 1.5 });
  expect(fn?.opsets.get('')).toBe(17);
  expect(fn?.body.inputs.map((v) => v.name)).toEqual(['a', 'b']);
  expect(fn?.body.inputs[1]?.declared).toEqual({ kind: 'tensor', dtype: 'float32', shape: [] });
  expect(fn?.body.inputs[1]?.type).toBeUndefined();
  expect(fn?.body.inFunction).toBe(fn);
});

test('external data are read through the given source, and only when they are asked for', () => {
  const text = `${header} g () => (w) <float[2] w = ["location": "w.bin", "offset": "4", "length": "8"]> {}`;
  const bytes = new Uint8Array(Float32Array.of(9, 1, 2).buffer);
  const source = {
    size: bytes.length,
    name: 'w.bin',
    read: (at: number, n: number) => bytes.subarray(at, at + n),
  };
  const model = parseModel(text, { externalFiles: () => source });
  expect([...model.graph.initializers][0]?.tensor?.bytes()).toEqual(bytes.subarray(4));
  const without = parseModel(text);
  expect(() => [...without.graph.initializers][0]?.tensor?.bytes()).toThrow(/w\.bin.*cannot be reached/);
  expect(printModel(without)).toContain('["location": "w.bin", "offset": "4", "length": "8"]');
});

test('errors say where, what was expected and what was found', () => {
  expect(syntaxError('g (float x) => (y) {\n  y = Relu [x)\n}')).toBe(
    "line 2, column 12: expected '(', found '['",
  );
  expect(syntaxError('g (float x) => (y) {')).toBe(
    "line 1, column 21: expected '=', found the end of the text",
  );
  expect(syntaxError('<ir: 3> g () => () {}')).toMatch(/^line 1, column 2: expected one of ir_version, /);
  expect(syntaxError('g (flat x) => () {}')).toBe("line 1, column 9: expected ',' or ')', found 'x'");
  expect(syntaxError(graph('y = Relu (z)'))).toMatch(/nothing before this place defines 'z'/);
  expect(syntaxError(graph('y = Relu (x) y = Neg (x)'))).toMatch(/'y' is defined twice/);
  expect(syntaxError(graph('y = Op <a = 1, a = 2> (x)'))).toMatch(/attribute 'a' is given twice/);
  expect(syntaxError(graph('y = Op <a = []> (x)'))).toMatch(/an empty list needs its type/);
  expect(syntaxError(graph('y = Op <a: int = 1.5> (x)'))).toMatch(/expected int, found float/);
  expect(syntaxError(graph('y = Op <a = [1, 2.5]> (x)'))).toMatch(/expected int, found float/);
  expect(syntaxError(graph('y = Op <a = 9223372036854775808> (x)'))).toMatch(/does not fit in int64/);
  expect(syntaxError(graph('y = Op <a = 1e39> (x)'))).toMatch(/out of range/);
  expect(syntaxError(graph('y = Op <a = "abc> (x)'))).toMatch(/no closing quote/);
  expect(syntaxError(graph('y = Relu (x)', '<float[3] w = {1, 2}>'))).toMatch(
    /takes 3 numbers or strings, not 2/,
  );
  expect(syntaxError(graph('y = Relu (x)', '<int8 w = {128}>'))).toMatch(/128 does not fit in int8/);
  expect(syntaxError(graph('y = Relu (x)', '<float[N] w = {1}>'))).toMatch(/dimensions that are numbers/);
  expect(syntaxError(graph('y = Relu (x)', '<float[99999999999999999999] w = {1}>'))).toMatch(
    /does not fit in int64/,
  );
  expect(syntaxError(graph('y = Relu (x)', '<float[1000] w = {...}>'))).toMatch(/left out/);
});

test('hostile nesting is refused, not recursed into', () => {
  const deep = `${graph('y = Relu (x)').slice(0, -1)} ${'z = If (x) <a = g () => () {'.repeat(20000)}`;
  expect(() => parseModel(deep)).toThrow(/graphs are nested more than 100 deep/);
  expect(() => parseModel(`g (${'seq('.repeat(20000)}`)).toThrow(/types are nested/);
});

test('a long model is read in linear time and without recursion', () => {
  const nodes = Array.from({ length: 50_000 }, (_, i) => `v${i + 1} = Relu (v${i})`).join('\n');
  const model = parseModel(`${header} g (float[N] v0) => (v50000) {\n${nodes}\n}`);
  expect(model.graph.nodeCount).toBe(50_000);
});
