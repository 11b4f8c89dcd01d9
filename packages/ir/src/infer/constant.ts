import type { Attribute } from '../graph/attribute.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { CallAttributes } from '../ops/context.ts';
import { tensorOf } from '../types/elements.ts';
import type { Tensor } from '../types/tensor.ts';

/**
 * The data of a value that is the same in every run: an initializer that no caller can override, or the
 * output of a `Constant` node. In the body of a function it is that for one call, with the attributes `call`.
 */
export function constantTensor(value: Value, call?: CallAttributes): Tensor | undefined {
  if (value.tensor) return value.overridable ? undefined : value.tensor;
  const node = value.producer;
  return node?.is('Constant') && !isShadowed(node) ? constantOfNode(node, call) : undefined;
}

/** Whether the model has a function of its own under the name of the operator. */
function isShadowed(node: Node): boolean {
  const model = node.graph?.model;
  return model?.functionOf(node) !== undefined;
}

function constantOfNode(node: Node, call: CallAttributes | undefined): Tensor | undefined {
  for (const [name, written] of node.attributes) {
    const given = written.type === 'reference' ? call?.get(written.value) : written;
    const tensor = given && tensorOfAttribute(name, given);
    if (tensor) return tensor;
  }
  return undefined;
}

/** Tensors made from attributes such as `value_ints`, so that equal questions get the same tensor. */
const made = new WeakMap<Attribute, Tensor>();

function tensorOfAttribute(name: string, a: Attribute): Tensor | undefined {
  if (a.type === 'tensor') return name === 'value' ? a.value : undefined;
  const known = made.get(a);
  if (known) return known;
  const tensor = makeTensor(name, a);
  if (tensor) made.set(a, tensor);
  return tensor;
}

function makeTensor(name: string, a: Attribute): Tensor | undefined {
  switch (name) {
    case 'value_float':
      return a.type === 'float' ? tensorOf('float32', [], [a.value]) : undefined;
    case 'value_floats':
      return a.type === 'floats' ? tensorOf('float32', [a.value.length], a.value) : undefined;
    case 'value_int':
      return a.type === 'int' ? tensorOf('int64', [], [a.value]) : undefined;
    case 'value_ints':
      return a.type === 'ints' ? tensorOf('int64', [a.value.length], a.value) : undefined;
    case 'value_string':
      return a.type === 'string' ? tensorOf('string', [], [a.value]) : undefined;
    case 'value_strings':
      return a.type === 'strings' ? tensorOf('string', [a.value.length], [...a.value]) : undefined;
    default:
      return undefined;
  }
}
