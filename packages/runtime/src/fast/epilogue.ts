import { batchNormalization, clip, elementCount, type OpContext, type Value } from '@refold/ir';
import { isFloating } from './facts.ts';
import { gateOf } from './gates.ts';
import type { Place } from './places.ts';
import { floatsOf, type Site } from './site.ts';
import type { TracedStep } from './trace.ts';
import { type UnaryCall, unaryOf } from './unary.ts';

/** What follows a product or a convolution and is done along with it. */
export interface Epilogue {
  /** For each channel (or column) a factor and what is added, in double. */
  readonly scale: Float64Array | undefined;
  readonly shift: Float64Array | undefined;
  /** Added element by element. */
  readonly residual: Value | undefined;
  readonly low: number;
  readonly high: number;
  /** Applied to the result where it lies. */
  readonly after: UnaryCall | undefined;
  /** Which scale and shift were folded, to tell apart what is made of the same weights. */
  readonly form: string;
}

/** Which axis the channels of a result are on: 1 for convolutions, the last one for products. */
export type ChannelAxis = 'second' | 'last';

/**
 * Takes the steps that follow a result of `channels` channels, while each is the only reader of what is before it:
 * BatchNormalization or additions of constants, one residual addition, and an activation at the end.
 */
export function takeEpilogue(site: Site, axis: ChannelAxis, channels: number): Epilogue {
  const { around } = site;
  let scale: Float64Array | undefined;
  let shift: Float64Array | undefined;
  let residual: Value | undefined;
  let form = '';
  for (;;) {
    const { result } = site;
    const next = result && around.onlyReader(result);
    if (!result || !next) break;
    const folded = residual ? undefined : foldable(site, next, result, axis, channels);
    const other = !folded && !residual ? residualOf(site, next, result) : undefined;
    if (folded) {
      if (folded.scale) scale ??= new Float64Array(channels).fill(1);
      shift ??= new Float64Array(channels);
      for (let i = 0; i < channels; i += 1) {
        const factor = folded.scale?.[i] ?? 1;
        if (scale) scale[i] = (scale[i] ?? 1) * factor;
        shift[i] = (shift[i] ?? 0) * factor + (folded.shift[i] ?? 0);
      }
      form += `+${next.step.node.id}`;
    } else if (other) {
      residual = other;
    } else {
      break;
    }
    site.absorb(next);
  }
  return { scale, shift, residual, form, ...takeActivation(site) };
}

/** Takes an activation that follows: as bounds where it is a clamp, else as a function. */
function takeActivation(site: Site): Pick<Epilogue, 'low' | 'high' | 'after'> {
  const none = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, after: undefined };
  const { around, result } = site;
  const next = result && around.onlyReader(result);
  if (next) {
    const bounds = boundsOf(next.op);
    const after = bounds ? undefined : unaryOf(next.op);
    if (bounds || after) site.absorb(next);
    return bounds ? { ...bounds, after: undefined } : { ...none, after };
  }
  const gate = result && gateOf(around, result);
  if (!gate) return none;
  for (const step of gate.steps) site.absorb(step);
  return { ...none, after: gate.call };
}

/** Takes a clamp that follows, if there is one; other activations are left as they are. */
export function takeBounds(site: Site): { readonly low: number; readonly high: number } {
  const next = site.result && site.around.onlyReader(site.result);
  if (!next || !boundsOf(next.op)) return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  return takeActivation(site);
}

/** The bounds of Relu and of Clip with constant bounds. */
export function boundsOf(op: OpContext): { readonly low: number; readonly high: number } | undefined {
  if (!isFloating(op.dtype(0)) || op.node.domain !== '') return undefined;
  if (op.node.opType === 'Relu') return { low: 0, high: Number.POSITIVE_INFINITY };
  if (op.node.opType !== 'Clip') return undefined;
  const { min, max, hasMin, hasMax } = clip.view(op);
  if ((hasMin && min === undefined) || (hasMax && max === undefined)) return undefined;
  const low = min ?? Number.NEGATIVE_INFINITY;
  const high = max ?? Number.POSITIVE_INFINITY;
  return Number.isNaN(low) || Number.isNaN(high) ? undefined : { low, high };
}

/** The other operand of an addition that has the size of the result and is there already. */
function residualOf(site: Site, next: TracedStep, result: Value): Value | undefined {
  const { node } = next.step;
  if (!node.is('Add')) return undefined;
  const other = node.inputs[0] === result ? node.inputs[1] : node.inputs[0];
  if (!other || other === result || !site.around.storage.isReady(other)) return undefined;
  const dims = site.dimsOf(other);
  const own = site.dimsOf(result);
  return dims && own && dims.join() === own.join() ? other : undefined;
}

interface Folded {
  readonly scale?: ArrayLike<number> | undefined;
  readonly shift: ArrayLike<number>;
}

/** A step that multiplies and adds constants, one each a channel. */
function foldable(
  site: Site,
  next: TracedStep,
  result: Value,
  axis: ChannelAxis,
  channels: number,
): Folded | undefined {
  const { node } = next.step;
  if (axis === 'second' && node.is('BatchNormalization')) return normalization(site, next.op, channels);
  if (axis !== 'last' || !node.is('Add')) return undefined;
  const other = node.inputs[0] === result ? node.inputs[1] : node.inputs[0];
  const dims = other && site.dimsOf(other);
  if (!other || !dims || dims.at(-1) !== channels || elementCount(dims) !== channels) return undefined;
  const rank = site.dimsOf(result)?.length ?? 0;
  const shift = dims.length <= rank ? floatsOf(site.around.storage, other) : undefined;
  return shift && { shift };
}

/** BatchNormalization with constant statistics as one factor and one summand a channel, in double. */
export function normalization(
  site: Site,
  op: OpContext,
  channels: number,
): { readonly scale: Float64Array; readonly shift: Float64Array } | undefined {
  const { epsilon, trainingMode, spatial } = batchNormalization.view(op);
  if (trainingMode || !spatial || op.node.outputs.slice(1).some((value) => value !== undefined))
    return undefined;
  const parameters = op.node.inputs.slice(1).map((value) => value && floatsOf(site.around.storage, value));
  const [gamma, beta, mean, variance] = parameters;
  if (!gamma || !beta || !mean || !variance || gamma.length !== channels) return undefined;
  const scale = new Float64Array(channels);
  const shift = new Float64Array(channels);
  for (let i = 0; i < channels; i += 1) {
    const factor = (gamma[i] ?? 0) / Math.sqrt((variance[i] ?? 0) + epsilon);
    // Of an infinite one, x times factor plus shift makes NaN where x is not the mean.
    if (!Number.isFinite(factor)) return undefined;
    scale[i] = factor;
    shift[i] = (beta[i] ?? 0) - (mean[i] ?? 0) * factor;
  }
  return { scale, shift };
}

/** Applies what is left of an epilogue to the result where it lies. */
export function finish(site: Site, { after }: Epilogue, result: Place): void {
  if (!after) return;
  const { kernels } = site.memory;
  const { code, a, b } = after;
  site.emit(after.kind, [result], () => {
    kernels.unary(code, result.bytes / 4, result.at, result.at, a, b);
  });
}
