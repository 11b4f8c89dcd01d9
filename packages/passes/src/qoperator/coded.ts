import { constantTensor, type DType, dtypeOf, type Node, type Value, viewOf } from '@refold/ir';
import { type Builder, named, no, op, type Pat, type Verdict, yes } from '@refold/matcher';
import { plainScales } from '../quantization/granularity.ts';

/** Codes that are decoded: operands of a float operator that may run on codes. */
export const x: Pat<{ readonly x: Value; readonly fromX: Node }> = named(
  'fromX',
  op('DequantizeLinear', ['x'], { extraInputs: 'allow' }),
);
export const w: Pat<{ readonly w: Value; readonly fromW: Node }> = named(
  'fromW',
  op('DequantizeLinear', ['w'], { extraInputs: 'allow' }),
);

/** The domain of ONNX Runtime's own operators on codes. */
export const MICROSOFT = 'com.microsoft';

/** The type of the codes that a node reads or gives. */
export function codesOf(node: Node): DType | undefined {
  return node.is('DequantizeLinear') ? dtypeOf(node.inputs[0]) : dtypeOf(node.outputs[0]);
}

/**
 * Whether a QuantizeLinear or DequantizeLinear is between float32 and codes of 8 bits, with constant scales: one, or one
 * for each index of `axis` where that is given.
 */
export function isByteCoding(node: Node, axis?: number): boolean {
  const codes = codesOf(node);
  const floats = node.is('DequantizeLinear') ? node.outputs[0] : node.inputs[0];
  if ((codes !== 'int8' && codes !== 'uint8') || dtypeOf(floats) !== 'float32') return false;
  if (!plainScales(node) || node.attributes.has('precision')) return false;
  if (node.inputs[2] && !constantTensor(node.inputs[2])) return false;
  const view = viewOf(node);
  return (
    view?.granularity === 'tensor' || (axis !== undefined && view?.axis === axis && view.blockSize === 0)
  );
}

/**
 * Whether operators on codes take these: one scale for data and result, which have one type; weights of int8 also with a
 * scale for each index of an axis, and of uint8 beside data of uint8. Those are the types for which engines have kernels.
 */
export function fit(data: readonly Node[], result: Node, weights?: Node, axis?: number): Verdict {
  const type = codesOf(result);
  if (![...data, result].every((node) => isByteCoding(node))) return no('not-per-tensor');
  if (data.some((node) => codesOf(node) !== type)) return no('type');
  if (!weights) return yes;
  if (!isByteCoding(weights, axis)) return no('scale', 'fromW');
  return codesOf(weights) === type || type === 'uint8' ? yes : no('type', 'fromW');
}

/** Scale and zero point of a QuantizeLinear or DequantizeLinear, which may have left out a zero point of 0. */
export function codingOf(node: Node, b: Builder): readonly [scale: Value, zeroPoint: Value] {
  const [, scale, zeroPoint] = node.inputs;
  const codes = codesOf(node);
  const tensor = scale && constantTensor(scale);
  if (!scale || !tensor || !codes) return b.fail('scale');
  return [
    scale,
    zeroPoint ?? b.constant(new Array<number>(tensor.size).fill(0), codes, tensor.dims, 'zero_point'),
  ];
}

/** Codes with their scale and zero point, as operators on codes list them. */
export function codedOperand(codes: Value, node: Node, b: Builder): readonly Value[] {
  return [codes, ...codingOf(node, b)];
}
