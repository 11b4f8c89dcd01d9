import { type DType, parseModel, type Tensor, tensorFloats, tensorInts, tensorOf } from '@refold/ir';
import { expect, test } from 'vitest';
import { type EvaluateOptions, evaluateNode } from './evaluate-node.ts';

/** Evaluates the last node of a graph whose other nodes are constants. */
function evaluate(nodes: string, operands: (Tensor | undefined)[], options: EvaluateOptions = {}) {
  const text = `<ir_version: 9, opset_import: ["" : 20, "local" : 1]> g () => (y) { ${nodes} }
    <domain: "local", opset_import: ["" : 20]> Twice (a) => (b) { b = Add (a, a) }
    <domain: "local", opset_import: ["" : 20]> Toss (a) => (b) { b = Bernoulli (a) }`;
  const node = parseModel(text).graph.lastNode;
  if (!node) throw new Error('no node');
  return evaluateNode(node, operands, options);
}

const floats = (...values: number[]) => tensorOf('float32', [values.length], values);
const ints = (dtype: DType, ...values: (number | bigint)[]) => tensorOf(dtype, [values.length], values);

const declare = 'a = Constant <value_float = 1.0> () b = Constant <value_float = 1.0> ()';

function refusal(nodes: string, operands: (Tensor | undefined)[], options?: EvaluateOptions): string {
  const result = evaluate(nodes, operands, options);
  return result.kind === 'refused' ? result.refusal : 'done';
}

function result(
  nodes: string,
  operands: (Tensor | undefined)[],
  options?: EvaluateOptions,
): readonly (number | bigint)[] {
  const evaluation = evaluate(nodes, operands, options);
  if (evaluation.kind === 'refused') throw new Error(evaluation.reason);
  const [tensor] = evaluation.outputs;
  if (!tensor) throw new Error('no result');
  return tensor.dtype.includes('float') ? [...tensorFloats(tensor)] : tensorInts(tensor);
}

test('a node gives what it would give at run time', () => {
  expect(result(`${declare} y = Add (a, b)`, [floats(1, 2), floats(10)])).toEqual([11, 12]);
  expect(result(`${declare} y = Div (a, b)`, [ints('int64', -7, 2n ** 60n), ints('int64', 2)])).toEqual([
    -3,
    2n ** 59n,
  ]);
});

test('random operators are not evaluated, wherever they are', () => {
  expect(refusal('y = RandomNormal <shape = [2]> ()', [])).toBe('random');
  expect(refusal(`${declare} y = local.Toss (a)`, [floats(0.5)])).toBe('random');
  const branch = (op: string) => `g1 () => (t) { t = ${op} (a) }`;
  const node = `${declare} y = If (b) <then_branch = ${branch('Bernoulli')}, else_branch = ${branch('Identity')}>`;
  expect(refusal(node, [tensorOf('bool', [], [1])])).toBe('random');
});

test('a call of a function is evaluated', () => {
  expect(result(`${declare} y = local.Twice (a)`, [floats(4)])).toEqual([8]);
});

test('a nested graph may read constants from around', () => {
  const node = `c = Constant <value_float = 5.0> () b = Constant <value_int = 1> ()
    y = If (b) <then_branch = t () => (p) { p = Add (c, c) }, else_branch = e () => (q) { q = Identity (c) }>`;
  expect(result(node, [tensorOf('bool', [], [1])])).toEqual([10]);
  expect(refusal(node, [tensorOf('bool', [], [1])], { constantOf: () => undefined })).toBe('unsupported');
});

test('results are refused before they take more memory than allowed', () => {
  const shape = ints('int64', 1_000_000, 1_000_000);
  expect(refusal(`${declare} y = ConstantOfShape (a)`, [shape])).toBe('limit');
  expect(refusal(`${declare} y = ConstantOfShape (a)`, [ints('int64', 100)], { memoryLimit: 100 })).toBe(
    'limit',
  );
  expect(refusal(`${declare} y = ConstantOfShape (a)`, [ints('int64', 100)], { memoryLimit: 400 })).toBe(
    'done',
  );
});

test('operands that the operator does not take are refused as invalid', () => {
  expect(refusal(`${declare} y = Add (a, b)`, [floats(1, 2), floats(1, 2, 3)])).toBe('invalid');
});

test('integer division by zero, and of the lowest integer by -1, is left to the engine', () => {
  const node = `${declare} y = Div (a, b)`;
  expect(refusal(node, [ints('int32', 1), ints('int32', 0)])).toBe('engine-dependent');
  expect(refusal(node, [ints('int64', -(2n ** 63n)), ints('int64', -1)])).toBe('engine-dependent');
  expect(refusal(node, [ints('int32', 7), ints('int32', -1)])).toBe('done');
});

test('a cast to an integer type is evaluated only for numbers in its range', () => {
  const cast = (to: number, ...values: number[]) =>
    refusal(`${declare} y = Cast <to = ${to}> (a)`, [floats(...values)]);
  expect(cast(6, 2147483648)).toBe('engine-dependent');
  expect(cast(6, -2147483648)).toBe('done');
  expect(cast(2, 255.9)).toBe('done');
  expect(cast(2, -1.5)).toBe('engine-dependent');
  expect(cast(7, Number.NaN)).toBe('engine-dependent');
  expect(cast(9, Number.NaN)).toBe('done');
});

test('casts between text and numbers are evaluated only where engines agree', () => {
  const fromText = (to: number, text: string) =>
    refusal(`${declare} y = Cast <to = ${to}> (a)`, [tensorOf('string', [1], [text])]);
  expect(fromText(1, '1.5e3')).toBe('done');
  expect(fromText(1, '0x10')).toBe('engine-dependent');
  expect(fromText(1, '1e400')).toBe('engine-dependent');
  expect(fromText(7, '-12')).toBe('done');
  expect(fromText(7, '9007199254740993')).toBe('engine-dependent');
  expect(refusal(`${declare} y = Cast <to = 8> (a)`, [floats(0.1)])).toBe('engine-dependent');
});

test('sums and powers of integers that may overflow are left to the engine', () => {
  expect(refusal(`${declare} y = ReduceSum (a)`, [ints('int32', 2147483647, 1)])).toBe('engine-dependent');
  expect(refusal(`${declare} y = ReduceSum (a)`, [ints('int32', 2147483646, 1)])).toBe('done');
  expect(refusal(`${declare} y = Pow (a, b)`, [ints('int32', 2), ints('int32', 31)])).toBe(
    'engine-dependent',
  );
  expect(refusal(`${declare} y = Pow (a, b)`, [ints('int32', 2), ints('int32', -1)])).toBe(
    'engine-dependent',
  );
});

test('hazards inside nested graphs and functions count', () => {
  const node = `c = Constant <value_float = 3e9> () b = Constant <value_int = 1> ()
    y = If (b) <then_branch = t () => (p) { p = Cast <to = 6> (c) }, else_branch = e () => (q) { q = Constant <value_int = 0> () }>`;
  expect(refusal(node, [tensorOf('bool', [], [1])])).toBe('engine-dependent');
  expect(refusal(node, [tensorOf('bool', [], [0])])).toBe('done');
});

test('an infinity out of finite numbers is refused unless it is allowed; one that was there before is not', () => {
  const node = `${declare} y = Div (a, b)`;
  expect(refusal(node, [floats(1), floats(0)])).toBe('non-finite');
  expect(refusal(node, [floats(1), floats(0)], { allowNonFinite: true })).toBe('done');
  expect(refusal(node, [floats(Number.NEGATIVE_INFINITY), floats(2)])).toBe('done');
  const mask = `${declare} y = ConstantOfShape <value = float[1] {-inf}> (a)`;
  expect(refusal(mask, [ints('int64', 3)])).toBe('done');
});
