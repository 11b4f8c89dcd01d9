import { gemm as gemmOperator, type Node, type Value, viewAs } from '@refold/ir';
import { type Builder, type InstanceHint, named, no, op, rule, type Verdict } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { viewFlag } from '../support/view.ts';
import { biasCodes } from './bias.ts';
import { codedOperand, codingOf, fit, MICROSOFT, w, x } from './coded.ts';

interface Parts {
  readonly gemm: Node;
  readonly x: Value;
  readonly w: Value;
  readonly fromX: Node;
  readonly fromW: Node;
}

const match = named('gemm', op('Gemm', [x, w], { extraInputs: 'allow' }));

/** Why factors, or the bias, have no place in `QGemm`; undefined when they have. */
function objection(gemm: Node, fromX: Node, fromW: Node): Verdict | undefined {
  const view = viewAs(gemm, gemmOperator);
  if (!view) return no('parameters', 'gemm');
  const c = gemm.inputs[2];
  // The scale of C is that of the product without factors.
  const fits = !c || (view.alpha === 1 && view.beta === 1 && biasCodes(c, fromX, fromW) !== undefined);
  return fits ? undefined : no('bias', 'gemm');
}

/** The axis of the columns of the second matrix, which may have a scale each. */
function columnsOf(gemm: Node): number {
  return viewFlag(gemm, 'transB') ? 0 : 1;
}

function build({ gemm, x, w, fromX, fromW }: Parts, b: Builder, result: readonly Value[]): Value {
  const c = gemm.inputs[2] && biasCodes(gemm.inputs[2], fromX, fromW);
  const attributes = new Map(gemm.attributes);
  attributes.delete('beta');
  return b.node(
    'QGemm',
    [...codedOperand(x, fromX, b), ...codedOperand(w, fromW, b), c, ...result],
    Object.fromEntries(attributes),
    { domain: MICROSOFT },
  );
}

const shared = {
  emits: [{ op: 'QGemm', domain: MICROSOFT, since: 1 }],
  exactness: 'reassociate',
  phase: 'lower',
  traps: ['a bias with a factor', 'scales along the axis that is summed'],
} as const;

/** Scales are powers of two: at ties, other ones may give the neighbouring code. */
const instance = (end: string): InstanceHint => ({
  model: `<ir_version: 10, opset_import: ["" : 18, "com.microsoft" : 1]> g (float[2,4] x) => (float[2,3] y)
    <float sx = {0.0625}, uint8 zx = {128}, int8[3,4] w = {1, -20, 30, 4, 5, -66, 7, 8, 99, -100, 11, 127},
     float[3] sw = {0.125, 0.25, 0.0625}, int32[3] b = {100, -2000, 31},
     float[3] sb = {0.0078125, 0.015625, 0.00390625}, float sy = {0.5}, uint8 zy = {100}> {
      q = QuantizeLinear (x, sx, zx) d = DequantizeLinear (q, sx, zx)
      e = DequantizeLinear <axis = 0> (w, sw) f = DequantizeLinear <axis = 0> (b, sb)
      c = Gemm <transB = 1> (d, e, f) ${end} }`,
});

const toCodes = rule({
  name: 'qoperator/gemm',
  doc: 'QuantizeLinear(Gemm(DequantizeLinear(x), DequantizeLinear(w), DequantizeLinear(c))) = QGemm(x, w, c), with or without c',
  match: op('QuantizeLinear', [match], { extraInputs: 'allow' }),
  guard: (m) => objection(m.gemm, m.fromX, m.fromW) ?? fit([m.fromX], m.$node, m.fromW, columnsOf(m.gemm)),
  build: (m, b) => build(m, b, codingOf(m.$node, b)),
  ...shared,
  instances: [instance('p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy)')],
});

const toFloats = rule({
  name: 'qoperator/gemm.float-result',
  doc: 'Gemm(DequantizeLinear(x), DequantizeLinear(w), DequantizeLinear(c)) = QGemm(x, w, c) without a scale of the result',
  match,
  guard: (m) => {
    const [result] = m.gemm.outputs;
    for (const user of result?.users() ?? []) if (user.is('QuantizeLinear')) return no('codes-wanted');
    return objection(m.gemm, m.fromX, m.fromW) ?? fit([], m.fromX, m.fromW, columnsOf(m.gemm));
  },
  build: (m, b) => build(m, b, []),
  ...shared,
  instances: [instance('y = Neg (c)')],
});

export const gemmOnCodes: Pass = rulePass({
  name: 'qoperator/gemm',
  summary: "write Gemm between DequantizeLinear and QuantizeLinear as ONNX Runtime's QGemm",
  rules: [toCodes, toFloats],
  byDefault: false,
});
