import { constantTensor, ModelError, type Node, type Tensor, tensorFloats, type Value } from '@refold/ir';
import { producerOf } from '../../support/view.ts';
import { type CodeType, codeTypes, middleOf } from '../theta/format.ts';
import { powerAbove, type Theta } from '../theta/theta.ts';

/** A value that is made codes and numbers again: `QuantizeLinear`, maybe a `Clip` of the codes, `DequantizeLinear`. */
export interface CodePair {
  readonly data: Value;
  readonly quantize: Node;
  readonly dequantize: Node;
  readonly clip: Node | undefined;
  readonly theta: Theta;
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
  const [one, other] = [thetaOfNode(quantize, clip), thetaOfNode(dequantize, clip)];
  if (!one || !other || one.scale !== other.scale || one.zeroPoint !== other.zeroPoint) return undefined;
  return { data, quantize, dequantize, clip, theta: one };
}

/**
 * Scale and zero point of a `QuantizeLinear` or `DequantizeLinear` that has one of each, as constants; undefined
 * otherwise.
 */
export function thetaOfNode(node: Node, clip?: Node): Theta | undefined {
  const scale = scalarOf(node.inputs[1]);
  const zero = node.inputs[2] ? constantOf(node.inputs[2]) : undefined;
  if (scale === undefined || (node.inputs[2] && zero?.size !== 1)) return undefined;
  const dtype = codeTypes.find((type) => type === (zero ? zero.dtype : codesOfNode(node)));
  if (!dtype) return undefined;
  const zeroPoint = zero ? (tensorFloats(zero)[0] ?? 0) : 0;
  if (!(scale > 0 && Number.isFinite(scale))) throw broken(node, `its scale is ${scale}`);
  const limits = clip && limitsOf(clip);
  if (clip && !limits) return undefined;
  if (limits && (zeroPoint < limits[0] || zeroPoint > limits[1]))
    throw broken(
      node,
      `its zero point ${zeroPoint} is not in the range of its codes, [${limits.join(', ')}]`,
    );
  if (limits && !isNarrow(dtype, limits)) return undefined;
  const symmetric = zeroPoint === middleOf(dtype);
  const format = { dtype, symmetric, powerOfTwo: powerAbove(scale) === scale, narrow: limits !== undefined };
  return { format, scale, zeroPoint };
}

/** Codes are uint8 where nothing says otherwise. */
function codesOfNode(node: Node): string {
  const value = node.is('QuantizeLinear') ? node.outputs[0] : node.inputs[0];
  return value?.type?.kind === 'tensor' ? value.type.dtype : 'uint8';
}

/** From -127 to 127: the least code is left out. */
function isNarrow(dtype: CodeType, [low, high]: readonly [number, number]): boolean {
  return !dtype.startsWith('u') && low === -high && high === -middleOf(dtype) + highest(dtype);
}

function highest(dtype: CodeType): number {
  return dtype === 'int4' ? 7 : dtype === 'int8' ? 127 : 32767;
}

function limitsOf(clip: Node): readonly [number, number] | undefined {
  const [low, high] = [scalarOf(clip.inputs[1]), scalarOf(clip.inputs[2])];
  return low === undefined || high === undefined ? undefined : [low, high];
}

function constantOf(value: Value | undefined): Tensor | undefined {
  return value && constantTensor(value);
}

function scalarOf(value: Value | undefined): number | undefined {
  const tensor = constantOf(value);
  return tensor?.size === 1 ? tensorFloats(tensor)[0] : undefined;
}

function broken(node: Node, why: string): ModelError {
  return new ModelError('model/invalid', `'${node.label}' makes no codes: ${why}`, { node: node.label });
}
