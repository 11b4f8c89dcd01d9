import type { Dim } from '../types/dim.ts';
import type { ValueType } from '../types/value-type.ts';
import type { OpContext } from './context.ts';

/** What a parameter of a view may be: plain data, so that patterns can compare it and documents can hold it. */
export type ParamValue =
  | number
  | bigint
  | string
  | boolean
  | readonly number[]
  | readonly bigint[]
  | readonly string[]
  | Dim
  | readonly Dim[]
  | undefined;

/** Parameters of an operator by meaning. A field is undefined when it is absent or not known. */
export type View = Readonly<Record<string, ParamValue>>;

/**
 * What one operator means, for all its versions: parameters by meaning, types of its results.
 * Kernels call the same view, so that the optimizer and the runtime cannot disagree.
 */
export interface Operator<V extends View = View> {
  /** Standard domain when absent. */
  readonly domain?: string;
  readonly name: string;
  /**
   * Parameters by meaning: attribute or input, defaults filled in, axes non-negative where the rank is
   * known. Throws `ctx.invalid(...)` for parameters that no input could make right.
   */
  view(ctx: OpContext): V;
  /**
   * Types of the outputs, as far as the operands tell. One entry per output of the node; undefined where
   * nothing is known. Throws `ctx.invalid(...)` when operands cannot be right.
   */
  infer(ctx: OpContext, view: V): readonly (ValueType | undefined)[];
  /**
   * Symbolic contents of output `output`, when it holds sizes (an integer tensor of rank 0 or 1). Asked for
   * each output that may; operators with one output need not look at `output`.
   */
  contents?(ctx: OpContext, view: V, output: number): readonly Dim[] | undefined;
}

/** Gives an operator its type; the table forgets it again. */
export function operator<V extends View>(op: Operator<V>): Operator<V> {
  return op;
}
