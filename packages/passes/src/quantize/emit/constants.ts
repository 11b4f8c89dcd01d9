import {
  constantTensor,
  type Editor,
  type Graph,
  InternalError,
  type Place,
  type Tensor,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import { roundHalfEven } from '../../support/round-half-even.ts';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import type { CellThetas } from '../theta/cells.ts';
import type { CodedTensors } from './coded-tensors.ts';
import { dequantize } from './qdq-nodes.ts';
import type { ClassScales } from './scales.ts';

/** A constant as codes: what stands for it now, and its scales. */
export interface QuantizedConstant {
  readonly value: Value;
  readonly thetas: CellThetas;
}

/** Scales of a product: of its data, and of its weights. */
export interface ProductScales {
  readonly data: number;
  readonly weights: CellThetas;
}

/** Replaces constants by codes and `DequantizeLinear`; one for each constant and class. */
export class ConstantCodes {
  private readonly editor: Editor;
  private readonly scales: ClassScales;
  private readonly coded: CodedTensors;
  private readonly made = new Map<QuantizedClass, Map<Value, QuantizedConstant>>();

  constructor(editor: Editor, scales: ClassScales, coded: CodedTensors) {
    this.editor = editor;
    this.scales = scales;
    this.coded = coded;
  }

  of(value: Value, tensor: Tensor, quantized: QuantizedClass): QuantizedConstant {
    const known = this.made.get(quantized)?.get(value);
    if (known) return known;
    const made = this.make(value, tensor, quantized);
    const ofClass = this.made.get(quantized);
    if (ofClass) ofClass.set(value, made);
    else this.made.set(quantized, new Map([[value, made]]));
    return made;
  }

  /** A bias as codes of 32 bits on the scales of what it is added to; undefined when it does not fit. */
  bias(value: Value, products: readonly ProductScales[]): Value | undefined {
    const tensor = constantTensor(value);
    const scales = tensor && biasScales(tensor.dims, products);
    if (!scales) return undefined;
    const perChannel = products.length > 1 || products[0]?.weights.dims.length === 1;
    const codes = tensorFloats(tensor).map((x, i) =>
      roundHalfEven(Math.fround(x / (scales[i % scales.length] ?? 1))),
    );
    if (!scales.every((s) => s >= 2 ** -126) || !codes.every((q) => Math.abs(q) <= 2 ** 31 - 1))
      return undefined;
    const pair = this.scales.makeWide(value.name, scales, perChannel ? tensor.rank - 1 : undefined);
    return dequantize(
      this.editor,
      this.codes(value, tensorOf('int32', tensor.dims, codes)),
      pair,
      value,
      placeFor(value),
    );
  }

  private make(value: Value, tensor: Tensor, quantized: QuantizedClass): QuantizedConstant {
    const { theta, grain } = quantized;
    const axis = grain.kind === 'axis' ? grain.axis : undefined;
    const { codes, thetas } = this.coded.of(tensor, theta, axis);
    const pair =
      axis === undefined
        ? this.scales.of(quantized)
        : this.scales.make(value.name, theta.format, thetas.dims, thetas.scales, thetas.zeroPoints, axis);
    return {
      value: dequantize(this.editor, this.codes(value, codes), pair, value, placeFor(value)),
      thetas,
    };
  }

  private codes(value: Value, codes: Tensor): Value {
    return this.editor.addConstant(graphOf(value), codes, `${value.name}_quantized`);
  }
}

/**
 * One scale, or one for each index of the last axis of a bias: products follow each other along it, each with one scale
 * or one for each of its channels. Undefined when they do not fit.
 */
function biasScales(dims: readonly number[], products: readonly ProductScales[]): Float64Array | undefined {
  const [only, ...others] = products;
  const scalesOf = ({ data, weights }: ProductScales): Float64Array =>
    weights.scales.map((s) => Math.fround(data * s));
  if (only && others.length === 0 && only.weights.dims.length === 0) return scalesOf(only);
  const channels = dims.at(-1) ?? 0;
  const length = channels / products.length;
  const scales = new Float64Array(channels);
  for (const [i, product] of products.entries()) {
    const own = scalesOf(product);
    if (own.length !== 1 && (own.length !== length || dims.length !== 1)) return undefined;
    for (let c = 0; c < length; c += 1) scales[i * length + c] = own[own.length === 1 ? 0 : c] as number;
  }
  return Number.isInteger(length) ? scales : undefined;
}

function graphOf(value: Value): Graph {
  const graph = value.graph ?? value.producer?.graph;
  if (!graph) throw new InternalError(`${value.name} is in no graph`);
  return graph;
}

/** Before all nodes that may read the constant. */
function placeFor(value: Value): Place {
  if (value.producer) return { after: value.producer };
  const graph = graphOf(value);
  return graph.firstNode ? { before: graph.firstNode } : { end: graph };
}
