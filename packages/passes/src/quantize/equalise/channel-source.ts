import {
  batchNormalization,
  constantTensor,
  layerNormalization,
  type Node,
  rmsNormalization,
  shapeOf,
  type Tensor,
  type Value,
  viewAs,
} from '@refold/ir';
import { type LinearLayer, linearLayer } from '../layers/linear-layer.ts';
import { scaledVector, scaledWeight } from '../layers/scaled-weight.ts';

/** A new constant for an operand. */
export interface OperandEdit {
  readonly node: Node;
  readonly input: number;
  readonly tensor: Tensor;
}

/** A node whose result can have its channels multiplied by multiplying constants that it reads. */
export interface ChannelSource {
  readonly node: Node;
  readonly value: Value;
  readonly axis: number;
  readonly channels: number;
  /** The layer, when it is one and no normalisation. */
  readonly layer: LinearLayer | undefined;
  /** What to change; undefined when a constant would leave the range of float32. */
  scaled(factors: Float64Array, exact: boolean): readonly OperandEdit[] | undefined;
}

export function channelSource(node: Node): ChannelSource | undefined {
  const layer = linearLayer(node);
  if (layer) return layerSource(layer);
  return node.is('Mul') ? product(node) : normalisation(node);
}

/** A product with a constant of one element a channel, as a normalisation in several nodes ends. */
function product(node: Node): ChannelSource | undefined {
  const [value] = node.outputs;
  const input = node.inputs.findIndex((v) => v !== undefined && constantTensor(v) !== undefined);
  const factor = node.inputs[input];
  const tensor = factor && constantTensor(factor);
  const shape = shapeOf(value);
  if (!value || !tensor || !shape || tensor.dtype !== 'float32') return undefined;
  const along = tensor.dims.findIndex((d) => d !== 1);
  const axis = along + shape.length - tensor.rank;
  if (along < 0 || tensor.dims[along] !== tensor.size || shape[axis] !== tensor.size) return undefined;
  return {
    node,
    value,
    axis,
    channels: tensor.size,
    layer: undefined,
    scaled(factors, exact) {
      const scaled = scaledVector(tensor, factors, exact);
      return scaled && [{ node, input, tensor: scaled }];
    },
  };
}

function layerSource(layer: LinearLayer): ChannelSource | undefined {
  const { node, biasInput, resultAxis: axis, outputs: channels } = layer;
  const value = node.outputs[0];
  const bias = biasInput === undefined ? undefined : node.inputs[biasInput];
  const added = bias && constantTensor(bias);
  if (!value || (bias && !added)) return undefined;
  // A bias of one element a row of a Gemm is not one a channel.
  if (added && added.size > 1 && added.dims.at(-1) !== channels) return undefined;
  return {
    node,
    value,
    axis,
    channels,
    layer,
    scaled(factors, exact) {
      const tensor = scaledWeight(layer, 'outputs', factors, exact);
      const shifted = added && scaledVector(added, factors, exact);
      if (!tensor || (added && !shifted)) return undefined;
      const weight = { node, input: 1, tensor };
      return shifted && biasInput !== undefined
        ? [weight, { node, input: biasInput, tensor: shifted }]
        : [weight];
    },
  };
}

/** A normalisation over its last axis, or by channel, whose scale and shift are constants of one element a channel. */
function normalisation(node: Node): ChannelSource | undefined {
  const value = node.outputs[0];
  const axis = channelAxis(node);
  const scale = node.inputs[1];
  const channels = scale && constantTensor(scale)?.size;
  if (!value || axis === undefined || channels === undefined) return undefined;
  if (shapeOf(value)?.[axis] !== channels) return undefined;
  if (node.outputs.slice(1).some((o) => o && o.useCount > 0 && node.is('BatchNormalization')))
    return undefined;
  const parameters: { readonly input: number; readonly tensor: Tensor }[] = [];
  for (const input of [1, 2]) {
    const operand = node.inputs[input];
    const tensor = operand && constantTensor(operand);
    if (operand && tensor?.size !== channels) return undefined;
    if (tensor) parameters.push({ input, tensor });
  }
  return {
    node,
    value,
    axis,
    channels,
    layer: undefined,
    scaled(factors, exact) {
      const edits: OperandEdit[] = [];
      for (const { input, tensor } of parameters) {
        const scaled = scaledVector(tensor, factors, exact);
        if (!scaled) return undefined;
        edits.push({ node, input, tensor: scaled });
      }
      return edits;
    },
  };
}

function channelAxis(node: Node): number | undefined {
  const rank = shapeOf(node.inputs[0])?.length;
  if (rank === undefined) return undefined;
  if (node.is('LayerNormalization'))
    return viewAs(node, layerNormalization)?.axis === rank - 1 ? rank - 1 : undefined;
  if (node.is('RMSNormalization'))
    return viewAs(node, rmsNormalization)?.axis === rank - 1 ? rank - 1 : undefined;
  if (node.is('InstanceNormalization')) return 1;
  if (node.is('BatchNormalization')) {
    const view = viewAs(node, batchNormalization);
    return view && !view.trainingMode && view.spatial ? 1 : undefined;
  }
  return undefined;
}
