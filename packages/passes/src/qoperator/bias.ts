import { constantTensor, dtypeOf, type Node, type Value } from '@refold/ir';
import { constantFloats } from '../support/constants.ts';

/**
 * The int32 codes of a bias: decoded by the scale of the product that it is added to, which is that of data times that of
 * weights in float32, with zero point 0. Undefined for any other bias.
 */
export function biasCodes(bias: Value, data: Node, weights: Node): Value | undefined {
  const node = bias.producer;
  const [codes, scale, zeroPoint] = node?.inputs ?? [];
  if (!node?.is('DequantizeLinear') || !codes || !scale || dtypeOf(codes) !== 'int32') return undefined;
  if (zeroPoint && !constantFloats(zeroPoint)?.every((z) => z === 0)) return undefined;
  const [own, ofData, ofWeights] = [scale, data.inputs[1], weights.inputs[1]].map(floatsOf);
  if (!own || !ofData || !ofWeights || own.length < ofWeights.length) return undefined;
  const product = (i: number): number =>
    Math.fround((ofData[0] ?? 0) * (ofWeights[ofWeights.length === 1 ? 0 : i] ?? 0));
  return own.every((s, i) => s === product(i)) ? codes : undefined;
}

function floatsOf(value: Value | undefined): Float64Array | undefined {
  return value && constantTensor(value)?.dtype === 'float32' ? constantFloats(value) : undefined;
}
