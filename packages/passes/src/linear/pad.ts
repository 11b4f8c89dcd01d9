import type { Node, Value } from '@refold/ir';
import type { Builder } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { dtypeOf } from '../support/constants.ts';
import { nodeRule } from '../support/node-rule.ts';
import { producerOf, viewFlag, viewInts, viewNumber, viewText } from '../support/view.ts';

interface SpatialPad {
  readonly x: Value;
  /** Begins, then ends, of the axes from 2 on; none negative. */
  readonly pads: readonly number[];
  readonly value: number;
}

/** A Pad with a constant value that touches spatial axes only. */
function spatialPad(input: Value | undefined, b: Builder): SpatialPad | undefined {
  const pad = producerOf(input, 'Pad');
  const x = pad?.inputs[0];
  if (!pad || !x) return undefined;
  if (viewText(pad, 'mode') !== 'constant') return b.fail('pad-mode');
  const all = viewInts(pad, 'pads');
  if (!all) return b.fail('pads-not-constant');
  const rank = all.length / 2;
  const value = padValue(pad);
  if (value === undefined) return b.fail('value-not-constant');
  if (all.some((p) => p < 0)) return b.fail('negative-pads');
  if ([0, 1, rank, rank + 1].some((i) => all[i] !== 0)) return b.fail('pads-batch-or-channel');
  return { x, pads: [...all.slice(2, rank), ...all.slice(rank + 2)], value };
}

/** The constant that a Pad fills with. */
function padValue(pad: Node): number | undefined {
  return viewNumber(pad, 'constant_value');
}

/** Pads of a window operator when they are explicit and floor mode leaves no part of the input out of account. */
function windowPads(node: Node, count: number): readonly number[] | undefined {
  const auto = viewText(node, 'autoPad');
  if (auto !== 'NOTSET' && auto !== 'VALID') return undefined;
  const pads = viewInts(node, 'pads');
  return pads?.length === count ? pads : undefined;
}

/** Rebuilds a window operator over the unpadded input, with the pads added to its own. */
function absorb(node: Node, { x, pads }: SpatialPad, b: Builder): Value {
  const own = windowPads(node, pads.length);
  if (!own) return b.fail('auto-pad');
  return b.node(node.opType, [x, ...node.inputs.slice(1)], {
    ...Object.fromEntries([...node.attributes].filter(([name]) => name !== 'auto_pad')),
    pads: own.map((p, i) => p + (pads[i] ?? 0)),
  });
}

const conv = nodeRule({
  name: 'linear/pad',
  doc: 'Conv(Pad(x, 0), W) = Conv(x, W) with larger pads',
  ops: 'Conv',
  over: ['Pad'],
  exactness: 'exact',
  emits: [{ op: 'Conv', since: 1 }],
  rewrite: (node, b) => {
    const pad = spatialPad(node.inputs[0], b);
    if (!pad) return undefined;
    return pad.value === 0 ? absorb(node, pad, b) : b.fail('pad-value');
  },
});

const averagePool = nodeRule({
  name: 'linear/pad.average-pool',
  doc: 'AveragePool(Pad(x, 0)) = AveragePool(x) with larger pads, when padding counts',
  ops: 'AveragePool',
  over: ['Pad'],
  exactness: 'exact',
  emits: [{ op: 'AveragePool', since: 7 }],
  rewrite: (node, b) => {
    const pad = spatialPad(node.inputs[0], b);
    if (!pad) return undefined;
    if (pad.value !== 0) return b.fail('pad-value');
    if (!viewFlag(node, 'countIncludePad') || viewFlag(node, 'ceilMode') !== false)
      return b.fail('padding-not-counted');
    return withinKernel(node, pad) ? absorb(node, pad, b) : b.fail('pads-exceed-kernel');
  },
});

const maxPool = nodeRule({
  name: 'linear/pad.max-pool',
  doc: 'MaxPool(Pad(x, -inf)) = MaxPool(x) with larger pads; after Relu, 0 is as low as any value',
  ops: 'MaxPool',
  over: ['Pad'],
  exactness: 'exact',
  emits: [{ op: 'MaxPool', since: 1 }],
  rewrite: (node, b) => {
    const pad = spatialPad(node.inputs[0], b);
    if (!pad) return undefined;
    if (node.outputs[1]) return b.fail('indices');
    if (viewFlag(node, 'ceilMode') !== false) return b.fail('ceil-mode');
    const dtype = dtypeOf(pad.x);
    const lowest = pad.value === Number.NEGATIVE_INFINITY || (pad.value === 0 && producerOf(pad.x, 'Relu'));
    if (!lowest || dtype === 'int8' || dtype === 'uint8') return b.fail('pad-value');
    return withinKernel(node, pad) ? absorb(node, pad, b) : b.fail('pads-exceed-kernel');
  },
});

/** Engines refuse pools whose pads reach the size of the window: some windows would see padding only. */
function withinKernel(node: Node, { pads }: SpatialPad): boolean {
  const kernel = viewInts(node, 'kernelShape');
  const own = windowPads(node, pads.length);
  return pads.every((p, i) => p + (own?.[i] ?? 0) < (kernel?.[i % kernel.length] ?? 0));
}

export const foldPad: Pass = rulePass({
  name: 'linear/pad',
  summary: 'fold Pad into the convolution or pooling after it',
  rules: [conv, averagePool, maxPool],
});
