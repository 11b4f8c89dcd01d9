import { type DType, Editor, inferModel, parseModel } from '@refold/ir';
import { createSession, fromReals, type NdArray, reals } from '@refold/runtime';
import { typeMisfit } from '../conformance/type-misfit.ts';

/** An operand: element type, shape, elements. */
export type Operand = readonly [DType, readonly number[], readonly number[]];

/** One version of an operator at work on numbers that can be checked by hand. */
export interface Row {
  readonly op: string;
  /** Opset version of the operator's domain. */
  readonly opset: number;
  /** Nodes in ONNX's text; the operands are called a, b, c, ... */
  readonly body: string;
  readonly operands: readonly Operand[];
  /** The elements of each of the outputs y, y2, y3, ... */
  readonly want: readonly (readonly number[])[];
}

/** A row; floats and int64 are written without their type. */
export function row(
  op: string,
  opset: number,
  body: string,
  operands: readonly Operand[],
  ...want: readonly (readonly number[])[]
): Row {
  return { op, opset, body, operands, want };
}

/** A float32 operand. */
export function f(dims: readonly number[], ...values: number[]): Operand {
  return ['float32', dims, values];
}

/** A vector of int64. */
export function i(...values: number[]): Operand {
  return ['int64', [values.length], values];
}

/** An int64 scalar. */
export function n(value: number): Operand {
  return ['int64', [], [value]];
}

/** A float32 scalar. */
export function s(value: number): Operand {
  return ['float32', [], [value]];
}

/** Numbers from 1 on, or from `first`. */
export function count(dims: readonly number[], first = 1): Operand {
  const size = dims.reduce((a, b) => a * b, 1);
  return ['float32', dims, Array.from({ length: size }, (_, k) => k + first)];
}

const names: Readonly<Partial<Record<DType, string>>> = {
  float32: 'float',
  float64: 'double',
};

/** The elements of the outputs of a row's nodes. Throws when they are not of the types that are inferred. */
export function outputsOf({ opset, body, operands, want }: Row): readonly (readonly number[])[] {
  const inputs = operands.map(([dtype, dims], k) => `${names[dtype] ?? dtype}[${dims}] ${letter(k)}`);
  const outputs = want.map((_, k) => (k === 0 ? 'y' : `y${k + 1}`));
  const [standard, ml] = body.includes('ai.onnx.ml.') ? [13, opset] : [opset, 1];
  const model = parseModel(`<ir_version: 10, opset_import: ["" : ${standard}, "ai.onnx.ml" : ${ml}]>
    g (${inputs.join(', ')}) => (${outputs.join(', ')}) { ${body} }`);
  inferModel(new Editor(model), (error) => {
    throw error;
  });
  const types = model.graph.outputs.map((output) => output.type);
  const feeds = operands.map(([dtype, dims, values], k): [string, NdArray] => [
    letter(k),
    fromReals(dtype, dims, values),
  ]);
  const results = createSession(model).run(new Map(feeds));
  return outputs.map((name, k) => {
    const value = results.get(name);
    if (value?.kind !== 'tensor') throw new Error(`output ${name} is not a tensor`);
    const misfit = typeMisfit(types[k], value);
    if (misfit !== undefined) throw new Error(`output ${name}: ${misfit}`);
    return Array.from(reals(value));
  });
}

function letter(index: number): string {
  return String.fromCharCode(97 + index);
}
