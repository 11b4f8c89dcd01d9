import type { Node, ParamValue, Value } from '@refold/ir';
import {
  type Builder,
  constant,
  named,
  no,
  op,
  type Pat,
  type Rule,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { numbersIn, producerOf, viewFlag, viewInts, viewText } from '../support/view.ts';

/** A value padded with a constant, and the operator with a window that reads it. */
interface Parts {
  readonly x: Value;
  readonly padding: ParamValue;
  readonly fill: ParamValue;
  readonly window: Node;
}

function padded<C extends object>(x: Pat<C>) {
  return op('Pad', [x], {
    extraInputs: 'allow',
    params: { mode: 'constant', pads: { capture: 'padding' }, constant_value: { capture: 'fill' } },
  });
}

const x = value('x');

/** Whether a Pad only adds to axes from 2 on. */
function isSpatial({ padding }: Parts): Verdict {
  const all = numbersIn(padding);
  if (!all) return no('pads-not-constant', 'padding');
  if (all.some((p) => p < 0)) return no('negative-pads', 'padding');
  const rank = all.length / 2;
  const isSpatialOnly = [0, 1, rank, rank + 1].every((i) => all[i] === 0);
  return isSpatialOnly ? yes : no('pads-batch-or-channel', 'padding');
}

/**
 * Begins, then ends, of what both pad, where that of the window is explicit and floor mode leaves no part of the
 * input out of account.
 */
function summedPads({ padding, window }: Parts): readonly number[] | undefined {
  const all = numbersIn(padding) ?? [];
  const rank = all.length / 2;
  const added = [...all.slice(2, rank), ...all.slice(rank + 2)];
  const auto = viewText(window, 'autoPad');
  const own = auto === 'NOTSET' || auto === 'VALID' ? viewInts(window, 'pads') : undefined;
  return own?.length === added.length ? own.map((p, i) => p + (added[i] ?? 0)) : undefined;
}

/** Engines refuse pools whose pads reach the size of the window: some windows would see padding only. */
function isWithinKernel(m: Parts): Verdict {
  const kernel = viewInts(m.window, 'kernelShape') ?? [];
  const pads = summedPads(m);
  if (!pads) return no('auto-pad', 'window');
  const fits = pads.every((p, i) => p < (kernel[i % kernel.length] ?? 0));
  return fits ? yes : no('pads-exceed-kernel', 'padding');
}

/** The operator over the unpadded value, with the pads added to its own. */
function absorb(m: Parts, b: Builder): Value {
  const { window } = m;
  return b.node(window.opType, [m.x, ...window.inputs.slice(1)], {
    ...Object.fromEntries([...window.attributes].filter(([name]) => name !== 'auto_pad')),
    pads: summedPads(m) ?? [],
  });
}

function zerosFold(m: Parts): Verdict {
  const spatial = isSpatial(m);
  if (!spatial.ok) return spatial;
  if (m.fill !== 0) return no('pad-value', 'fill');
  return summedPads(m) ? yes : no('auto-pad', 'window');
}

const convolution = {
  build: absorb,
  emits: [{ op: 'Conv', since: 1 }],
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
} as const;

const image = {
  shapes: { x: ['N', 3, 4, 5], w: ['C', 3, 3, 3] },
  values: { padding: [0, 0, 1, 0, 0, 0, 1, 2], fill: 0 },
};

const conv: Rule = rule({
  ...convolution,
  name: 'linear/pad',
  doc: 'Conv(Pad(x, 0), W) = Conv(x, W) with larger pads, for constant W',
  match: named('window', op('Conv', [padded(x), constant('w')], { extraInputs: 'allow' })),
  guard: (m) => {
    const fold = zerosFold(m);
    return fold.ok && !m.w.floats().every(Number.isFinite) ? no('weight-not-finite', 'w') : fold;
  },
  exactness: 'exact',
  exporters: ['torch.onnx: ZeroPad2d and F.pad before Conv2d', 'tf2onnx'],
  traps: ['pads of batch or channels', 'pads that take away', 'another value than 0'],
  instances: [image],
});

/** 0 times an infinite weight is NaN; what pads inside the convolution is left out. */
const computed: Rule = rule({
  ...convolution,
  name: 'linear/pad.computed-weights',
  doc: 'Conv(Pad(x, 0), W) = Conv(x, W) with larger pads, for finite W',
  match: named('window', op('Conv', [padded(x), 'w'], { extraInputs: 'allow' })),
  guard: zerosFold,
  exactness: 'reassociate',
  benefit: 1,
  traps: ['pads of batch or channels', 'pads that take away', 'another value than 0'],
  instances: [image],
});

const averagePool: Rule = rule({
  name: 'linear/pad.average-pool',
  doc: 'AveragePool(Pad(x, 0)) = AveragePool(x) with larger pads, when padding counts',
  match: named('window', op('AveragePool', [padded(x)])),
  guard: (m) => {
    const spatial = isSpatial(m);
    if (!spatial.ok) return spatial;
    if (m.fill !== 0) return no('pad-value', 'fill');
    const counts = viewFlag(m.window, 'countIncludePad') && viewFlag(m.window, 'ceilMode') === false;
    return counts ? isWithinKernel(m) : no('padding-not-counted', 'window');
  },
  build: absorb,
  emits: [{ op: 'AveragePool', since: 7 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['padding that does not count', 'pads as large as the window'],
  instances: [
    {
      shapes: { x: ['N', 3, 4, 5] },
      values: { padding: [0, 0, 1, 1, 0, 0, 1, 1], fill: 0, kernel_shape: [2, 3], count_include_pad: 1 },
    },
  ],
});

/** Whether nothing is less than what fills: -inf, or 0 after Relu. */
function isLowest({ x, fill }: Parts): boolean {
  return fill === Number.NEGATIVE_INFINITY || (fill === 0 && producerOf(x, 'Relu') !== undefined);
}

const maxPool: Rule = rule({
  name: 'linear/pad.max-pool',
  doc: 'MaxPool(Pad(x, -inf)) = MaxPool(x) with larger pads; after Relu, 0 is as low as any value',
  match: named('window', op('MaxPool', [padded(value('x', { dtype: 'float' }))])),
  guard: (m) => {
    const spatial = isSpatial(m);
    if (!spatial.ok) return spatial;
    if (m.window.outputs[1]) return no('indices', 'window');
    if (viewFlag(m.window, 'ceilMode') !== false) return no('ceil-mode', 'window');
    return isLowest(m) ? isWithinKernel(m) : no('pad-value', 'fill');
  },
  build: absorb,
  emits: [{ op: 'MaxPool', since: 1 }],
  exactness: 'exact',
  phase: 'normalize',
  keep: 'allowed',
  decreases: 'depth',
  traps: ['zeros, which are larger than what is negative', 'indices, which count the padded image'],
  instances: [
    {
      shapes: { x: ['N', 3, 4, 5] },
      values: { padding: [0, 0, 1, 1, 0, 0, 1, 1], fill: Number.NEGATIVE_INFINITY, kernel_shape: [2, 2] },
    },
  ],
});

export const foldPad: Pass = rulePass({
  name: 'linear/pad',
  summary: 'fold Pad into the convolution or pooling after it',
  rules: [conv, computed, averagePool, maxPool],
});
