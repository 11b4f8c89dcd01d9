import {
  type Attribute,
  constantTensor,
  dtypeCode,
  type Editor,
  InternalError,
  inferModel,
  inferNode,
  ModelError,
  type Node,
  outputOf,
  type Place,
  replaceValue,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { dropUnread } from '../../support/drop-unread.ts';
import { viewNumber } from '../../support/view.ts';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { placeBehind } from '../layers/place-behind.ts';
import type { FloatProduct } from '../layers/products.ts';
import { chooseProducts, type DynamicOptions } from './candidates.ts';
import { codedWeight } from './coded-weight.ts';

/** What `quantizeDynamically` wrote: `DynamicQuantizeLinear`, `MatMulInteger` and `ConvInteger`. */
export interface DynamicReport {
  /** Products that run on integers, as they were, in the order of the graph. */
  readonly quantized: readonly Node[];
  /** Values that are quantized at run time: fewer than products where several read one value. */
  readonly values: number;
  /** Products that stay in floats. */
  readonly float: readonly FloatProduct[];
}

/**
 * Dynamic quantization in place: products of data with constant weights run on integers, with scales of the data that
 * are found at run time. `DynamicQuantizeLinear` of a value is made once, for all products that read it. `MatMul` and
 * `Gemm` become `MatMulInteger`, `Conv` becomes `ConvInteger`, with weights of int8 and a scale an output channel.
 * @throws ModelError `model/unsupported` below opset 11.
 */
export function quantizeDynamically(editor: Editor, options: DynamicOptions = {}): DynamicReport {
  // A model without the standard operators has no products.
  const opset = editor.model.opsets.get('') ?? 11;
  if (opset < 11) {
    const message = `quantizing at run time takes opset 11, the model has ${opset}`;
    throw new ModelError('model/unsupported', message, {}, 'raise the model to opset 11 first');
  }
  inferModel(editor);
  const { chosen, float } = chooseProducts(editor.model, options);
  return editor.transact(() => {
    const writer = new DynamicWriter(editor);
    for (const layer of chosen) writer.rewrite(layer);
    for (const { weight } of chosen) dropUnread(editor, weight);
    return { quantized: chosen.map(({ node }) => node), values: writer.values, float };
  });
}

/** A value as codes, with what says how to read them. */
interface Codes {
  readonly codes: Value;
  readonly scale: Value;
  readonly zeroPoint: Value;
}

/** Codes of a weight, and its scales in a shape that broadcasts to the result. */
interface WeightConstants {
  readonly codes: Value;
  readonly scales: Value;
}

class DynamicWriter {
  private readonly editor: Editor;
  private readonly data = new Map<Value, Codes>();
  private readonly weights = new Map<string, WeightConstants>();

  constructor(editor: Editor) {
    this.editor = editor;
  }

  /** How many values are quantized at run time. */
  get values(): number {
    return this.data.size;
  }

  rewrite(layer: LinearLayer): void {
    const { node } = layer;
    const [data] = node.inputs;
    const [result] = node.outputs;
    if (!data || !result) return;
    const x = this.dataCodes(data);
    const weight = this.weightConstants(layer);
    const make = this.maker({ before: node }, result.name);
    const isConv = node.is('Conv');
    const attributes = isConv ? [...node.attributes.values()] : [];
    const sums = make(
      isConv ? 'ConvInteger' : 'MatMulInteger',
      [x.codes, weight.codes, x.zeroPoint],
      attributes,
    );
    const to: Attribute = { name: 'to', type: 'int', value: dtypeCode('float32') };
    // ONNX Runtime fuses products, casts and multiplications that stand like this.
    const scaled = make('Mul', [make('Cast', [sums], [to]), make('Mul', [x.scale, weight.scales])]);
    const bias = this.biasOf(layer);
    replaceValue(this.editor, result, bias ? make('Add', [scaled, bias]) : scaled);
    this.editor.eraseNode(node);
    const old = layer.biasInput === undefined ? undefined : node.inputs[layer.biasInput];
    if (old && constantTensor(old)) dropUnread(this.editor, old);
  }

  /** The data on codes: quantized once, behind its definition. */
  private dataCodes(data: Value): Codes {
    const known = this.data.get(data);
    if (known) return known;
    const outputs = ['quantized', 'scale', 'zero_point'].map((part) =>
      this.editor.freshName(`${data.name}_${part}`),
    );
    const spec = { opType: 'DynamicQuantizeLinear', inputs: [data], outputs };
    const node = this.editor.createNode(spec, placeBehind(data));
    inferNode(this.editor, node);
    const made = { codes: outputOf(node), scale: outputOf(node, 1), zeroPoint: outputOf(node, 2) };
    this.data.set(data, made);
    return made;
  }

  private weightConstants(layer: LinearLayer): WeightConstants {
    const { node, weight, outputs, tensor } = layer;
    const alpha = node.is('Gemm') ? (viewNumber(node, 'alpha') ?? 1) : 1;
    const key = `${weight.id} ${node.opType} ${layer.outputsFirst} ${alpha}`;
    const known = this.weights.get(key);
    if (known) return known;
    const graph = weight.graph ?? weight.producer?.graph;
    if (!graph) throw new InternalError(`'${weight.name}' is in no graph`);
    const coded = codedWeight(layer);
    // Channels of a convolution lie before the axes of its window.
    const dims = node.is('Conv') ? [outputs, ...tensor.dims.slice(2).map(() => 1)] : [outputs];
    const scales = tensorOf(
      'float32',
      dims,
      Float64Array.from(coded.scales, (scale) => scale * alpha),
    );
    const made = {
      codes: this.editor.addConstant(graph, coded.codes, `${weight.name}_quantized`),
      scales: this.editor.addConstant(graph, scales, `${weight.name}_scale`),
    };
    this.weights.set(key, made);
    return made;
  }

  /** The bias in a shape that broadcasts to the result. */
  private biasOf(layer: LinearLayer): Value | undefined {
    const { node, biasInput, outputs, tensor } = layer;
    const bias = biasInput === undefined ? undefined : node.inputs[biasInput];
    const channels = node.is('Conv') ? [outputs, ...tensor.dims.slice(2).map(() => 1)] : undefined;
    const beta = node.is('Gemm') ? (viewNumber(node, 'beta') ?? 1) : 1;
    if (!bias || !node.graph || (beta === 1 && !channels)) return bias;
    const constant = constantTensor(bias);
    if (constant) {
      const values = tensorFloats(constant).map((b) => b * beta);
      const changed = tensorOf('float32', channels ?? constant.dims, values);
      return this.editor.addConstant(node.graph, changed, bias.name);
    }
    // One with another factor is not chosen.
    if (!channels) return bias;
    const shape = tensorOf('int64', [channels.length], channels);
    const inputs = [bias, this.editor.addConstant(node.graph, shape, `${bias.name}_shape`)];
    return this.maker({ before: node }, bias.name)('Reshape', inputs);
  }

  private maker(
    at: Place,
    hint: string,
  ): (opType: string, inputs: readonly Value[], attributes?: readonly Attribute[]) => Value {
    return (opType, inputs, attributes = []) => {
      const outputs = [this.editor.freshName(`${hint}_${opType.toLowerCase()}`)];
      const node = this.editor.createNode({ opType, inputs, outputs, attributes }, at);
      inferNode(this.editor, node);
      return outputOf(node);
    };
  }
}
