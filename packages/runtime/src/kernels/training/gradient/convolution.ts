import { type ConvView, conv, ModelError, type Value } from '@refold/ir';
import { type Local, type Rule, viewIn } from './rule.ts';

/** Conv of [N, C, ...] with weights [M, C / group, ...] and a bias [M]. */
export const convolutionRules: Readonly<Record<string, Rule>> = {
  Conv: [byInput, byWeights, byBias],
};

/** How windows lie, with every list there. */
interface Windows {
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
  readonly group: number;
}

function windowsOf(l: Local): Windows {
  const { strides, dilations, pads, group }: ConvView = viewIn(l, conv);
  if (strides && dilations && pads) return { strides, dilations, pads, group };
  throw new ModelError('model/unsupported', 'Gradient: the windows of Conv are not known');
}

/** The transposed convolution of dy; rows that no window has reached are added at the end. */
function byInput(l: Local): Value {
  const { strides, dilations, pads, group } = windowsOf(l);
  const size = l.tape.dimsOf(l.x(0)).slice(2);
  const kernel = l.tape.dimsOf(l.x(1)).slice(2);
  const windows = l.tape.dimsOf(l.y).slice(2);
  const rest = size.map((length, i) => {
    const reach = at(strides, i) * (at(windows, i) - 1) + at(dilations, i) * (at(kernel, i) - 1) + 1;
    return length + at(pads, i) + at(pads, i + size.length) - reach;
  });
  const attributes = { strides, dilations, pads, group, output_padding: rest };
  return l.tape.op('ConvTranspose', [l.dy, l.x(1)], attributes);
}

/** The convolution of the input with dy as weights, samples and channels exchanged: strides become dilations. */
function byWeights(l: Local): Value {
  const { strides, dilations, pads, group } = windowsOf(l);
  if (group !== 1) {
    throw new ModelError(
      'model/unsupported',
      'Gradient: it cannot differentiate Conv in groups by operand 1',
    );
  }
  const { tape } = l;
  const exchange = tape.dimsOf(l.y).map((_, axis) => (axis < 2 ? 1 - axis : axis));
  const turned = (value: Value): Value => tape.op('Transpose', [value], { perm: exchange });
  const attributes = { strides: dilations, dilations: strides, pads };
  const products = turned(tape.op('Conv', [turned(l.x(0)), turned(l.dy)], attributes));
  // Where strides leave a rest there are more sums than weights.
  const kernel = tape.dimsOf(l.x(1)).slice(2);
  const axes = kernel.map((_, i) => i + 2);
  const starts = kernel.map(() => 0);
  return tape.op('Slice', [products, tape.sizes(starts), tape.sizes(kernel), tape.sizes(axes)]);
}

function byBias(l: Local): Value {
  const rank = l.tape.dimsOf(l.y).length;
  const others = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 1);
  return l.tape.reshape(l.tape.sumOver(l.dy, others), l.tape.dimsOf(l.x(2)));
}

function at(values: readonly number[], index: number): number {
  return values[index] ?? 0;
}
