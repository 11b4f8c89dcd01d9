import {
  type Attribute,
  constantTensor,
  dtypeOf,
  type Editor,
  inferModel,
  ModelError,
  type Node,
  outputOf,
  RefoldError,
  type Tensor,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { viewNumber } from '../../support/view.ts';
import { type LinearLayer, linearLayer } from '../layers/linear-layer.ts';
import type { Gram } from '../round/gram.ts';
import { roundWeights } from '../round/round-weights.ts';
import { type Cells, cellCodes, cellThetas } from '../theta/cells.ts';
import type { CodeType, Format } from '../theta/format.ts';

/** Which weights `quantizeWeights` quantizes, and to what. */
export interface WeightOnlyOptions {
  /** `int4` when absent. */
  readonly type?: Extract<CodeType, 'int4' | 'uint4' | 'int8' | 'uint8'>;
  /** Weights that share a scale, along the axis that is summed over; 32 when absent. The last block may be short. */
  readonly block?: number;
  /** Weights with fewer elements stay floats; 1,024 when absent. */
  readonly least?: number;
  /** Nodes whose weights stay floats. */
  readonly keep?: (node: Node) => boolean;
  /** Whether the first and the last product are quantized too; with 4 bits they are not when absent. */
  readonly ends?: boolean;
  /** Whether tables that `Gather` looks up are quantized; false when absent. */
  readonly embeddings?: boolean;
  /** Moments of the data of layers, to round by; without them, to the nearest. See `GramCollector`. */
  readonly grams?: (layer: LinearLayer) => readonly Gram[] | undefined;
}

/** What `quantizeWeights` saved. */
export interface WeightOnlyReport {
  readonly weights: number;
  /** Bytes of these weights as floats, and as codes with their scales and zero points. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

const OPSET = 21;

/**
 * Replaces the float32 weights of `MatMul` and `Gemm` by codes of 4 or 8 bits, with a scale for each block along the
 * axis that is summed over, and `DequantizeLinear` with `block_size`: activations stay floats. A weight that several
 * nodes read is one tensor of codes.
 * @throws ModelError `model/unsupported` below opset 21; RefoldError `usage/option` unless the block is at least 1.
 */
export function quantizeWeights(editor: Editor, options: WeightOnlyOptions = {}): WeightOnlyReport {
  const { type = 'int4', block = 32 } = options;
  if (!(Number.isInteger(block) && block > 0))
    throw new RefoldError('usage/option', `a block of ${block} is no block`);
  const opset = editor.model.opsets.get('') ?? 0;
  if (opset < OPSET) {
    const message = `blocks of weights take opset ${OPSET}, the model has ${opset}`;
    throw new ModelError('model/unsupported', message, {}, `raise the model to opset ${OPSET} first`);
  }
  inferModel(editor);
  const found = candidates(editor, options);
  let [bytesBefore, bytesAfter] = [0, 0];
  const made = new Map<string, Value>();
  editor.transact(() => {
    for (const candidate of found) {
      const key = `${candidate.weight.id} ${candidate.axis}`;
      const known = made.get(key);
      if (!known) {
        const coded = encode(candidate, type, block, options);
        made.set(key, write(editor, candidate, coded, block));
        bytesBefore += candidate.tensor.byteLength;
        bytesAfter += coded.reduce((sum, t) => sum + (t?.byteLength ?? 0), 0);
      }
      const value = known ?? made.get(key);
      if (value) editor.setOperand(candidate.node, candidate.input, value);
    }
    for (const { weight } of found) {
      if (weight.useCount === 0 && weight.isInitializer) editor.removeInitializer(weight);
    }
  });
  return { weights: made.size, bytesBefore, bytesAfter };
}

interface Candidate {
  readonly node: Node;
  readonly input: number;
  readonly weight: Value;
  readonly tensor: Tensor;
  /** The axis along which blocks lie. */
  readonly axis: number;
  readonly layer: LinearLayer | undefined;
}

function candidates(editor: Editor, options: WeightOnlyOptions): readonly Candidate[] {
  const { type = 'int4', least = 1024, keep, embeddings = false } = options;
  const graphs = [...editor.model.graphs()].filter((g) => !g.inFunction);
  const nodes = graphs.flatMap((g) => [...g.nodes()]);
  const layers = nodes.filter((n) => n.is('MatMul') || n.is('Gemm')).flatMap((n) => linearLayer(n) ?? []);
  const ends = options.ends ?? !type.endsWith('4');
  const inner = ends ? layers : layers.slice(1, -1);
  const products = inner.map((layer): Candidate => {
    const { node, weight, tensor } = layer;
    return { node, input: 1, weight, tensor, axis: layer.outputsFirst ? 1 : 0, layer };
  });
  const tables = embeddings ? nodes.flatMap((node) => tableOf(node) ?? []) : [];
  return [...products, ...tables].filter(({ node, tensor }) => tensor.size >= least && !keep?.(node));
}

/** Rows that are looked up: blocks lie along the last axis. */
function tableOf(node: Node): Candidate | undefined {
  const [weight] = node.inputs;
  if (!node.is('Gather') || !weight || dtypeOf(weight) !== 'float32') return undefined;
  const tensor = constantTensor(weight);
  if (tensor?.rank !== 2 || viewNumber(node, 'axis') !== 0) return undefined;
  return { node, input: 0, weight, tensor, axis: 1, layer: undefined };
}

type Coded = readonly [codes: Tensor, scales: Tensor, zeroPoints: Tensor | undefined];

function encode(
  { tensor, axis, layer }: Candidate,
  type: CodeType,
  block: number,
  { grams }: WeightOnlyOptions,
): Coded {
  const symmetric = !type.startsWith('u');
  const format: Format = { dtype: type, symmetric, powerOfTwo: false, narrow: false };
  const cells: Cells = { kind: 'block', axis, size: block };
  const weights = tensorFloats(tensor);
  const thetas = cellThetas(weights, tensor.dims, cells, format);
  const moments = layer && grams?.(layer);
  const codes =
    layer && moments
      ? roundWeights(layer, cells, thetas, moments).codes
      : cellCodes(weights, tensor.dims, cells, thetas);
  return [
    tensorOf(type, tensor.dims, codes),
    tensorOf('float32', thetas.dims, thetas.scales),
    symmetric ? undefined : tensorOf(type, thetas.dims, thetas.zeroPoints),
  ];
}

function write(
  editor: Editor,
  { node, weight, axis }: Candidate,
  [codes, scales, zeros]: Coded,
  block: number,
): Value {
  const graph = (weight.graph ?? weight.producer?.graph ?? node.graph)?.root;
  if (!graph?.firstNode) throw new ModelError('model/invalid', `'${weight.name}' is in no graph with nodes`);
  const { name } = weight;
  const inputs = [
    editor.addConstant(graph, codes, `${name}_quantized`),
    editor.addConstant(graph, scales, `${name}_scale`),
  ];
  if (zeros) inputs.push(editor.addConstant(graph, zeros, `${name}_zero_point`));
  const attributes: Attribute[] = [
    { name: 'axis', type: 'int', value: axis },
    { name: 'block_size', type: 'int', value: block },
  ];
  const outputs = [editor.freshName(`${name}_dequantized`)];
  const spec = { opType: 'DequantizeLinear', inputs, outputs, attributes, types: [weight.type] };
  return outputOf(editor.createNode(spec, { before: graph.firstNode }));
}
