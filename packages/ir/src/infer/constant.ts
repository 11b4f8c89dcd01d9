import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { tensorOf } from '../types/elements.ts';
import type { Tensor } from '../types/tensor.ts';

/**
 * The data of a value that is the same in every run: an initializer that no caller can override, or the
 * output of a `Constant` node.
 */
export function constantTensor(value: Value): Tensor | undefined {
  if (value.tensor) return value.overridable ? undefined : value.tensor;
  const node = value.producer;
  return node?.is('Constant') ? constantOfNode(node) : undefined;
}

/** Tensors made from attributes such as `value_ints`, so that equal questions get the same tensor. */
const made = new WeakMap<Node, Tensor>();

function constantOfNode(node: Node): Tensor | undefined {
  const dense = node.attributes.get('value');
  if (dense?.type === 'tensor') return isShadowed(node) ? undefined : dense.value;
  const known = made.get(node);
  if (known) return known;
  const tensor = isShadowed(node) ? undefined : tensorOfAttributes(node);
  if (tensor) made.set(node, tensor);
  return tensor;
}

/** Whether the model has a function of its own under the name of the operator. */
function isShadowed(node: Node): boolean {
  const model = node.graph?.model;
  return model?.functionOf(node) !== undefined;
}

function tensorOfAttributes(node: Node): Tensor | undefined {
  for (const a of node.attributes.values()) {
    switch (a.name) {
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
    }
  }
  return undefined;
}
