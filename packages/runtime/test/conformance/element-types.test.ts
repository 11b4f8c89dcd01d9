import {
  type DType,
  dtypeKind,
  dtypes,
  Editor,
  inferModel,
  type Node,
  newestOpset,
  newModel,
  type OperatorSchema,
  schemaOf,
  tensorType,
  type Value,
} from '@refold/ir';
import { createSession, fromReals, NdArray, type NdValue, reals, typeOfValue } from '@refold/runtime';
import { describe, expect, test } from 'vitest';
import { findCases, setsOf } from './archive.ts';
import { readValue } from './read-value.ts';
import { modelOf } from './run-case.ts';

// ONNX's cases try few element types. Here each of their operators runs, in its newest version, on every
// type that its schema allows, and inference says the type of what comes out.

const found = findCases();
const cases =
  typeof found === 'string' ? [] : found.filter(({ name }) => /^node\/(?!.*_expanded)/.test(name));

/** Types that no result could have: there are no sums of strings, and keys of other types than the input's. */
const impossible: ReadonlySet<string> = new Set([
  'Col2Im T string',
  'GridSample T1 string',
  ...['float64', 'float32', 'int16', 'int32', 'int64'].map((dtype) => `ai.onnx.ml.LabelEncoder T1 ${dtype}`),
  // Results have the width of operands, which cases do not vary with them.
  ...['complex128', 'float4e2m1', 'int2', 'int4', 'uint2', 'uint4'].map((dtype) => `BitCast T1 ${dtype}`),
]);

/** One operator with the operands of a case. */
interface Sample {
  readonly node: Node;
  readonly schema: OperatorSchema;
  readonly operands: readonly (NdArray | undefined)[];
}

function sampleOf(one: (typeof cases)[number]): Sample | undefined {
  const { graph } = modelOf(one);
  const node = graph.firstNode;
  const schema = node && schemaOf(node.domain, node.opType, newestOpset());
  if (!node || !schema || graph.nodeCount !== 1 || node.graphs.length > 0) return undefined;
  const files = setsOf(one.folder)[0]?.inputs ?? [];
  const values = new Map<Value, NdValue>();
  graph.inputs.forEach((input, i) => {
    const file = files[i];
    if (file) values.set(input, readValue(file, input.type ?? input.declared));
  });
  const operands = node.inputs.map((input) => input && values.get(input));
  const tensors = operands.every((value) => value === undefined || value.kind === 'tensor');
  return tensors
    ? { node, schema, operands: operands.map((v) => (v?.kind === 'tensor' ? v : undefined)) }
    : undefined;
}

/** Much the same elements in another type. */
function converted(x: NdArray, dtype: DType): NdArray {
  if (x.dtype === dtype) return x;
  if (dtype === 'string') return new NdArray(dtype, x.dims, [...x.data].map(String));
  if (dtypeKind(dtype) === 'complex') {
    const parts = new Float64Array(x.size * 2).fill(1);
    return new NdArray(dtype, x.dims, dtype === 'complex64' ? Float32Array.from(parts) : parts);
  }
  const source = x.dtype === 'string' ? new Float64Array(x.size) : reals(x);
  return fromReals(dtype, x.dims, source);
}

function dtypeNamed(type: string): DType | undefined {
  const name = /^tensor\((.*)\)$/.exec(type)?.[1];
  return dtypes.find((dtype) => dtype === ({ float: 'float32', double: 'float64' }[name ?? ''] ?? name));
}

/** Runs a sample with the operands of one type parameter in another type. */
function run({ node, schema, operands }: Sample, parameter: string, dtype: DType): void {
  const model = newModel(
    new Map([
      ['', newestOpset()],
      ...['ai.onnx.ml', 'ai.onnx.preview', 'ai.onnx.preview.training'].map((d) => [d, 5] as const),
    ]),
  );
  const editor = new Editor(model);
  const feeds = new Map<string, NdArray>();
  const inputs = operands.map((operand, i) => {
    if (!operand) return undefined;
    const formal = schema.inputs[Math.min(i, schema.inputs.length - 1)];
    const value = formal?.type === parameter ? converted(operand, dtype) : operand;
    feeds.set(`x${i}`, value);
    return editor.addInput(model.graph, { name: `x${i}`, type: tensorType(value.dtype, value.dims) });
  });
  const copy = editor.createNode(
    {
      opType: node.opType,
      domain: node.domain,
      inputs,
      outputs: node.outputs.map((output, i) => output && `y${i}`),
      attributes: node.attributes.values(),
    },
    { end: model.graph },
  );
  editor.setOutputs(
    model.graph,
    copy.outputs.filter((output) => output !== undefined),
  );
  inferModel(editor, (error) => {
    throw error;
  });
  const results = createSession(model).run(feeds);
  for (const { name, type } of model.graph.outputs) {
    const value = results.get(name);
    const actual = value && typeOfValue(value);
    const same =
      actual?.kind === 'tensor' && type?.kind === 'tensor'
        ? actual.dtype === type.dtype
        : type?.kind === actual?.kind;
    if (!same) throw new Error(`output ${name} is not of the type that was inferred`);
  }
}

describe.skipIf(cases.length === 0)('element types (needs ../shared)', () => {
  test('every operator with a case takes every type that its schema allows', () => {
    const done = new Set<string>();
    const failed = new Map<string, string>();
    for (const one of cases) {
      const sample = sampleOf(one);
      for (const [parameter, types] of sample?.schema.types ?? []) {
        if (!sample?.schema.inputs.some((input) => input.type === parameter)) continue;
        for (const dtype of types.map(dtypeNamed)) {
          const key = `${sample.node.op} ${parameter} ${dtype}`;
          if (!dtype || done.has(key) || impossible.has(key)) continue;
          try {
            run(sample, parameter, dtype);
            done.add(key);
            failed.delete(key);
          } catch (error) {
            // Another case of the operator may have operands that other types can hold.
            if (!failed.has(key)) failed.set(key, String(error));
          }
        }
      }
    }
    expect([...failed]).toEqual([]);
    expect(done.size).toBeGreaterThan(1500);
  });
});
