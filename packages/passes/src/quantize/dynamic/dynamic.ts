import {
  type Attribute,
  dtypeCode,
  dtypeOf,
  type Editor,
  inferModel,
  inferNode,
  ModelError,
  type Node,
  outputOf,
  type Place,
  replaceValue,
  shapeOf,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { constantFloats } from '../../support/constants.ts';
import { viewNumber } from '../../support/view.ts';
import { type LinearLayer, linearLayer } from '../layers/linear-layer.ts';
import { placeBehind } from '../layers/place-behind.ts';
import { type CellThetas, cellCodes, cellThetas } from '../theta/cells.ts';
import type { Format } from '../theta/format.ts';

/** What `quantizeDynamically` leaves in float32. */
export interface DynamicOptions {
  /** Nodes that stay in floats. */
  readonly keep?: (node: Node) => boolean;
  /** Weights with fewer elements stay floats; 256 when absent. */
  readonly least?: number;
}

/** What `quantizeDynamically` wrote: `DynamicQuantizeLinear`, `MatMulInteger` and `ConvInteger`. */
export interface DynamicReport {
  /** Products that run on integers. */
  readonly layers: number;
  /** Values that are quantized at run time: fewer than products where several read one value. */
  readonly values: number;
}

const weightFormat: Format = { dtype: 'int8', symmetric: true, powerOfTwo: false, narrow: false };

/** A value as codes, with what says how to read them. */
interface Codes {
  readonly codes: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/**
 * Dynamic quantization in place: products of data with constant weights run on integers, with scales of the data that
 * are found at run time. `DynamicQuantizeLinear` of a value is made once, for all products that read it. `MatMul` and
 * `Gemm` become `MatMulInteger`, `Conv` becomes `ConvInteger`, with weights of int8 and a scale an output channel.
 * @throws ModelError `model/unsupported` below opset 11.
 */
export function quantizeDynamically(editor: Editor, options: DynamicOptions = {}): DynamicReport {
  const opset = editor.model.opsets.get('') ?? 0;
  if (opset < 11) {
    const message = `quantizing at run time takes opset 11, the model has ${opset}`;
    throw new ModelError('model/unsupported', message, {}, 'raise the model to opset 11 first');
  }
  inferModel(editor);
  const graphs = [...editor.model.graphs()].filter((g) => !g.inFunction);
  const layers = graphs.flatMap((g) => [...g.nodes()]).flatMap((node) => candidate(node, options) ?? []);
  const shared = new Map<Value, Codes>();
  editor.transact(() => {
    for (const layer of layers) rewrite(editor, layer, shared);
  });
  return { layers: layers.length, values: shared.size };
}

function candidate(node: Node, { keep, least = 256 }: DynamicOptions): LinearLayer | undefined {
  const layer = keep?.(node) ? undefined : linearLayer(node);
  const data = node.inputs[0];
  if (!layer || !data || node.is('ConvTranspose') || layer.tensor.size < least) return undefined;
  if (dtypeOf(data) !== 'float32' || constantFloats(data) || node.outputs[0]?.type?.kind !== 'tensor')
    return undefined;
  if (node.is('Gemm') && (viewNumber(node, 'alpha') !== 1 || viewNumber(node, 'beta') !== 1))
    return undefined;
  return layer;
}

function rewrite(editor: Editor, layer: LinearLayer, shared: Map<Value, Codes>): void {
  const { node, biasInput } = layer;
  const { graph } = node;
  const [data] = node.inputs;
  const result = node.outputs[0];
  if (!data || !result || !graph) return;
  const at: Place = { before: node };
  const known = shared.get(data);
  const x = known ?? quantizeAtRunTime(editor, data);
  shared.set(data, x);
  const { codes, thetas } = weightsOf(layer);
  const weight = editor.addConstant(graph, codes, `${layer.weight.name}_quantized`);
  const make = makerAt(editor, at, result.name);
  const isConv = node.is('Conv');
  const attributes = isConv ? [...node.attributes.values()] : [];
  const sums = make(isConv ? 'ConvInteger' : 'MatMulInteger', [x.codes, weight, x.zeroPoint], attributes);
  const to: Attribute = { name: 'to', type: 'int', value: dtypeCode('float32') };
  const rank = shapeOf(result)?.length ?? 0;
  const channelDims = isConv
    ? [layer.outputs, ...new Array<number>(Math.max(0, rank - 2)).fill(1)]
    : [layer.outputs];
  const scales = editor.addConstant(
    graph,
    tensorOf('float32', channelDims, thetas.scales),
    `${layer.weight.name}_scale`,
  );
  const scaled = make('Mul', [make('Cast', [sums], [to]), make('Mul', [x.scale, scales])]);
  const bias = biasInput === undefined ? undefined : node.inputs[biasInput];
  const last = bias
    ? make('Add', [scaled, isConv ? byChannel(editor, bias, layer, channelDims, at) : bias])
    : scaled;
  replaceValue(editor, result, last);
  editor.eraseNode(node);
  if (layer.weight.useCount === 0 && layer.weight.isInitializer) editor.removeInitializer(layer.weight);
}

type Maker = (opType: string, inputs: readonly Value[], attributes?: readonly Attribute[]) => Value;

function makerAt(editor: Editor, at: Place, hint: string): Maker {
  return (opType, inputs, attributes = []) => {
    const outputs = [editor.freshName(`${hint}_${opType.toLowerCase()}`)];
    const node = editor.createNode({ opType, inputs, outputs, attributes }, at);
    inferNode(editor, node);
    return outputOf(node);
  };
}

function quantizeAtRunTime(editor: Editor, data: Value): Codes {
  const outputs = ['quantized', 'scale', 'zero_point'].map((part) =>
    editor.freshName(`${data.name}_${part}`),
  );
  const node = editor.createNode(
    { opType: 'DynamicQuantizeLinear', inputs: [data], outputs },
    placeBehind(data),
  );
  inferNode(editor, node);
  return { codes: outputOf(node), scale: outputOf(node, 1), zeroPoint: outputOf(node, 2) };
}

/** Codes of a weight in the layout that the integer operator reads. */
function weightsOf(layer: LinearLayer): {
  readonly codes: ReturnType<typeof tensorOf>;
  readonly thetas: CellThetas;
} {
  const { tensor, outputsFirst, outputs, inputs, node } = layer;
  const weights = tensorFloats(tensor);
  const axis = outputsFirst ? 0 : 1;
  const thetas = cellThetas(weights, tensor.dims, { kind: 'axis', axis }, weightFormat);
  const codes = cellCodes(weights, tensor.dims, { kind: 'axis', axis }, thetas);
  if (!outputsFirst || node.is('Conv')) return { codes: tensorOf('int8', tensor.dims, codes), thetas };
  const transposed = new Float64Array(codes.length);
  for (let o = 0, i = 0; o < outputs; o += 1)
    for (let k = 0; k < inputs; k += 1, i += 1) transposed[k * outputs + o] = codes[i] as number;
  return { codes: tensorOf('int8', [inputs, outputs], transposed), thetas };
}

/** The bias of a convolution, in a shape that broadcasts along channels. */
function byChannel(
  editor: Editor,
  bias: Value,
  layer: LinearLayer,
  dims: readonly number[],
  at: Place,
): Value {
  const { graph } = layer.node;
  const values = constantFloats(bias);
  if (values && graph) return editor.addConstant(graph, tensorOf('float32', dims, values), bias.name);
  if (!graph) return bias;
  const shape = editor.addConstant(graph, tensorOf('int64', [dims.length], dims), `${bias.name}_shape`);
  return makerAt(editor, at, bias.name)('Reshape', [bias, shape]);
}
