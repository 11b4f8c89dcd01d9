import {
  constantTensor,
  type Editor,
  type Node,
  outputOf,
  type Tensor,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { producerOf, viewNumber, viewText } from '../../support/view.ts';
import { type Cells, type CellThetas, cellCodes } from '../theta/cells.ts';
import { codeTypes } from '../theta/format.ts';
import { drop } from './drop.ts';

/** A constant that is codes in the file, one scale for all of it or for each index of an axis. */
export interface CodedWeight {
  readonly codes: Tensor;
  readonly cells: Cells;
  readonly thetas: CellThetas;
}

/** What a `DequantizeLinear` of a constant says; undefined for any other, and for scales in blocks. */
export function codedWeight(dequantize: Node): CodedWeight | undefined {
  const codes = constantOf(dequantize.inputs[0]);
  const found = codes && thetasOf(dequantize, codes.dtype, codes.dims);
  return found && { codes, ...found };
}

/** A constant that is made codes in the graph, clipped or not, becomes codes in the file. */
export function foldWeight(editor: Editor, dequantize: Node): boolean {
  const clip = producerOf(dequantize.inputs[0], 'Clip');
  const quantize = producerOf(clip ? clip.inputs[0] : dequantize.inputs[0], 'QuantizeLinear');
  const data = quantize?.inputs[0];
  const tensor = constantOf(data);
  if (!quantize || !data || !tensor || !dequantize.graph) return false;
  const parameters = [1, 2].map((i) => [quantize.inputs[i], dequantize.inputs[i]] as const);
  if (parameters.some(([a, b]) => a !== b && !sameData(a, b))) return false;
  const codes = codesFrom(quantize, clip, tensor);
  if (!codes) return false;
  editor.setOperand(dequantize, 0, editor.addConstant(dequantize.graph, codes, `${data.name}_quantized`));
  drop(editor, [clip, quantize]);
  return true;
}

/** The codes that nodes make of a constant. */
function codesFrom(quantize: Node, clip: Node | undefined, tensor: Tensor): Tensor | undefined {
  const type = outputOf(quantize).type;
  const found = type?.kind === 'tensor' ? thetasOf(quantize, type.dtype, tensor.dims) : undefined;
  if (!found) return undefined;
  const { cells, thetas } = found;
  const codes = cellCodes(tensorFloats(tensor), tensor.dims, cells, thetas);
  const bounds = [1, 2].map((i) => clip?.inputs[i]).map((v) => (v ? constantOf(v) : 'none'));
  const [low, high] = bounds.map((b) => (b === 'none' ? undefined : b && tensorFloats(b)[0]));
  if (bounds.includes(undefined)) return undefined;
  const clipped = codes.map((q) => Math.min(Math.max(q, low ?? q), high ?? q));
  return tensorOf(thetas.format.dtype, tensor.dims, clipped);
}

/** Scales and zero points of a `QuantizeLinear` or `DequantizeLinear` for a constant of some dimensions. */
function thetasOf(
  node: Node,
  codes: string,
  dims: readonly number[],
): { readonly cells: Cells; readonly thetas: CellThetas } | undefined {
  const dtype = codeTypes.find((type) => type === codes);
  const scale = constantOf(node.inputs[1]);
  const zero = node.inputs[2] && constantOf(node.inputs[2]);
  if (!scale || !dtype || (node.inputs[2] && !zero) || viewText(node, 'granularity') === 'block')
    return undefined;
  const perAxis = scale.size > 1;
  const axis = viewNumber(node, 'axis') ?? 0;
  if (perAxis && dims[axis] !== scale.size) return undefined;
  const scales = tensorFloats(scale);
  const zeroPoints = zero ? tensorFloats(zero) : new Float64Array(scales.length);
  const format = { dtype, symmetric: false, powerOfTwo: false, narrow: false };
  const cells = perAxis ? ({ kind: 'axis', axis } as const) : ({ kind: 'tensor' } as const);
  return { cells, thetas: { format, dims: scale.dims, scales, zeroPoints } };
}

function constantOf(value: Value | undefined): Tensor | undefined {
  return value && constantTensor(value);
}

function sameData(a: Value | undefined, b: Value | undefined): boolean {
  const [x, y] = [constantOf(a), constantOf(b)];
  if (!x || !y || x.dtype !== y.dtype || x.size !== y.size) return false;
  const values = tensorFloats(y);
  return tensorFloats(x).every((v, i) => v === values[i]);
}
