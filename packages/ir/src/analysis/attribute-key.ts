import type { Attribute } from '../graph/attribute.ts';
import type { Graph } from '../graph/graph.ts';
import { typeKey } from '../infer/refine.ts';
import type { SparseTensor } from '../types/tensor.ts';
import { isValueType } from '../types/value-type.ts';
import { tensorKey } from './tensor-key.ts';

/** Text for a nested graph; equal texts must mean graphs that compute the same. */
export type GraphKey = (graph: Graph) => string;

/**
 * Text that is equal for attributes that say the same: name, type, value; tensors and floats bit for bit
 * (all NaNs are one). Nested graphs are equal only to themselves, unless `graphKey` knows better.
 */
export function attributeKey(attribute: Attribute, graphKey: GraphKey = identityKey): string {
  return `${JSON.stringify(attribute.name)}:${attribute.type}=${valueKey(attribute, graphKey)}`;
}

function valueKey(attribute: Attribute, graphKey: GraphKey): string {
  switch (attribute.type) {
    case 'float':
      return floatKey(attribute.value);
    case 'int':
      return String(attribute.value);
    case 'string':
      return JSON.stringify(attribute.value);
    case 'tensor':
      return tensorKey(attribute.value);
    case 'sparse':
      return sparseKey(attribute.value);
    case 'graph':
      return graphKey(attribute.value);
    case 'type':
      return statedTypeKey(attribute.value);
    case 'floats':
      return attribute.value.map(floatKey).join();
    case 'ints':
      return attribute.value.join();
    case 'strings':
      return JSON.stringify(attribute.value);
    case 'tensors':
      return attribute.value.map(tensorKey).join(';');
    case 'sparses':
      return attribute.value.map(sparseKey).join(';');
    case 'graphs':
      return attribute.value.map(graphKey).join(';');
    case 'types':
      return attribute.value.map(statedTypeKey).join(';');
    case 'reference':
      return `${JSON.stringify(attribute.value)}:${attribute.of}`;
    case 'undefined':
      return '';
  }
}

function floatKey(x: number): string {
  return Object.is(x, -0) ? '-0' : String(x);
}

function sparseKey(sparse: SparseTensor): string {
  return `[${sparse.dims.join()}]{${tensorKey(sparse.values)};${tensorKey(sparse.indices)}}`;
}

function statedTypeKey(type: object): string {
  return isValueType(type) ? typeKey(type) : identityKey(type);
}

const identities = new WeakMap<object, string>();
let identityCount = 0;

/** Text that only the same object gets. */
function identityKey(x: object): string {
  let key = identities.get(x);
  if (key === undefined) {
    identityCount += 1;
    key = `@${identityCount}`;
    identities.set(x, key);
  }
  return key;
}
