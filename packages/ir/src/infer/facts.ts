import type { Int } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { type CallAttributes, OpContext, type OperandFacts } from '../ops/context.ts';
import { schemaOf } from '../ops/schema.ts';
import { MAX_CONTENTS } from '../ops/sizes.ts';
import type { Dim } from '../types/dim.ts';
import { isInteger } from '../types/dtype.ts';
import { tensorFloats, tensorInts } from '../types/elements.ts';
import type { Tensor } from '../types/tensor.ts';
import type { ValueType } from '../types/value-type.ts';
import { constantTensor } from './constant.ts';

/** Constants with more elements are data, not parameters, and are not read to look for sizes. */
const MAX_PARAMETER = 4096;

/** How a nested graph is inferred, given by the driver of inference. */
export type InferGraph = (
  graph: Graph,
  inputs: readonly (ValueType | undefined)[],
) => readonly (ValueType | undefined)[];

/** What is known of the operands of a node without running it. */
class StaticFacts implements OperandFacts {
  private readonly node: Node;
  private readonly call: CallAttributes | undefined;
  readonly inferGraph?: InferGraph;

  constructor(node: Node, inferGraph: InferGraph | undefined, call: CallAttributes | undefined) {
    this.node = node;
    this.call = call;
    if (inferGraph) this.inferGraph = inferGraph;
  }

  type(index: number): ValueType | undefined {
    return this.node.inputs[index]?.type;
  }

  ints(index: number): readonly Int[] | undefined {
    const tensor = this.parameter(index);
    if (tensor && (isInteger(tensor.dtype) || tensor.dtype === 'bool')) return intsOf(tensor);
    const contents = this.node.inputs[index]?.contents;
    return contents && isNumbers(contents) ? contents : undefined;
  }

  floats(index: number): readonly number[] | undefined {
    const tensor = this.parameter(index);
    if (
      !tensor ||
      tensor.dtype === 'string' ||
      tensor.dtype === 'complex64' ||
      tensor.dtype === 'complex128'
    ) {
      return undefined;
    }
    const known = tensor.memo?.floats;
    if (known) return known;
    const floats = Array.from(tensorFloats(tensor));
    tensor.memo = { ...tensor.memo, floats };
    return floats;
  }

  strings(index: number): readonly string[] | undefined {
    return this.parameter(index)?.strings;
  }

  dims(index: number): readonly Dim[] | undefined {
    const value = this.node.inputs[index];
    if (value?.contents) return value.contents;
    const tensor = this.parameter(index);
    return tensor && tensor.rank <= 1 ? contentsOfTensor(tensor) : undefined;
  }

  private parameter(index: number): Tensor | undefined {
    const value = this.node.inputs[index];
    const tensor = value && constantTensor(value, this.call);
    return tensor && tensor.size <= MAX_PARAMETER ? tensor : undefined;
  }
}

function intsOf(tensor: Tensor): readonly Int[] {
  const known = tensor.memo?.ints;
  if (known) return known;
  const ints = tensorInts(tensor);
  tensor.memo = { ...tensor.memo, ints };
  return ints;
}

function isNumbers(dims: readonly Dim[]): dims is readonly number[] {
  return dims.every((d) => typeof d === 'number');
}

/** The elements of a short integer tensor as sizes; undefined when one is not exact as a number. */
export function contentsOfTensor(tensor: Tensor): readonly number[] | undefined {
  if (!isInteger(tensor.dtype) || tensor.rank > 1 || tensor.size > MAX_CONTENTS) return undefined;
  const ints = intsOf(tensor);
  const out: number[] = [];
  for (const i of ints) {
    if (typeof i === 'bigint') return undefined;
    out.push(i);
  }
  return out;
}

/**
 * A node as views see it while its graph is optimized; `call` has the attributes of the call whose function
 * body the node stands in, if one is followed.
 */
export function staticContext(node: Node, inferGraph?: InferGraph, call?: CallAttributes): OpContext {
  const opset = node.graph?.opset(node.domain);
  const schema = opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset);
  return new OpContext(node, schema, new StaticFacts(node, inferGraph, call), call);
}
