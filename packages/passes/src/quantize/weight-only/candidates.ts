import { constantTensor, dtypeOf, type Model, type Node, shapeOf, type Tensor, type Value } from '@refold/ir';
import { viewNumber } from '../../support/view.ts';
import { type LinearLayer, linearLayer } from '../layers/linear-layer.ts';
import { type FloatProduct, type FloatReason, hasConstantWeight, isProduct } from '../layers/products.ts';
import { bitsOf } from '../theta/format.ts';
import type { WeightCodeType, WeightOnlyOptions } from './options.ts';

/** A constant that a node reads, and the form in which it is coded. */
export interface Candidate {
  readonly node: Node;
  readonly input: number;
  readonly weight: Value;
  readonly tensor: Tensor;
  readonly type: WeightCodeType;
  /** The dims under which blocks are cut: those of the weight, or of a matrix of the same elements. */
  readonly dims: readonly number[];
  /** The axis of these along which blocks lie: the one that is summed over. */
  readonly axis: number;
  /** Whether codes are written as the transposed matrix: engines fuse what runs over inputs first. */
  readonly transposed: boolean;
  /** What it is to the node; undefined for a table that is looked up. */
  readonly layer: LinearLayer | undefined;
  readonly isTable: boolean;
}

/** Weights along the axis that is summed over, at least: those of depthwise convolutions are fewer. */
const LEAST_ROW = 16;

type Form = Pick<Candidate, 'input' | 'dims' | 'axis' | 'transposed'>;

export interface Choice {
  readonly chosen: readonly Candidate[];
  readonly float: readonly FloatProduct[];
}

/** The weights that are to be coded, and the products that keep theirs, with the reason. */
export function chooseWeights(model: Model, options: WeightOnlyOptions): Choice {
  const graphs = [...model.graphs()].filter((g) => !g.inFunction);
  const nodes = graphs.flatMap((g) => [...g.nodes()]);
  const products = nodes.filter(isProduct);
  const withWeights = products.filter(hasConstantWeight);
  const ends = new Set([withWeights[0], withWeights.at(-1)]);
  const chosen: Candidate[] = [];
  const float: FloatProduct[] = [];
  for (const node of products) {
    const found = productOf(node, options, ends.has(node));
    if (typeof found === 'string') float.push({ node, reason: found });
    else chosen.push(found);
  }
  if (options.embeddings) chosen.push(...nodes.flatMap((node) => tableOf(node, options) ?? []));
  return withoutShared(chosen, float);
}

function productOf(node: Node, options: WeightOnlyOptions, isEnd: boolean): Candidate | FloatReason {
  const { least = 1024, keep, format = 'qdq' } = options;
  if (!hasConstantWeight(node)) return 'computed';
  if (keep?.(node)) return 'asked';
  const type = typeFor(node, options);
  if (isEnd && !(options.ends ?? bitsOf(type) > 4)) return 'end';
  const layer = linearLayer(node);
  const form = formOf(node, layer);
  const weight = form && node.inputs[form.input];
  const tensor = weight && constantTensor(weight);
  if (!form || !tensor || tensor.dtype !== 'float32') return 'operator';
  if (format === 'matmulnbits' && !(layer && isMatrixProduct(node))) return 'operator';
  // A scale for a few weights is hardly smaller than they are.
  if (tensor.size < least || (form.dims[form.axis] ?? 1) < Math.min(LEAST_ROW, least)) return 'small';
  return { node, weight, tensor, type, layer, isTable: false, ...form };
}

function typeFor(node: Node, { type = 'uint4' }: WeightOnlyOptions): WeightCodeType {
  return typeof type === 'function' ? type(node) : type;
}

/** `Gemm` with other factors has no form in which the operators of ONNX Runtime do the same. */
function isMatrixProduct(node: Node): boolean {
  if (node.is('MatMul')) return true;
  const bias = shapeOf(node.inputs[2]);
  const isPlain = viewNumber(node, 'alpha') === 1 && viewNumber(node, 'beta') === 1;
  return node.is('Gemm') && isPlain && (node.inputs[2] === undefined || bias?.length === 1);
}

function formOf(node: Node, layer: LinearLayer | undefined): Form | undefined {
  if (node.is('MatMul') && !layer) return batchedForm(node);
  if (!layer) return undefined;
  const { dims } = layer.tensor;
  if (node.is('ConvTranspose')) return { input: 1, dims, axis: 0, transposed: false };
  if (node.is('Conv')) {
    // All that one output channel is multiplied with is one row.
    const row = (layer.inputs / layer.group) * layer.window;
    return { input: 1, dims: [layer.outputs, row], axis: 1, transposed: false };
  }
  return { input: 1, dims, axis: layer.outputsFirst ? 1 : 0, transposed: layer.outputsFirst };
}

/** A matrix at the left, or several matrices. */
function batchedForm(node: Node): Form | undefined {
  const input = node.inputs.findIndex((v) => v !== undefined && constantTensor(v) !== undefined);
  const value = node.inputs[input];
  const dims = value && constantTensor(value)?.dims;
  if (!dims || dims.length < 2) return undefined;
  return { input, dims, axis: dims.length - (input === 0 ? 1 : 2), transposed: false };
}

/** Rows that are looked up: blocks lie along them. */
function tableOf(node: Node, options: WeightOnlyOptions): Candidate | undefined {
  const [weight, indices] = node.inputs;
  if (!node.is('Gather') || !weight || options.keep?.(node)) return undefined;
  const tensor = constantTensor(weight);
  if (!tensor || dtypeOf(weight) !== 'float32' || tensor.rank !== 2 || viewNumber(node, 'axis') !== 0)
    return undefined;
  if (tensor.size < (options.least ?? 1024) || shapeOf(indices) === undefined) return undefined;
  const type = typeFor(node, options);
  const form = { input: 0, dims: tensor.dims, axis: 1, transposed: false };
  return { node, weight, tensor, type, layer: undefined, isTable: true, ...form };
}

/** A weight that anything else reads as floats stays, and codes of it would come on top. */
function withoutShared(chosen: readonly Candidate[], float: readonly FloatProduct[]): Choice {
  const coded = new Map<Value, number>();
  for (const { weight } of chosen) coded.set(weight, (coded.get(weight) ?? 0) + 1);
  const isShared = ({ weight }: Candidate): boolean => weight.useCount > (coded.get(weight) ?? 0);
  const left = chosen.filter((c) => isShared(c) && !c.isTable);
  return {
    chosen: chosen.filter((c) => !isShared(c)),
    float: [...float, ...left.map(({ node }): FloatProduct => ({ node, reason: 'shared' }))],
  };
}
