import { shapeOf } from '@refold/ir';
import { no, op, type Rule, rule, value, yes } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const x = value('x', { dtype: 'float', rank: { min: 3 } });

/** Types that GlobalAveragePool has in every opset. */
const pooled = ['float16', 'float32', 'float64'] as const;

const mean: Rule = rule({
  name: 'mov/global-pool',
  doc: 'ReduceMean(x; all spatial axes, keepdims = 1) = GlobalAveragePool(x)',
  match: op('ReduceMean', [value('x', { dtype: pooled, rank: { min: 3 } })], {
    params: { axes: { axes: 'spatial' }, keepdims: true },
  }),
  build: (m, b) => b.node('GlobalAveragePool', [m.x]),
  emits: [{ op: 'GlobalAveragePool', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['torch.onnx by torch.export: AdaptiveAvgPool2d(1)', 'tf2onnx'],
  traps: ['the mean over channels too, or over some spatial axes', 'means that drop their axes'],
  instances: [{ shapes: { x: ['B', 'C', 'H', 'W'] } }],
});

const whole: Rule = rule({
  name: 'mov/avgpool-full',
  doc: 'AveragePool(x; a kernel as large as x, no padding) = GlobalAveragePool(x)',
  match: op('AveragePool', [x], {
    params: { kernelShape: { capture: 'kernel' }, pads: { capture: 'pads' } },
  }),
  guard: (m) => {
    const sizes = shapeOf(m.x)?.slice(2) ?? [];
    const { kernel, pads } = m;
    if (!Array.isArray(kernel) || !Array.isArray(pads)) return no('kernel-unknown', 'x');
    if (kernel.length !== sizes.length || sizes.some((d, i) => d !== kernel[i]))
      return no('kernel-is-smaller', 'x');
    const out = shapeOf(m.$root)?.slice(2);
    return pads.every((p) => p === 0) && out?.every((d) => d === 1) ? yes : no('padded', 'x');
  },
  build: (m, b) => b.node('GlobalAveragePool', [m.x]),
  emits: [{ op: 'GlobalAveragePool', since: 1 }],
  exactness: 'reassociate',
  phase: 'fuse',
  exporters: ['networks with AvgPool2d(7) at the end'],
  traps: ['padding, which counts or changes the divisor', 'dilated kernels'],
  instances: [{ shapes: { x: ['B', 'C', 3, 3] }, values: { kernel: [3, 3], pads: [0, 0, 0, 0] } }],
});

export const globalPool: Pass = rulePass({
  name: 'mov/global-pool',
  summary: 'say means over all spatial axes as GlobalAveragePool',
  // As many nodes as before: of use to runtimes that have a kernel for one of the two only.
  byDefault: false,
  rules: [mean],
});

export const wholeAveragePool: Pass = rulePass({
  name: 'mov/avgpool-full',
  summary: 'say an AveragePool over everything as GlobalAveragePool',
  rules: [whole],
});
