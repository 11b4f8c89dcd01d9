import { type DType, groupNormalization, instanceNormalization, layerNormalization } from '@refold/ir';
import type { NdArray } from '../../tensor/nd-array.ts';
import { reals } from '../../tensor/reals.ts';
import { computeUnit, type Errors, type EvaluatedNode, floatArray, gamma, storeError } from './errors.ts';

/** Rows of neighbouring elements that are normalised together. */
interface Rows {
  readonly length: number;
  readonly epsilon: number;
  /** The type in which statistics are taken. */
  readonly stash: DType;
  /** Whether the mean is taken off. */
  readonly centred: boolean;
  /** The place in scale and bias of an element; undefined when they are laid out otherwise. */
  readonly parameterAt: ((element: number, count: number) => number) | undefined;
}

/**
 * The error of a normalisation z s + b with z = (x - m) / d: the mean costs gamma(k) mean|x|, the deviation d
 * gamma(k) (E x^2 + m^2) / (2 d^2) of itself, be it computed in one pass or two, and the rest a few units.
 */
export function rowErrors(node: EvaluatedNode): Errors {
  const x = floatArray(node.inputs[0]);
  const y = floatArray(node.outputs[0]);
  const rows = x && rowsOf(node, x);
  if (!x || !y || !rows || rows.length === 0 || x.size !== y.size) return 'unknown';
  const unit = Math.max(computeUnit(x.dtype), computeUnit(rows.stash));
  const g = gamma(rows.length + 8, unit);
  const data = reals(x);
  const results = reals(y);
  const scale = floatArray(node.inputs[1]);
  const scales = scale ? reals(scale) : Float64Array.of(1);
  let widest = 0;
  for (let i = 0; i < scales.length; i += 1) widest = Math.max(widest, Math.abs(scales[i] as number));
  const place = scale && rows.parameterAt;
  const out = new Float64Array(x.size);
  for (let start = 0; start < out.length; start += rows.length) {
    const { mean, meanMagnitude, meanSquare } = momentsOf(data, start, rows.length);
    const m = rows.centred ? mean : 0;
    const variance = Math.max(0, meanSquare - m * m) + rows.epsilon;
    const d = Math.sqrt(variance);
    const ofMean = rows.centred ? g * meanMagnitude : 0;
    const ofDeviation = (0.5 * g * (meanSquare + m * m)) / variance + 4 * unit;
    for (let i = start; i < start + rows.length; i += 1) {
      const v = data[i] as number;
      const z = Math.abs(v - m) / d;
      const s = place ? Math.abs(scales[place(i, scales.length)] ?? widest) : widest;
      const ofZ = (ofMean + unit * (Math.abs(v) + Math.abs(m))) / d + z * ofDeviation;
      const result = results[i] as number;
      out[i] = s * ofZ + 2 * unit * (s * z + Math.abs(result)) + storeError(y.dtype, result);
    }
  }
  return out;
}

function momentsOf(
  data: ArrayLike<number>,
  start: number,
  length: number,
): { readonly mean: number; readonly meanMagnitude: number; readonly meanSquare: number } {
  let [sum, magnitudes, squares] = [0, 0, 0];
  for (let i = start; i < start + length; i += 1) {
    const v = data[i] as number;
    sum += v;
    magnitudes += Math.abs(v);
    squares += v * v;
  }
  return { mean: sum / length, meanMagnitude: magnitudes / length, meanSquare: squares / length };
}

function rowsOf({ op }: EvaluatedNode, { dims, dtype, size }: NdArray): Rows | undefined {
  const channels = dims[1] ?? 1;
  const plane = size === 0 ? 1 : size / ((dims[0] ?? 1) * channels);
  const ofChannel = (i: number, count: number): number =>
    count === channels ? Math.floor(i / plane) % channels : -1;
  switch (op.node.opType) {
    case 'LayerNormalization':
    case 'RMSNormalization': {
      const { axis, epsilon, stashType: stash } = layerNormalization.view(op);
      let length = 1;
      for (const dim of dims.slice(axis)) length *= dim;
      const parameterAt = (i: number, count: number): number => (count === length ? i % length : -1);
      return { length, epsilon, stash, centred: op.node.opType === 'LayerNormalization', parameterAt };
    }
    case 'InstanceNormalization': {
      const { epsilon } = instanceNormalization.view(op);
      return { length: plane, epsilon, stash: dtype, centred: true, parameterAt: ofChannel };
    }
    case 'GroupNormalization': {
      const { numGroups, epsilon, stashType: stash } = groupNormalization.view(op);
      return {
        length: (channels / numGroups) * plane,
        epsilon,
        stash,
        centred: true,
        parameterAt: ofChannel,
      };
    }
    default:
      return undefined;
  }
}
