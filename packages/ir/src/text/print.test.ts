import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import { newModel } from '../graph/new-model.ts';
import { symbolDim } from '../types/dim.ts';
import { addDims } from '../types/dim-arithmetic.ts';
import { type DType, dtypes } from '../types/dtype.ts';
import { newElements, tensorOfElements } from '../types/elements.ts';
import { Tensor } from '../types/tensor.ts';
import { tensorType } from '../types/value-type.ts';
import { parseGraph, parseModel, parseNodes } from './parse.ts';
import { printFunction, printGraph, printModel, printNode } from './print.ts';

const header = '<ir_version: 8, opset_import: ["" : 17]>';

test('a model is printed as ONNX prints it', () => {
  const text = `<
   ir_version: 8,
   opset_import: ["" : 17, "com.microsoft" : 1],
   producer_name: "x\\"y",
   metadata_props: ["a": "b"]
>
g (float[N,?,3] x, seq(float[]) s, float[2] d = {1,2}, bool z) => (float[] y)
   <float[2] w = {1,-inf},
    string[2] t = {"a","b"},
    float[] u>
{
   [lab] "a b", u = com.microsoft.Gelu:ovl <a: int = 1, b: float = 0.1, c: ints = [1, 2], e: tensor = float[2] {1,2}> (x, "", w)
   y = If (z) <then_branch: graph = g1 () => (q) {
      q = Neg (u)
      q2 = If (z) <then_branch: graph = g2 () => (q) {
      }>
   }, alpha: int = 3>
}
<
   domain: "foo",
   overload: "xx",
   opset_import: ["" : 17],
   doc_string: "hi"
>
f <a, b: float = 1.5> (x, float y) => (z) {
   z = Add <alpha: float = @a> (x, y)
}
`;
  expect(printModel(parseModel(text))).toBe(text);
});

test('names that are not identifiers, or would be read as types, stand in quotes', () => {
  const model = parseModel(`${header} "my graph" (float "a/b", "int64") => ("é") {
    "é" = "x-y"."O p" <"k k" = 1, g = "float" () => () {}, h = "nan" () => () {}, r = @"q r"> ("a/b", "int64")
  }`);
  const text = printModel(model);
  expect(text).toContain('"my graph" (float "a/b", "int64") => ("é")');
  expect(text).toContain('"é" = "x-y"."O p" ("a/b", int64) <"k k": int = 1, g: graph = "float" () => () {');
  expect(printModel(parseModel(text))).toBe(text);
});

test('nothing that a terminal obeys gets into the text', () => {
  const hostile = '\u001b]0;owned\u0007\r\n\u0000\u009b31m\u202e\ud800"\\';
  const model = newModel(new Map([['', 17]]), 8, hostile);
  const editor = new Editor(model);
  const x = editor.addInput(model.graph, {
    name: hostile,
    type: tensorType('float32', [symbolDim(hostile)]),
  });
  editor.createNode(
    {
      opType: hostile,
      domain: hostile,
      overload: hostile,
      name: hostile,
      inputs: [x],
      outputs: [`${hostile}2`],
      attributes: [{ name: hostile, type: 'string', value: hostile }],
    },
    { end: model.graph },
  );
  const text = printModel(model);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ud800]/);
  const back = parseModel(text);
  expect(back.graph.name).toBe(hostile);
  expect(back.graph.inputs[0]?.name).toBe(hostile);
  expect(back.graph.firstNode?.attributes.get(hostile)?.value).toBe(hostile);
  expect(printModel(back)).toBe(text);
});

test('a default that says less than the type of its input stands among the initializers', () => {
  const model = parseModel(`${header} g (float[N] a) => (a) <float[2] a = {1, 2}> {}`);
  expect(printModel(model)).toContain('g (float[N] a) => (float[N] a)\n   <float[2] a = {1,2}>\n{');
  expect(parseModel(printModel(model)).graph.inputs[0]?.overridable).toBe(true);
});

test('symbolic sizes are names; sums stand in quotes, unknown ones are question marks', () => {
  const model = parseModel(`${header} g () => (x) { x = Op () }`);
  const editor = new Editor(model);
  const n = symbolDim('N');
  editor.addInput(model.graph, { name: 'a', type: tensorType('float32', [n, addDims(n, 1), 3]) });
  expect(printModel(model)).toContain('float[N,"N + 1",3] a');
});

test('types of intermediate values: those of the file, all that are known, or none', () => {
  const model = parseModel(`${header} g (float x) => (y) <float[N] s> { s, t = Split (x) y = Op (s, t) }`);
  const editor = new Editor(model);
  const [s, t] = model.graph.firstNode?.outputs ?? [];
  for (const value of [s, t]) if (value) editor.setType(value, tensorType('float32', [7]));
  expect(printModel(model)).toContain('\n   <float[N] s>\n');
  expect(printModel(model, { types: 'known' })).toContain('\n   <float[7] s,\n    float[7] t>\n');
  expect(printModel(model, { types: 'none' })).not.toContain('<float');
});

test('large tensors can be left out, and are then not loaded', () => {
  const model = parseModel(`${header} g () => () {}`);
  const editor = new Editor(model);
  const load = (): Uint8Array => {
    throw new Error('loaded');
  };
  const tensor = Tensor.lazy('float32', [1000], { byteLength: 4000, load });
  editor.addInitializer(model.graph, { name: 'w', tensor });
  expect(printModel(model, { maxElements: 10 })).toContain('float[1000] w = {...}');
  expect(() => printModel(model)).toThrow('loaded');
});

test('small floats are bit patterns as in ONNX, or decimals when asked for and exact', () => {
  const model = parseModel(
    `${header} g () => () <float16[3] w = {1.0, 0.1, -inf}, float16[2] n = {32256, 32257}> {}`,
  );
  expect(printModel(model)).toContain('float16[3] w = {15360,11878,64512}');
  const decimals = printModel(model, { decimals: true });
  expect(decimals).toContain('float16[3] w = {1.0,0.099975586,-inf}');
  expect(decimals).toContain('float16[2] n = {32256,32257}');
  expect(printModel(parseModel(decimals))).toBe(printModel(model));
});

test('a chain of nested graphs of any depth is printed', () => {
  const model = newModel(new Map([['', 17]]));
  const editor = new Editor(model);
  const c = editor.addInput(model.graph, { name: 'c', type: tensorType('bool', []) });
  let inner = editor.createGraph('deepest');
  editor.setOutputs(inner, [c]);
  for (let i = 0; i < 5000; i += 1) {
    const outer = editor.createGraph(`g${i}`);
    editor.createNode(
      {
        opType: 'If',
        inputs: [c],
        outputs: [`v${i}`],
        attributes: [{ name: 'then_branch', type: 'graph', value: inner }],
      },
      { end: outer },
    );
    inner = outer;
  }
  const text = printGraph(inner);
  expect(text.match(/then_branch/g)).toHaveLength(5000);
  expect(text.length).toBeLessThan(5000 * 400);
});

test('nodes and graphs can be read into a model on their own', () => {
  const model = parseModel(`${header} g (float[2] x, bool c) => (y) { y = Relu (x) }`);
  const editor = new Editor(model);
  const graph = parseGraph(editor, 'branch () => (z) { z = Neg (x) }', model.graph);
  expect(printGraph(graph)).toBe('branch () => (z) {\n   z = Neg (x)\n}');
  const first = model.graph.firstNode;
  if (!first) throw new Error('no node');
  const nodes = parseNodes(editor, { before: first }, 'a = Neg (x) [n] b = Add (a, x)');
  expect(nodes.map((n) => printNode(n))).toEqual(['a = Neg (x)', '[n] b = Add (a, x)']);
  expect([...model.graph.nodes()].map((n) => n.opType)).toEqual(['Neg', 'Add', 'Relu']);
  expect(() => parseNodes(editor, { end: model.graph }, 'q = Neg (nowhere)')).toThrow(/nowhere/);
});

test('values that share a name get names of their own, as in a file', () => {
  const model = parseModel(`${header} g (float x) => (y) { t = Relu (x) y = Neg (t) }`);
  const editor = new Editor(model);
  const t = model.graph.firstNode?.outputs[0];
  if (t) editor.rename(t, 'x');
  const text = printModel(model);
  expect(text).toContain('x_1 = Relu (x)\n   y = Neg (x_1)');
  expect(printModel(parseModel(text))).toBe(text);
});

test('a function is printed on its own', () => {
  const model = parseModel(
    `${header} g () => () {} <domain: "d", opset_import: ["" : 17]> f (x) => (y) { y = Neg (x) }`,
  );
  const [fn] = model.functions.values();
  expect(fn && printFunction(fn)).toBe(
    '<\n   domain: "d",\n   opset_import: ["" : 17]\n>\nf (x) => (y) {\n   y = Neg (x)\n}\n',
  );
});

// ------------------------------------------------------------------ what is printed reads back

const name = fc.oneof(
  fc.constantFrom('a', 'b', 'x_1', 'float', 'inf', 'seq'),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
);

const tensor = fc
  .record({
    dtype: fc.constantFrom(...dtypes),
    dims: fc.array(fc.nat(3), { maxLength: 3 }),
    seed: fc.infiniteStream(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })),
  })
  .map(({ dtype, dims, seed }) => randomTensor(dtype, dims, seed));

function randomTensor(dtype: DType, dims: readonly number[], seed: Iterator<bigint>): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  const next = (): bigint => seed.next().value ?? 0n;
  if (dtype === 'string')
    return Tensor.ofStrings(
      dims,
      Array.from({ length: count }, () => String(next())),
    );
  const elements = newElements(dtype, count);
  const bytes = new Uint8Array(elements.buffer);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = Number(BigInt.asUintN(8, next()));
  if (dtype === 'bool') for (let i = 0; i < bytes.length; i += 1) bytes[i] = (bytes[i] ?? 0) & 1;
  return tensorOfElements(dtype, dims, elements);
}

/** Bit patterns of NaN other than the usual one become the usual one; everything else must come back. */
function sameBits(a: Tensor, b: Tensor): void {
  expect([b.dtype, b.dims, b.strings]).toEqual([a.dtype, a.dims, a.strings]);
  if (a.strings) return;
  const floats = {
    float32: Float32Array,
    complex64: Float32Array,
    float64: Float64Array,
    complex128: Float64Array,
  } as const;
  const make = a.dtype in floats ? floats[a.dtype as keyof typeof floats] : Uint8Array;
  const view = (t: Tensor) => Array.from(new make(t.bytes().slice().buffer));
  expect(view(b)).toEqual(view(a));
}

test('printing, reading and printing again gives the same text and the same weights', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(name, { minLength: 5, maxLength: 5 }),
      fc.array(tensor, { minLength: 1, maxLength: 3 }),
      fc.float(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.string({ unit: 'binary' }),
      (names, tensors, float, int, text) => {
        const [graphName = '', x = '', y = '', op = '', attribute = ''] = names;
        const model = newModel(new Map([['', 17]]), 8, graphName);
        const editor = new Editor(model);
        const input = editor.addInput(model.graph, {
          name: x,
          type: tensorType('float32', [symbolDim(y), 2]),
        });
        const weights = tensors.map((t, i) =>
          editor.addInitializer(model.graph, { name: `w${i} ${x}`, tensor: t }),
        );
        const node = editor.createNode(
          {
            opType: op,
            inputs: [input, undefined, ...weights],
            outputs: [y],
            name: attribute,
            attributes: [
              { name: `${attribute}1`, type: 'tensors', value: tensors },
              { name: `${attribute}2`, type: 'floats', value: [float] },
              { name: `${attribute}3`, type: 'ints', value: [int] },
              { name: `${attribute}4`, type: 'string', value: text },
            ],
          },
          { end: model.graph },
        );
        editor.setOutputs(
          model.graph,
          node.outputs.flatMap((v) => (v ? [v] : [])),
        );
        const printed = printModel(model);
        const back = parseModel(printed);
        expect(printModel(back)).toBe(printed);
        [...back.graph.initializers].forEach((w, i) => {
          const before = tensors[i];
          if (w.tensor && before) sameBits(before, w.tensor);
        });
        const attributes = back.graph.firstNode?.attributes;
        expect(attributes?.get(`${attribute}2`)?.value).toEqual([float]);
        expect(attributes?.get(`${attribute}3`)?.value).toEqual([
          Number.isSafeInteger(Number(int)) ? Number(int) : int,
        ]);
        expect(attributes?.get(`${attribute}4`)?.value).toBe(text);
      },
    ),
  );
});
