import type { Graph } from '../../graph/graph.ts';
import type { Value } from '../../graph/value.ts';
import type { Tensor } from '../../types/tensor.ts';
import type { StringStringEntryProto } from '../generated/messages.ts';
import type { Rope } from '../wire/rope.ts';

/**
 * Decides where the data of a tensor go: entries of `external_data` when they lie or will lie in a file of
 * their own, undefined when they belong into the model. `isPart` says that it is a part of a sparse tensor.
 */
export type PlaceData = (tensor: Tensor, isPart: boolean) => readonly StringStringEntryProto[] | undefined;

/** What the encoders of all parts of a model share. */
export interface EncodeContext {
  /** The name under which a value is written. */
  readonly nameOf: (value: Value) => string;
  readonly place: PlaceData;
  readonly irVersion: number;
  /** Encodes a graph that is attached to a node. */
  readonly nestedGraph: (graph: Graph) => Rope;
}
