import { named, op, type Rule, rule } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { codedOperand, codingOf, fit, MICROSOFT, w, x } from './coded.ts';

function binary(name: 'add' | 'mul', from: string): Rule {
  const to = `QLinear${from}`;
  return rule({
    name: `qoperator/${name}`,
    doc: `QuantizeLinear(${from}(DequantizeLinear(x), DequantizeLinear(w))) = ${to}(x, w)`,
    match: op('QuantizeLinear', [named('both', op(from, [x, w]))], { extraInputs: 'allow' }),
    guard: ({ fromX, fromW, $node }) => fit([fromX, fromW], $node),
    build: ({ x, w, fromX, fromW, $node }, b) =>
      b.node(
        to,
        [...codedOperand(x, fromX, b), ...codedOperand(w, fromW, b), ...codingOf($node, b)],
        {},
        { domain: MICROSOFT },
      ),
    emits: [{ op: to, domain: MICROSOFT, since: 1 }],
    exactness: 'exact',
    phase: 'lower',
    traps: ['operands of different types', 'a scale for each channel'],
    instances: [
      {
        model: `<ir_version: 10, opset_import: ["" : 18, "com.microsoft" : 1]> g (float[2,4] x, float[4] z) => (float[2,4] y)
          <float sx = {0.05}, uint8 zx = {128}, float sz = {0.02}, uint8 zz = {7}, float sy = {0.1}, uint8 zy = {100}> {
            q = QuantizeLinear (x, sx, zx) d = DequantizeLinear (q, sx, zx)
            r = QuantizeLinear (z, sz, zz) e = DequantizeLinear (r, sz, zz)
            c = ${from} (d, e) p = QuantizeLinear (c, sy, zy) y = DequantizeLinear (p, sy, zy) }`,
      },
    ],
  });
}

export const binaryOnCodes: Pass = rulePass({
  name: 'qoperator/binary',
  summary:
    "write Add and Mul between DequantizeLinear and QuantizeLinear as ONNX Runtime's QLinearAdd and QLinearMul",
  rules: [binary('add', 'Add'), binary('mul', 'Mul')],
  byDefault: false,
});
