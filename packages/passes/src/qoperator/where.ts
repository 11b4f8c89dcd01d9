import { named, op, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { codedOperand, codingOf, fit, MICROSOFT, w, x } from './coded.ts';

const where = rule({
  name: 'qoperator/where',
  doc: 'QuantizeLinear(Where(c, DequantizeLinear(x), DequantizeLinear(w))) = QLinearWhere(c, x, w)',
  match: op('QuantizeLinear', [named('choice', op('Where', ['condition', x, w]))], { extraInputs: 'allow' }),
  guard: ({ fromX, fromW, $node }) => fit([fromX, fromW], $node),
  build: ({ condition, x, w, fromX, fromW, $node }, b) =>
    b.node(
      'QLinearWhere',
      [condition, ...codedOperand(x, fromX, b), ...codedOperand(w, fromW, b), ...codingOf($node, b)],
      {},
      { domain: MICROSOFT },
    ),
  emits: [{ op: 'QLinearWhere', domain: MICROSOFT, since: 1 }],
  exactness: 'exact',
  phase: 'lower',
  instances: [
    {
      model: `<ir_version: 10, opset_import: ["" : 18, "com.microsoft" : 1]> g (bool[2,1] k, float[2,4] x, float[4] z) => (float[2,4] y)
        <float sx = {0.05}, uint8 zx = {128}, float sz = {0.02}, uint8 zz = {7}, float sy = {0.1}, uint8 zy = {100}> {
          q = QuantizeLinear (x, sx, zx) d = DequantizeLinear (q, sx, zx)
          r = QuantizeLinear (z, sz, zz) e = DequantizeLinear (r, sz, zz)
          c = Where (k, d, e) p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy) }`,
    },
  ],
});

export const whereOnCodes: Pass = rulePass({
  name: 'qoperator/where',
  summary: "write Where between DequantizeLinear and QuantizeLinear as ONNX Runtime's QLinearWhere",
  rules: [where],
  byDefault: false,
});
