import type { DType } from '@refold/ir';

/** An element type, or a class of them: `signed` and `unsigned` are integers, `number` is integers and floats. */
export type DTypeClass = 'float' | 'signed' | 'unsigned' | 'integer' | 'number' | DType;

/**
 * Sizes by pattern: a number; a name, which stands for the same size wherever the pattern says it; a product of
 * these, as in `'B*S'`; `'_'` for any size; `'...'` (at most once) for any run of dimensions.
 */
export type DimsTest = readonly (number | string)[];

/** What a pattern asks of a value. Facts that are not known fail the test. */
export interface ValueTest {
  readonly dtype?: DTypeClass | readonly DTypeClass[];
  readonly rank?: number | { readonly min?: number; readonly max?: number };
  readonly dims?: DimsTest;
  /** Whether exactly one operand reads the value (uses in nested graphs and as graph outputs count). */
  readonly singleUse?: boolean;
  readonly graphOutput?: boolean;
}

/**
 * How near a constant must be to a literal. `exact`: the literal rounded to the dtype of the constant, bit for
 * bit. `ulp`: within so many representable values of that. `rel`: a stated relative (and absolute) error, for
 * rules of class `approximate`.
 */
export type Tolerance = 'exact' | { readonly ulp: number } | { readonly rel: number; readonly abs?: number };

/** What a pattern asks of a constant. */
export interface ConstTest {
  /** A number asks for a constant whose elements all are that number; a list for exactly these elements. */
  readonly value?: number | readonly number[];
  /** For `value`; `exact` when absent. */
  readonly tol?: Tolerance;
  readonly dtype?: DTypeClass | readonly DTypeClass[];
  /** Whether all elements must be equal. Such a constant must not widen the other operands of its user. */
  readonly splat?: boolean;
  readonly dims?: DimsTest;
}

/** What a pattern asks of a parameter by meaning (see the operator's view), or how it captures one. */
export type ParamTest =
  | number
  | string
  | boolean
  | readonly number[]
  | { readonly capture: string }
  | { readonly oneOf: readonly (number | string | boolean | readonly number[])[] }
  | { readonly axes: 'last' | 'trailing' | 'spatial' | 'all' | 'channel'; readonly capture?: string }
  | { readonly absent: true };
