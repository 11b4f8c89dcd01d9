import { tensorOf, type Value } from '@refold/ir';
import { dimsOf } from '../growing.ts';
import { type Step, withAxes } from './step.ts';

/** A convolution and something that is constant along its channels. */
const convBlock: Step = (g) => {
  const x = g.pick((dims) => dims.length === 4 && dims.every((d) => d >= 1));
  const [, channels = 1] = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const outputs = g.choices.between(1, 3);
  const affine = (v: Value, size: number): Value => {
    const k = g.weight(g.choices.flag() ? [1, size, 1, 1] : [size, 1, 1]);
    return g.node(g.choices.any(['Mul', 'Add', 'Sub']) ?? 'Mul', [v, k]);
  };
  const before = g.choices.flag() ? affine(x, channels) : x;
  const pad = g.choices.below(2);
  const y = g.node('Conv', [before, g.weight([outputs, channels, 1, 1])], { pads: [pad, pad, pad, pad] });
  if (g.choices.flag()) return g.node('Conv', [y, g.weight([2, outputs, 1, 1]), g.weight([2])]);
  if (g.choices.flag()) return affine(affine(y, outputs), outputs);
  const statistics = [
    g.weight([outputs]),
    g.weight([outputs]),
    g.weight([outputs]),
    g.weight([outputs], true),
  ];
  return g.node('BatchNormalization', [y, ...statistics]);
};

/** Two permutations with an elementwise node between them, or a reshape. */
const transposes: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2 && dims.every((d) => d > 0));
  const dims = (x && dimsOf(x)) ?? [];
  if (!x) return undefined;
  const perm = g.choices.shuffled([...dims.keys()]);
  const turned = g.node('Transpose', [x], { perm });
  if (g.choices.flag()) {
    const inverse = perm.map((_, i) => perm.indexOf(i));
    return g.node('Transpose', [g.node('Relu', [turned])], { perm: inverse });
  }
  const shape = dimsOf(turned) ?? [];
  const at = g.choices.below(shape.length);
  const split = g.choices.flag()
    ? [...shape.slice(0, at), shape[at] ?? 1, 1, ...shape.slice(at + 1)]
    : [...shape, 1];
  const other = g.choices.shuffled([...split.keys()]);
  return g.node('Transpose', [g.node('Reshape', [turned, g.ints(...split)])], { perm: other });
};

/** Two binary operands permuted alike. */
const bothTransposed: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 2);
  if (!x) return undefined;
  const same = dimsOf(x)?.join();
  const y = g.pick((dims) => dims.join() === same);
  const perm = g.choices.shuffled([...(dimsOf(x) ?? []).keys()]);
  const [a, b] = [x, y ?? x].map((v) => g.node('Transpose', [v], { perm }));
  return g.choices.flag() ? g.node('Concat', [a, b], { axis: 0 }) : g.node('Sub', [a, b]);
};

const axesPairs: Step = (g) => {
  const x = g.pick((dims) => dims.length < 4);
  const rank = (x && dimsOf(x)?.length) ?? 0;
  if (!x) return undefined;
  const wide = withAxes(g, 'Unsqueeze', x, [g.choices.below(rank + 1)], 13);
  const second = g.choices.below(rank + 2);
  const wider = withAxes(g, 'Unsqueeze', wide, [second], 13);
  const again = g.choices.below(rank + 2);
  return (dimsOf(wider) ?? [])[again] === 1 ? withAxes(g, 'Squeeze', wider, [again], 13) : wider;
};

const gathers: Step = (g) => {
  const x = g.pick((dims) => dims.length >= 1 && dims.every((d) => d > 0));
  const size = x && dimsOf(x)?.[0];
  if (!x || !size) return undefined;
  const first = g.ints(...Array.from({ length: 3 }, () => g.choices.between(-size, size - 1)));
  const second = g.choices.flag() ? g.ints(2, -2, 0) : g.index(g.choices.between(-3, 2));
  return g.node('Gather', [g.node('Gather', [x, first], { axis: 0 }), second], { axis: 0 });
};

/** Quantized and dequantized, once or twice, with equal parameters or others. */
const quantized: Step = (g) => {
  const x = g.pick();
  if (!x || g.opset < 13) return undefined;
  const zero = (): Value => g.constant(tensorOf('uint8', [], [g.choices.any([0, 0, 128]) ?? 0]));
  const [s, z] = [g.scalar(0.25), zero()];
  const codes = g.node('QuantizeLinear', [g.choices.flag() ? g.node('Relu', [x]) : x, s, z]);
  const y = g.node('DequantizeLinear', [codes, s, z]);
  if (g.choices.flag()) return y;
  const [t, u] = g.choices.flag() ? [s, z] : [g.scalar(0.25), zero()];
  return g.node('DequantizeLinear', [g.node('QuantizeLinear', [y, t, u]), t, u]);
};

export const pairSteps: readonly Step[] = [
  ...[convBlock, convBlock, convBlock, transposes, transposes, bothTransposed, axesPairs, gathers, quantized],
];
