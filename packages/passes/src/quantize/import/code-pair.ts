import { constantTensor, ModelError, type Node, type Tensor, tensorFloats, type Value } from '@refold/ir';
import { producerOf } from '../../support/view.ts';
import { codesOf, codeTypes, middleOf } from '../theta/format.ts';
import { powerAbove, sameTheta, type Theta } from '../theta/theta.ts';
import type { CodeLimits } from './fit.ts';

/** A value that is made codes and numbers again: `QuantizeLinear`, maybe a `Clip` of the codes, `DequantizeLinear`. */
export interface CodePair {
  readonly data: Value;
  readonly quantize: Node;
  readonly dequantize: Node;
  readonly clip: Node | undefined;
  readonly theta: Theta;
  /** The least and the largest code, where these are neither those of the type nor the narrow ones, -127 to 127. */
  readonly limits: CodeLimits | undefined;
}

/**
 * The pair that a `DequantizeLinear` ends, if it has one scale and one zero point, the same on both sides.
 * @throws ModelError `model/invalid` for a scale that is not positive, or a zero point that is none of the codes.
 */
export function codePair(dequantize: Node): CodePair | undefined {
  if (!dequantize.is('DequantizeLinear')) return undefined;
  const clip = producerOf(dequantize.inputs[0], 'Clip');
  const quantize = producerOf(clip ? clip.inputs[0] : dequantize.inputs[0], 'QuantizeLinear');
  const data = quantize?.inputs[0];
  if (!quantize || !data || constantTensor(data)) return undefined;
  const [one, other] = [thetaOfNode(quantize), thetaOfNode(dequantize)];
  if (!one || !other || !sameTheta(one, other)) return undefined;
  const bounds = clip ? codeLimits(clip, one, quantize) : codesOf(one.format);
  if (!bounds) return undefined;
  const narrow = isAll(bounds, { ...one, format: { ...one.format, narrow: true } });
  const theta = narrow && clip ? { ...one, format: { ...one.format, narrow } } : one;
  return { data, quantize, dequantize, clip, theta, limits: isAll(bounds, theta) ? undefined : bounds };
}

/** Whether two pairs do the same. */
export function samePair(a: CodePair, b: CodePair): boolean {
  const isSame = (i: 0 | 1): boolean => a.limits?.[i] === b.limits?.[i];
  return sameTheta(a.theta, b.theta) && isSame(0) && isSame(1);
}

/**
 * Scale and zero point of a `QuantizeLinear` or `DequantizeLinear` that has one of each, as constants; undefined
 * otherwise.
 */
export function thetaOfNode(node: Node): Theta | undefined {
  const scale = scalarOf(node.inputs[1]);
  const zero = node.inputs[2] ? constantOf(node.inputs[2]) : undefined;
  if (scale === undefined || (node.inputs[2] && zero?.size !== 1)) return undefined;
  const dtype = codeTypes.find((type) => type === (zero ? zero.dtype : codesOfNode(node)));
  if (!dtype) return undefined;
  const zeroPoint = zero ? (tensorFloats(zero)[0] ?? 0) : 0;
  if (!(scale > 0 && Number.isFinite(scale))) throw broken(node, `its scale is ${scale}`);
  const symmetric = zeroPoint === middleOf(dtype);
  const format = { dtype, symmetric, powerOfTwo: powerAbove(scale) === scale, narrow: false };
  return { format, scale, zeroPoint };
}

/** What is wrong with nodes that should make codes. */
export function broken(node: Node, why: string): ModelError {
  return new ModelError('model/invalid', `'${node.label}' makes no codes: ${why}`, { node: node.label });
}

/** Codes are uint8 where nothing says otherwise. */
function codesOfNode(node: Node): string {
  const value = node.is('QuantizeLinear') ? node.outputs[0] : node.inputs[0];
  return value?.type?.kind === 'tensor' ? value.type.dtype : 'uint8';
}

/** The codes that a `Clip` leaves; undefined where its bounds are not known. */
function codeLimits(clip: Node, { format, zeroPoint }: Theta, quantize: Node): CodeLimits | undefined {
  const [least, largest] = codesOf(format);
  const [low, high] = [clip.inputs[1], clip.inputs[2]].map((v, i) => (v ? scalarOf(v) : [least, largest][i]));
  if (low === undefined || high === undefined) return undefined;
  const why = `its zero point ${zeroPoint} is not in the range of its codes, [${low}, ${high}]`;
  if (zeroPoint < low || zeroPoint > high) throw broken(quantize, why);
  return [Math.max(low, least), Math.min(high, largest)];
}

function isAll([low, high]: CodeLimits, { format }: Theta): boolean {
  const [least, largest] = codesOf(format);
  return low === least && high === largest;
}

function constantOf(value: Value | undefined): Tensor | undefined {
  return value && constantTensor(value);
}

function scalarOf(value: Value | undefined): number | undefined {
  const tensor = constantOf(value);
  return tensor?.size === 1 ? tensorFloats(tensor)[0] : undefined;
}
