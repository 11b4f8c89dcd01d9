import { parseModel } from '@refold/ir';
import { expect, test } from 'vitest';
import { makeInputs } from '../inputs/make-inputs.ts';
import { createSession } from '../session/session.ts';
import { Profile } from './profile.ts';
import { profileByOperator } from './table.ts';
import { traceOf } from './trace.ts';

function profiled(signature: string, nodes: string) {
  const model = parseModel(`<ir_version: 10, opset_import: ["" : 23]> g ${signature} { ${nodes} }`);
  const profile = new Profile();
  const started = performance.now();
  createSession(model).run(makeInputs(model), { profile });
  return { nodes: profile.nodes, wall: performance.now() - started };
}

test.each<readonly [string, string, number]>([
  ['(float[2, 3, 4] x, float[4, 5] y)', 'r = MatMul (x, y)', 2 * 2 * 3 * 5 * 4],
  ['(float[4, 3] x, float[4, 5] y, float[5] z)', 'r = Gemm <transA = 1> (x, y, z)', 2 * 3 * 5 * 4 + 15],
  [
    '(float[2, 8, 9, 9] x, float[6, 4, 3, 3] w, float[6] b)',
    'r = Conv <group = 2, pads = [1, 1, 1, 1], strides = [2, 2]> (x, w, b)',
    2 * (2 * 6 * 5 * 5) * 4 * 9 + 2 * 6 * 5 * 5,
  ],
  ['(float[1, 4, 5] x, float[4, 6, 3] w)', 'r = ConvTranspose (x, w)', 2 * 20 * 6 * 3],
  ['(float[7, 8] x)', 'r = Relu (x)', 56],
  ['(float[7, 8] x)', 'r = Exp (x)', 560],
  ['(float[7, 8] x)', 'r = Transpose (x)', 0],
  ['(float[7, 8] x)', 'r = ReduceSum (x)', 56],
  ['(float[1, 2, 8, 8] x)', 'r = MaxPool <kernel_shape = [2, 2], strides = [2, 2]> (x)', 32 * 4],
  [
    '(float[2, 3, 4] x, float[2, 4, 5] y)',
    'r = Einsum <equation = "bij,bjk->bik"> (x, y)',
    2 * 2 * 3 * 4 * 5,
  ],
  [
    '(float[7, 2, 3] x, float[1, 16, 3] w, float[1, 16, 4] h)',
    'r = LSTM <hidden_size = 4> (x, w, h)',
    14 * 16 * 24,
  ],
  [
    '(float[1, 2, 3, 4] q, float[1, 2, 5, 4] k, float[1, 2, 5, 6] v)',
    'r = Attention (q, k, v)',
    2 * 30 * 4 + 2 * 30 * 6 + 30 * 14,
  ],
])('%s %s takes %d FLOPs', (signature, node, flops) => {
  expect(profiled(`${signature} => (r)`, node).nodes[0]?.flops).toBe(flops);
});

test('bytes are those of operands and results', () => {
  const [node] = profiled('(float16[3, 4] x) => (r)', 'r = Cast <to = 1> (x)').nodes;
  expect(node).toMatchObject({
    bytes: 12 * 2 + 12 * 4,
    inputs: ['float16[3, 4]'],
    outputs: ['float32[3, 4]'],
  });
});

const nested = profiled(
  '(float[20, 20] x, bool c) => (y)',
  't = If (c) <then_branch = a () => (p) { p = MatMul (x, x) }, else_branch = b () => (q) { q = Exp (x) }> y = Neg (t)',
);

test('what nodes take by themselves adds up to no more than the run took', () => {
  const { nodes, wall } = nested;
  expect(nodes.map((n) => n.depth)).toEqual([1, 0, 0]);
  expect(nodes.reduce((sum, n) => sum + n.self, 0)).toBeLessThanOrEqual(wall);
  expect(nodes[1]?.self).toBeLessThanOrEqual(nodes[1]?.duration ?? 0);
});

test('the table has a row for each operator, and shares add up to one', () => {
  const rows = profileByOperator(nested.nodes);
  expect(new Set(rows.map((r) => r.op))).toEqual(new Set(nested.nodes.map((n) => n.op)));
  expect(rows.reduce((sum, r) => sum + r.share, 0)).toBeCloseTo(1);
});

test('rows are held against a roof by all that their nodes did', () => {
  const { nodes } = profiled(
    '(float[64, 64] x) => (y)',
    't = MatMul (x, x) u = MatMul (t, t) y = Identity (u)',
  );
  const roof = { flops: 2e9, bandwidth: 1e9 };
  const rows = new Map(profileByOperator(nodes, roof).map((row) => [row.op, row]));
  const [product, copy] = [rows.get('MatMul'), rows.get('Identity')];
  expect(product?.roof?.bound).toBe('compute');
  expect((product?.roof?.share ?? 0) * (product?.milliseconds ?? 0)).toBeCloseTo((2 * 64 ** 3) / 1e6);
  expect(copy?.roof?.bound).toBe('memory');
  expect((copy?.roof?.share ?? 0) * (copy?.milliseconds ?? 0)).toBeCloseTo((2 * 4 * 64 ** 2) / 1e6);
  expect(profileByOperator(nodes)[0]).not.toHaveProperty('roof');
});

test('a trace has an event for each node, inner ones within outer ones, and what memory was held', () => {
  const { traceEvents } = traceOf(nested.nodes, 'm.onnx');
  const spans = traceEvents.filter((e) => e.ph === 'X');
  expect(spans.map((e) => e.name).sort()).toEqual(nested.nodes.map((n) => n.op).sort());
  const outer = spans.find((e) => e.name === 'If');
  const inner = spans.find((e) => e.name !== 'If' && e.name !== 'Neg');
  expect(inner?.ts).toBeGreaterThanOrEqual(outer?.ts ?? Number.NaN);
  expect((inner?.ts ?? 0) + (inner?.dur ?? 0)).toBeLessThanOrEqual((outer?.ts ?? 0) + (outer?.dur ?? 0) + 50);
  expect(traceEvents.filter((e) => e.ph === 'C')).toHaveLength(3);
  expect(traceEvents.filter((e) => e.ph === 'M')).toHaveLength(2);
  expect(JSON.parse(JSON.stringify(traceEvents))).toEqual(traceEvents);
});
