import { type Dim, freshDim, printDim } from '../../types/dim.ts';
import { addDims, mulDims, subDims } from '../../types/dim-arithmetic.ts';
import { sameDim } from '../../types/dim-bounds.ts';
import { printShape } from '../../types/shape.ts';
import { tensorType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator, type View } from '../operator.ts';
import { groupOf } from './conv.ts';
import {
  autoPadOf,
  dilatedKernel,
  explicitPads,
  kernelOfWeights,
  perAxis,
  spatialRank,
  spatialShape,
} from './window.ts';

/** Parameters of `ConvTranspose`. */
export interface ConvTransposeView extends View {
  readonly kernelShape: readonly number[] | undefined;
  readonly strides: readonly number[] | undefined;
  /** All begins, then all ends; computed from `output_shape` or `auto_pad` when the sizes that matter are known. */
  readonly pads: readonly number[] | undefined;
  readonly dilations: readonly number[] | undefined;
  readonly group: number;
  readonly autoPad: string;
  readonly outputPadding: readonly number[] | undefined;
  /** Spatial sizes that the node asks for. */
  readonly outputShape: readonly number[] | undefined;
}

export function convTransposeView(ctx: OpContext): ConvTransposeView {
  const kernelShape = kernelOfWeights(ctx);
  const count = spatialRank(ctx, kernelShape);
  const strides = perAxis(ctx, 'strides', count, 1);
  const dilations = perAxis(ctx, 'dilations', count, 1);
  const autoPad = autoPadOf(ctx);
  const outputPadding = ctx.hasAttribute('output_padding')
    ? perAxis(ctx, 'output_padding', count, 0)
    : count === undefined
      ? undefined
      : new Array<number>(count).fill(0);
  const outputShape = outputShapeOf(ctx, count);
  const base = { kernelShape, strides, dilations, group: groupOf(ctx), autoPad, outputPadding, outputShape };
  if (autoPad === 'VALID' && outputShape === undefined) {
    return { ...base, pads: count === undefined ? undefined : new Array<number>(2 * count).fill(0) };
  }
  if (autoPad === 'NOTSET' && outputShape === undefined) return { ...base, pads: explicitPads(ctx, count) };
  return { ...base, pads: generatedPads(ctx, { ...base, pads: undefined }) };
}

function outputShapeOf(ctx: OpContext, count: number | undefined): readonly number[] | undefined {
  const given = ctx.intsAttribute('output_shape');
  return given === undefined || given.length === 0 ? undefined : perAxis(ctx, 'output_shape', count, 0);
}

/** Full extent of the output along axis `i` before padding is cut off. */
function fullSize(view: ConvTransposeView, i: number, size: Dim): Dim {
  const extent = dilatedKernel(view.kernelShape?.[i] ?? 1, view.dilations?.[i] ?? 1);
  return addDims(mulDims(subDims(size, 1), view.strides?.[i] ?? 1), extent + (view.outputPadding?.[i] ?? 0));
}

/** Sizes that the output shall have: `output_shape`, or input size times stride for SAME_*. */
function wantedSize(view: ConvTransposeView, i: number, size: Dim): Dim {
  return view.outputShape?.[i] ?? mulDims(size, view.strides?.[i] ?? 1);
}

/** Pads that cut the full extent to the wanted size; none where it is smaller already. */
function generatedPads(ctx: OpContext, view: ConvTransposeView): readonly number[] | undefined {
  const sizes = spatialShape(ctx);
  if (sizes === undefined || view.kernelShape === undefined) return undefined;
  const begins: number[] = [];
  const ends: number[] = [];
  for (const [i, size] of sizes.entries()) {
    const total = subDims(fullSize(view, i, size), wantedSize(view, i, size));
    if (typeof total !== 'number') return undefined;
    const cut = Math.max(0, total);
    const small = Math.floor(cut / 2);
    begins.push(view.autoPad === 'SAME_UPPER' ? small : cut - small);
    ends.push(view.autoPad === 'SAME_UPPER' ? cut - small : small);
  }
  return [...begins, ...ends];
}

function spatialSizes(
  ctx: OpContext,
  view: ConvTransposeView,
  input: readonly Dim[],
): readonly Dim[] | undefined {
  const { pads, outputShape } = view;
  if (pads === undefined || view.kernelShape === undefined) return outputShape;
  return input.map((size, i) => {
    const out = subDims(fullSize(view, i, size), (pads[i] ?? 0) + (pads[input.length + i] ?? 0));
    if (typeof out === 'number' && out < 0) throw ctx.invalid(`padding leaves nothing of axis ${i + 2}`);
    const wanted = outputShape?.[i];
    if (wanted === undefined) return out;
    // Up to a stride less one beyond the last window, the same windows fit; those places stay empty.
    if (typeof out === 'number' && wanted - out >= (view.strides?.[i] ?? 1)) {
      throw ctx.invalid(`output_shape ${wanted} of axis ${i + 2} is too large for ${printDim(size)} windows`);
    }
    return wanted;
  });
}

/** Transposed convolution of [N, C, d1, ..., dn] with weights [C, M / group, k1, ..., kn]. */
export const convTranspose: Operator<ConvTransposeView> = operator<ConvTransposeView>({
  name: 'ConvTranspose',
  view: convTransposeView,
  infer(ctx, view) {
    const dtype = ctx.dtype(0) ?? ctx.dtype(1);
    const x = ctx.shape(0);
    const w = ctx.shape(1);
    if (x && w && sameDim(x[1] ?? 1, w[0] ?? 1) === 'no') {
      throw ctx.invalid(`input ${printShape(x)} and weights ${printShape(w)} differ in channels`);
    }
    const inChannels = w?.[0] ?? x?.[1];
    if (typeof inChannels === 'number' && inChannels % view.group !== 0) {
      throw ctx.invalid(`${inChannels} input channels do not divide into ${view.group} groups`);
    }
    const outChannels = w && mulDims(w[1] ?? 1, view.group);
    const bias = ctx.shape(2);
    if (bias && (bias.length !== 1 || (outChannels && sameDim(bias[0] ?? 1, outChannels) === 'no'))) {
      throw ctx.invalid(
        `bias has shape ${printShape(bias)} for ${printDim(outChannels ?? 1)} output channels`,
      );
    }
    const rank = x?.length ?? w?.length;
    if (dtype === undefined || rank === undefined) return [dtype && tensorType(dtype)];
    const spatial = x && spatialSizes(ctx, view, x.slice(2));
    const rest = spatial ?? Array.from({ length: rank - 2 }, freshDim);
    return [tensorType(dtype, [x?.[0] ?? freshDim(), outChannels ?? freshDim(), ...rest])];
  },
});
