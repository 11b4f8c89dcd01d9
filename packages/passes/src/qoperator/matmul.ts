import { shapeOf } from '@refold/ir';
import { named, op, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { codedOperand, codingOf, fit, w, x } from './coded.ts';

const matmul = rule({
  name: 'qoperator/matmul',
  doc: 'QuantizeLinear(MatMul(DequantizeLinear(x), DequantizeLinear(w))) = QLinearMatMul(x, w)',
  match: op('QuantizeLinear', [named('product', op('MatMul', [x, w]))], { extraInputs: 'allow' }),
  guard: ({ w, fromX, fromW, $node }) => {
    // Columns of a single matrix may have a scale each.
    const columns = shapeOf(w)?.length === 2 ? 1 : undefined;
    return fit([fromX], $node, fromW, columns);
  },
  build: ({ x, w, fromX, fromW, $node }, b) =>
    b.node('QLinearMatMul', [
      ...codedOperand(x, fromX, b),
      ...codedOperand(w, fromW, b),
      ...codingOf($node, b),
    ]),
  emits: [{ op: 'QLinearMatMul', since: 10 }],
  exactness: 'reassociate',
  phase: 'lower',
  traps: ['a scale for each row of the second matrix', 'codes of 16 bits'],
  // Scales are powers of two: at ties, other ones may give the neighbouring code.
  instances: [
    {
      model: `(float[2,4] x) => (float[2,3] y)
        <float sx = {0.0625}, uint8 zx = {128}, int8[4,3] w = {1, -20, 30, 4, 5, -66, 7, 8, 99, -100, 11, 127},
         float[3] sw = {0.125, 0.25, 0.0625}, float sy = {0.5}, uint8 zy = {100}> {
          q = QuantizeLinear (x, sx, zx) d = DequantizeLinear (q, sx, zx) e = DequantizeLinear (w, sw)
          c = MatMul (d, e) p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy) }`,
    },
  ],
});

export const matMulOnCodes: Pass = rulePass({
  name: 'qoperator/matmul',
  summary: 'write a product between DequantizeLinear and QuantizeLinear as QLinearMatMul',
  rules: [matmul],
  byDefault: false,
});
