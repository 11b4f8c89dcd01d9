import type { Theta } from '../theta/theta.ts';
import type { Demand } from './demand.ts';

/**
 * A place where a tensor may be quantized: where a value is defined, or one of its uses. Keys are made of names of
 * values, which are unique, never of the order of nodes.
 */
export interface Point {
  readonly key: string;
  /** Key of the value, by which statistics are found: all points of a value have the same. */
  readonly value: string;
  /** The operand of a node, for a use. */
  readonly use?: { readonly node: string; readonly input: number } | undefined;
}

/** Why a constraint holds, for people. */
export interface Origin {
  /** The rule, such as `concat-inputs`. */
  readonly rule: string;
  /** The node or value at which the rule found something. */
  readonly at: string;
}

/** The rule that a use reads its definition, which goes without saying. */
export const ONE_VALUE = 'one-value';

interface From {
  readonly origin: Origin;
}

/** Two points must carry one scale and zero point. */
export interface Same extends From {
  readonly kind: 'same';
  readonly a: string;
  readonly b: string;
  /** Whether the two are the definition and a use of one value: where a class may be cut. */
  readonly edge?: boolean;
}

/** Two points had better carry one; where there is a choice, a larger gain comes first. */
export interface Prefer extends From {
  readonly kind: 'prefer';
  readonly a: string;
  readonly b: string;
  readonly gain: number;
  /** Whether the two are the definition and a use of one value. */
  readonly edge?: boolean;
}

/** A point is quantized like that and not otherwise. */
export interface Fixed extends From {
  readonly kind: 'fixed';
  readonly point: string;
  readonly theta: Theta;
}

/**
 * The scale of a bias follows from those of data and weights: it is their product. One that is added to several products
 * has a stretch of its last axis for each of them, all of one length.
 */
export interface Derived extends From {
  readonly kind: 'derived';
  readonly point: string;
  readonly from: readonly (readonly [data: string, weights: string])[];
}

/** A point stays a float. At a definition, this holds for all uses. */
export interface Barrier extends From {
  readonly kind: 'barrier';
  readonly point: string;
}

/** Which codes a point may have. */
export interface Family extends From {
  readonly kind: 'family';
  readonly point: string;
  readonly demand: Demand;
}

/** Like `same`, for parameters that take what the data has: what they hold does not widen the range. */
export interface Passive extends From {
  readonly kind: 'passive';
  readonly point: string;
  readonly data: string;
}

/** Numbers of a value up to a bound are fillings of a mask, if they lie far off all others; they are saturated. */
export interface Exclude extends From {
  readonly kind: 'exclude';
  readonly value: string;
  readonly fill: number;
}

/**
 * One rule about points, read off a node for a target. Sets of them mean the same in any order. Which operators ask for
 * what is told by the documentation of each target; see `targets/`.
 */
export type Constraint = Same | Prefer | Fixed | Derived | Barrier | Family | Passive | Exclude;
