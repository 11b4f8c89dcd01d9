import { named, no, op, rule, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { sameGranularity } from '../quantization/granularity.ts';
import { fit, x } from './coded.ts';

const maxPool = rule({
  name: 'qoperator/max-pool',
  doc: 'QuantizeLinear(MaxPool(DequantizeLinear(x, s, z)), s, z) = MaxPool(x): codes compare as the numbers do that they mean',
  match: op('QuantizeLinear', [named('pool', op('MaxPool', [x]))], { extraInputs: 'allow' }),
  guard: ({ pool, fromX, $node }, q) => {
    if (pool.outputs[1]) return no('indices', 'pool');
    const fits = fit([fromX], $node);
    if (!fits.ok) return fits;
    return sameGranularity(fromX, $node, q) ? yes : no('parameters-differ');
  },
  build: ({ pool, x }, b) => b.node('MaxPool', [x], Object.fromEntries(pool.attributes)),
  // Codes since opset 12.
  emits: [{ op: 'MaxPool', since: 12 }],
  exactness: 'exact',
  phase: 'lower',
  traps: ['another scale behind than before', 'the places of the largest, which are asked for too'],
  instances: [
    {
      model: `(float[1,2,4,4] x) => (float[1,2,3,3] y) <float s = {0.05}, uint8 z = {128}> {
        q = QuantizeLinear (x, s, z) d = DequantizeLinear (q, s, z) c = MaxPool <kernel_shape = [2, 2]> (d)
        p = QuantizeLinear (c, s, z) y = DequantizeLinear (p, s, z) }`,
    },
  ],
});

export const maxPoolOnCodes: Pass = rulePass({
  name: 'qoperator/max-pool',
  summary: 'take the largest codes instead of the largest numbers that they mean',
  rules: [maxPool],
  byDefault: false,
});
