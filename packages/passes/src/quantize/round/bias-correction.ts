import {
  constantTensor,
  type Editor,
  type Node,
  shapeOf,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { tensorNumbers } from '../../support/tensor-numbers.ts';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { type Cells, type CellThetas, cellErrors } from '../theta/cells.ts';
import type { Gram } from './gram.ts';
import { weightRows } from './weight-rows.ts';

/**
 * By how much the codes of a weight move the mean of each output channel, on the data that was seen: to be taken away
 * from the bias.
 */
export function meanShift(
  layer: LinearLayer,
  cells: Cells,
  thetas: CellThetas,
  codes: ArrayLike<number>,
  grams: readonly Gram[],
): Float64Array {
  const errors = cellErrors(tensorNumbers(layer.tensor), layer.tensor.dims, cells, thetas, codes);
  const shift = new Float64Array(layer.outputs);
  for (const { output, group, at, step, size } of weightRows(layer)) {
    const mean = grams[group]?.mean;
    if (!mean) continue;
    let sum = 0;
    for (let k = 0, i = at; k < size; k += 1, i += step) sum += (errors[i] as number) * (mean[k] as number);
    shift[output] = sum;
  }
  return shift;
}

/** The operand that is added to each output channel of a layer, or may be. */
export interface BiasPlace {
  readonly node: Node;
  readonly input: number;
}

/**
 * Where a number can be added to each output channel: the constant bias of a layer, one that it does not have yet, or
 * the constant that an `Add` behind a `MatMul` adds. A `Gemm` must add its bias as it is.
 */
export function biasPlace(layer: LinearLayer): BiasPlace | undefined {
  const { node, biasInput, outputs } = layer;
  if (node.is('Gemm') && (attributeOf(node, 'alpha') !== 1 || attributeOf(node, 'beta') !== 1))
    return undefined;
  const place = biasInput === undefined ? addBehind(layer) : { node, input: biasInput };
  const old = place?.node.inputs[place.input];
  const tensor = old && constantTensor(old);
  if (!old) return place;
  const fits = tensor && (tensor.size === 1 || (tensor.size === outputs && tensor.dims.at(-1) === outputs));
  return fits ? place : undefined;
}

/** Takes a number away from each output channel of a layer. Answers false, and changes nothing, without a place for it. */
export function shiftBias(editor: Editor, layer: LinearLayer, shift: Float64Array): boolean {
  const { node, outputs } = layer;
  const place = biasPlace(layer);
  if (!place || !node.graph) return false;
  const old = place.node.inputs[place.input];
  const tensor = old && constantTensor(old);
  const before = tensor ? tensorFloats(tensor) : Float64Array.of(0);
  const now = shift.map((s, c) => (before[before.length === 1 ? 0 : c] as number) - s);
  const name = old?.name ?? `${node.outputs[0]?.name ?? node.label}_bias`;
  const dims = tensor && tensor.size === outputs ? tensor.dims : [outputs];
  const bias = editor.addConstant(node.graph, tensorOf('float32', dims, now), name);
  editor.setOperand(place.node, place.input, bias);
  if (old && old.useCount === 0 && old.isInitializer) editor.removeInitializer(old);
  return true;
}

function attributeOf(node: Node, name: string): number {
  const attribute = node.attributes.get(name);
  return attribute?.type === 'float' ? attribute.value : 1;
}

/** The constant operand of an `Add` that alone reads a product, along its last axis. */
function addBehind({ node, outputs }: LinearLayer): BiasPlace | undefined {
  const result: Value | undefined = node.outputs[0];
  const use = result?.useCount === 1 ? result.uses().next().value : undefined;
  const add = use?.node;
  if (!use || !add?.is('Add')) return undefined;
  const input = 1 - use.index;
  const shape = shapeOf(add.inputs[input]);
  return shape?.length === 1 && shape[0] === outputs ? { node: add, input } : undefined;
}
