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

  /**
   * A bias as codes of 32 bits on the product of the scales of data and weights; undefined when it does not fit.
   */
  bias(value: Value, dataScale: number, weights: CellThetas): Value | undefined {
    const tensor = constantTensor(value);
    if (!tensor) return undefined;
    const perChannel = weights.dims.length > 0;
    if (perChannel && (tensor.rank !== 1 || tensor.size !== weights.scales.length)) return undefined;
    const scales = weights.scales.map((s) => Math.fround(dataScale * s));
    const codes = tensorFloats(tensor).map((x, i) =>
      roundHalfEven(Math.fround(x / (scales[perChannel ? i : 0] ?? 1))),
    );
    if (!scales.every((s) => s >= 2 ** -126) || !codes.every((q) => Math.abs(q) <= 2 ** 31 - 1))
      return undefined;
    const pair = this.scales.makeWide(value.name, scales, perChannel);
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
