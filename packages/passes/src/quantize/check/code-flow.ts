import { constantTensor, type Node, tensorFloats, type Value } from '@refold/ir';

/** Scale and zero point of codes, as far as they are constants; per axis they are lists. */
export interface CodeScale {
  readonly scales: Float64Array;
  readonly zeroPoints: Float64Array | undefined;
}

/** The scale of a value that comes straight out of a `DequantizeLinear`, or goes nowhere but into a `QuantizeLinear`. */
export function codesBefore(value: Value): CodeScale | undefined {
  const node = value.producer;
  return node?.is('DequantizeLinear') ? scaleOf(node) : undefined;
}

/** The scale of the `QuantizeLinear` nodes that are all that reads a value. */
export function codesBehind(value: Value): CodeScale | undefined {
  let found: CodeScale | undefined;
  for (const { node } of value.uses()) {
    if (!node?.is('QuantizeLinear')) return undefined;
    found ??= scaleOf(node);
  }
  return found;
}

function scaleOf(node: Node): CodeScale | undefined {
  const [, scale, zeroPoint] = node.inputs;
  const scales = scale && constantTensor(scale);
  if (!scales) return undefined;
  const zeros = zeroPoint && constantTensor(zeroPoint);
  return { scales: tensorFloats(scales), zeroPoints: zeros ? tensorFloats(zeros) : undefined };
}

export function sameCodes(a: CodeScale, b: CodeScale): boolean {
  return sameNumbers(a.scales, b.scales) && sameNumbers(a.zeroPoints ?? zero, b.zeroPoints ?? zero);
}

const zero = Float64Array.of(0);

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  return a.length === b.length && a.every((x, i) => x === b[i]);
}
