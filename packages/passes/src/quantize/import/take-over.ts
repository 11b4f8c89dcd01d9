import {
  canReplaceValue,
  constantTensor,
  type Editor,
  inferModel,
  type Node,
  replaceValue,
  type Tensor,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { producerOf } from '../../support/view.ts';
import { operandsOf } from '../constraints/operands.ts';
import { PointTable } from '../constraints/point-table.ts';
import { cellCodes } from '../theta/cells.ts';
import { numberOf, sameTheta, type Theta } from '../theta/theta.ts';
import { type CodePair, codePair, thetaOfNode } from './code-pair.ts';

/** What a model that was trained for codes says about them. */
export interface TakenOver {
  /** Scales and zero points by value, for the option `overrides`; each binds its whole class. */
  readonly overrides: ReadonlyMap<string, Theta>;
  /** Values that have several scales, which stay as they are written. */
  readonly left: readonly string[];
  /** Weights that became codes: their `QuantizeLinear` is gone. */
  readonly weights: number;
}

/**
 * Takes the codes of a model that was trained for them out of its nodes: pairs of `QuantizeLinear` and
 * `DequantizeLinear` behind values go, and what they say is handed out. Quantizing with it as `overrides` puts them
 * back: once for each value, and on all that moves or joins codes of the same class as well. Weights become codes, and
 * keep their scales.
 * @throws ModelError `model/invalid` for a scale that is not positive, or a zero point that is none of the codes.
 */
export function takeOverCodes(editor: Editor): TakenOver {
  inferModel(editor);
  const nodes = [...editor.model.graphs()].filter((g) => !g.inFunction).flatMap((g) => [...g.nodes()]);
  const ends = nodes.filter((node) => node.is('DequantizeLinear'));
  return editor.transact(() => {
    const weights = ends.filter((node) => foldWeight(editor, node)).length;
    const constants = ends.flatMap((node) => {
      const found = takeConstant(editor, node);
      return found ? [found] : [];
    });
    const { taken, left } = takePairs(editor, ends);
    // Names are read when all values have theirs.
    const table = new PointTable();
    const overrides = new Map([...constants, ...taken].map(([value, theta]) => [table.keyOf(value), theta]));
    return { overrides, left: left.map((value) => table.keyOf(value)), weights };
  });
}

/** A constant that is made codes in the graph becomes codes in the file. */
function foldWeight(editor: Editor, dequantize: Node): boolean {
  const quantize = producerOf(dequantize.inputs[0], 'QuantizeLinear');
  const data = quantize?.inputs[0];
  const tensor = data && constantTensor(data);
  const parameters = [1, 2].map((i) => quantize?.inputs[i]);
  if (!quantize || !data || !tensor || !dequantize.graph) return false;
  const codes = codesOf(quantize, tensor);
  if (
    !codes ||
    parameters.some((v, i) => v !== dequantize.inputs[i + 1] && !sameData(v, dequantize.inputs[i + 1]))
  )
    return false;
  editor.setOperand(dequantize, 0, editor.addConstant(dequantize.graph, codes, `${data.name}_quantized`));
  drop(editor, [quantize]);
  return true;
}

/** The codes that a node makes of a constant: one scale, or one for each index of an axis. */
function codesOf(quantize: Node, tensor: Tensor): Tensor | undefined {
  const [scale, zero] = [quantize.inputs[1], quantize.inputs[2]].map((v) => v && constantTensor(v));
  const type = quantize.outputs[0]?.type;
  const attribute = quantize.attributes.get('axis');
  const written = attribute?.type === 'int' ? Number(attribute.value) : 1;
  const axis = written < 0 ? written + tensor.rank : written;
  const dtype = (['int8', 'uint8', 'int4', 'uint4', 'int16', 'uint16'] as const).find(
    (t) => type?.kind === 'tensor' && t === type.dtype,
  );
  if (!scale || !dtype || quantize.attributes.has('block_size')) return undefined;
  const perAxis = scale.size > 1;
  if (perAxis && tensor.dims[axis] !== scale.size) return undefined;
  const scales = tensorFloats(scale);
  const zeroPoints = zero ? tensorFloats(zero) : new Float64Array(scales.length);
  const format = { dtype, symmetric: false, powerOfTwo: false, narrow: false };
  const cells = perAxis ? ({ kind: 'axis', axis } as const) : ({ kind: 'tensor' } as const);
  const codes = cellCodes(tensorFloats(tensor), tensor.dims, cells, {
    format,
    dims: scale.dims,
    scales,
    zeroPoints,
  });
  return tensorOf(dtype, tensor.dims, codes);
}

function sameData(a: Value | undefined, b: Value | undefined): boolean {
  const [x, y] = [a, b].map((v) => v && constantTensor(v));
  if (!x || !y || x.dtype !== y.dtype || x.size !== y.size) return false;
  const values = tensorFloats(y);
  return tensorFloats(x).every((v, i) => v === values[i]);
}

/** Codes in the file that stand for data, not for weights or a bias: numbers again, with what their codes say. */
function takeConstant(editor: Editor, dequantize: Node): readonly [Value, Theta] | undefined {
  const [codes] = dequantize.inputs;
  const result = dequantize.outputs[0];
  const tensor = codes && constantTensor(codes);
  const theta = tensor && thetaOfNode(dequantize);
  if (!result || !tensor || !theta || !dequantize.graph || result.isGraphOutput) return undefined;
  for (const { node, index } of result.uses()) if (!node || isParameter(node, index)) return undefined;
  const numbers = tensorFloats(tensor).map((q) => numberOf(q, theta));
  const hint = codes.name.replace(/_quantized$/, '');
  const value = editor.addConstant(dequantize.graph, tensorOf('float32', tensor.dims, numbers), hint);
  editor.replaceAllUses(result, value);
  drop(editor, [dequantize]);
  return [value, theta];
}

function isParameter(node: Node, index: number): boolean {
  const { weights, bias } = operandsOf(node);
  return weights?.some(({ input }) => index === input) || index === bias;
}

function takePairs(
  editor: Editor,
  ends: readonly Node[],
): { readonly taken: ReadonlyMap<Value, Theta>; readonly left: readonly Value[] } {
  const byData = new Map<Value, CodePair[]>();
  const requantized = new Set<Value>();
  for (const node of ends) {
    const pair = node.graph && codePair(node);
    if (!pair) continue;
    const known = byData.get(pair.data);
    if (known) known.push(pair);
    else byData.set(pair.data, [pair]);
    const before = pair.data.producer && codePair(pair.data.producer);
    if (before) for (const value of [before.data, pair.data]) requantized.add(value);
  }
  const taken = new Map<Value, Theta>();
  const left: Value[] = [];
  for (const [data, pairs] of byData) {
    const [first] = pairs;
    if (!first) continue;
    const agree = pairs.every((p) => sameTheta(p.theta, first.theta)) && !requantized.has(data);
    const results = pairs.flatMap((p) => p.dequantize.outputs[0] ?? []);
    if (!agree || !results.every((r) => canReplaceValue(r, data))) {
      left.push(data);
      continue;
    }
    // What one pair gives up may keep another from taking over a name.
    if (results.every((r) => replaceValue(editor, r, data))) taken.set(data, first.theta);
    for (const { dequantize, clip, quantize } of pairs) drop(editor, [dequantize, clip, quantize]);
  }
  return { taken, left };
}

/** Erases nodes, from the last one on, as long as nobody reads them, and the constants that only they have read. */
function drop(editor: Editor, nodes: readonly (Node | undefined)[]): void {
  for (const node of nodes) {
    if (!node?.graph || node.outputs.some((value) => value && value.useCount > 0)) continue;
    editor.eraseNode(node);
    for (const value of new Set(node.inputs))
      if (value?.isInitializer && value.graph && value.useCount === 0) editor.removeInitializer(value);
  }
}
