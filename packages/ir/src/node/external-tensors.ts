import type { Model } from '../graph/model.ts';
import { TensorProtoDataLocationCode as Location } from '../onnx/generated/messages.ts';
import { TensorOrigin } from '../onnx/origin.ts';
import type { Tensor } from '../types/tensor.ts';

/** Whether the data of a tensor came from a file of their own. */
export function isExternal(tensor: Tensor): boolean {
  return tensor.origin instanceof TensorOrigin && tensor.origin.message.dataLocation === Location.EXTERNAL;
}

/** The tensors of a model whose data came from files of their own. */
export function externalTensors(model: Model): readonly Tensor[] {
  const found: Tensor[] = [];
  const look = (tensor: Tensor | undefined): void => {
    if (tensor && isExternal(tensor)) found.push(tensor);
  };
  for (const graph of model.graphs()) {
    for (const value of graph.initializers) look(value.tensor ?? value.sparse?.values);
    for (const value of graph.inputs) look(value.tensor);
    for (const node of graph.nodes()) {
      for (const attribute of node.attributes.values()) {
        if (attribute.type === 'tensor') look(attribute.value);
        else if (attribute.type === 'tensors') attribute.value.forEach(look);
        else if (attribute.type === 'sparse') look(attribute.value.values);
      }
    }
  }
  return found;
}
