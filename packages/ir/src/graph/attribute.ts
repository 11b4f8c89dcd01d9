import type { SparseTensor, Tensor } from '../types/tensor.ts';
import type { Graph } from './graph.ts';

/** An int64: a number where that is exact, else a bigint. */
export type Int = number | bigint;

interface AttributeBase {
  readonly name: string;
  /** What the reader of a file format knows beyond the meaning; see `Tensor.origin`. */
  readonly origin?: object | undefined;
}

/**
 * An attribute of a node (`AttributeProto`). Immutable: to change one, set another.
 * `reference` is an attribute inside a function body that stands for one of the call (`ref_attr_name`);
 * its value is not known there.
 */
export type Attribute = AttributeBase &
  (
    | { readonly type: 'float'; readonly value: number }
    | { readonly type: 'int'; readonly value: Int }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'tensor'; readonly value: Tensor }
    | { readonly type: 'graph'; readonly value: Graph }
    | { readonly type: 'sparse'; readonly value: SparseTensor }
    | { readonly type: 'type'; readonly value: object }
    | { readonly type: 'floats'; readonly value: readonly number[] }
    | { readonly type: 'ints'; readonly value: readonly Int[] }
    | { readonly type: 'strings'; readonly value: readonly string[] }
    | { readonly type: 'tensors'; readonly value: readonly Tensor[] }
    | { readonly type: 'graphs'; readonly value: readonly Graph[] }
    | { readonly type: 'sparses'; readonly value: readonly SparseTensor[] }
    | { readonly type: 'types'; readonly value: readonly object[] }
    | { readonly type: 'reference'; readonly value: string; readonly of: string }
    | { readonly type: 'undefined'; readonly value: undefined }
  );

/** What an attribute can hold, as in `AttributeProto`. */
export type AttributeType = Attribute['type'];

/** The nested graphs of an attribute. */
export function graphsOf(attribute: Attribute): readonly Graph[] {
  if (attribute.type === 'graph') return [attribute.value];
  if (attribute.type === 'graphs') return attribute.value;
  return [];
}
