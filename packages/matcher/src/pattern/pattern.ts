import type { Dim, Node, ParamValue, Value } from '@refold/ir';
import type { ConstRef } from '../canonical/const-ref.ts';
import type { ConstTest, ParamTest, Tolerance, ValueTest } from './value-tests.ts';

/** A pattern as frozen plain data. Made by the combinators; read by the matcher. */
export type PatternData =
  | ValuePattern
  | { readonly kind: 'any' }
  | { readonly kind: 'absent' }
  | ConstantPattern
  | OpPattern
  | { readonly kind: 'named'; readonly name: string; readonly of: PatternData }
  | ChoicePattern
  | ThroughPattern
  | ListPattern
  | NaryPattern
  | RepeatPattern
  | HolePattern
  | PermutedPattern
  | ReshapedPattern
  | RootsPattern;

export interface ValuePattern {
  readonly kind: 'value';
  readonly name: string;
  readonly test: ValueTest;
}

export interface ConstantPattern {
  readonly kind: 'constant';
  readonly name: string | undefined;
  readonly test: ConstTest;
}

export interface OpPattern {
  readonly kind: 'op';
  readonly ops: readonly string[];
  readonly domain: string;
  readonly inputs: readonly PatternData[];
  readonly commute: boolean;
  readonly since: { readonly min?: number; readonly max?: number };
  readonly params: ReadonlyMap<string, ParamTest>;
  readonly output: number;
  readonly extraInputs: boolean;
  readonly test: ValueTest;
}

/** Alternatives in order; `tag` captures which one was taken. */
export interface ChoicePattern {
  readonly kind: 'choice';
  readonly tag: string;
  readonly alternatives: readonly { readonly label: string | boolean; readonly of: PatternData }[];
}

export interface ThroughPattern {
  readonly kind: 'through';
  readonly ops: readonly string[];
  readonly of: PatternData;
  readonly capture: string | undefined;
  readonly max: number;
}

export interface ListPattern {
  readonly kind: 'list';
  readonly name: string;
  readonly each: PatternData;
  readonly min: number;
  readonly max: number;
}

/**
 * A sum of terms or a product of factors, however it is bracketed and ordered. Parts that are the same pattern
 * stand here once.
 */
export interface NaryPattern {
  readonly kind: 'sum' | 'product';
  readonly parts: readonly NaryPart[];
  /** What all numbers of the pattern come to: 0 in a sum, or 1 in a product, when there are none. */
  readonly literal: number;
  readonly tol: Tolerance;
  /** Captures the terms that no part stands for; undefined when there may be none. */
  readonly rest: string | undefined;
}

/** A term with its sign (and how often it is added), or a factor with its exponent. */
export interface NaryPart {
  readonly of: PatternData;
  readonly times: number;
}

/** A chain of nodes: `body` with the next of the chain, or at last `base`, in the place of `hole`. */
export interface RepeatPattern {
  readonly kind: 'repeat';
  readonly body: PatternData;
  readonly hole: HolePattern;
  readonly base: PatternData;
  readonly min: number;
  readonly max: number;
  /** Captures how often; undefined when nobody asks. */
  readonly name: string | undefined;
  /** Captures of `body`, which become lists, outermost first. */
  readonly captures: readonly string[];
}

/** The place in the body of a {@link RepeatPattern} where the chain goes on. Each is an object of its own. */
export interface HolePattern {
  readonly kind: 'hole';
}

/** A value that is `of` with its axes in another order. */
export interface PermutedPattern {
  readonly kind: 'permuted';
  readonly order: AxisOrder;
  readonly of: PatternData;
}

/** Order of axes: in full; of the last axes only (`from` and `to` in letters); or any, captured. */
export type AxisOrder =
  | { readonly kind: 'axes'; readonly axes: readonly number[] }
  | { readonly kind: 'last'; readonly axes: readonly number[] }
  | { readonly kind: 'capture'; readonly name: string };

/** A value that is `of` with the same elements in another shape. */
export interface ReshapedPattern {
  readonly kind: 'reshaped';
  /** Shape of `of`. */
  readonly from: ShapeEquation;
  /** Shape of the value. */
  readonly to: ShapeEquation;
  readonly of: PatternData;
}

/** Each dimension as a product of sizes and named sizes; `'...'` stands for a run of dimensions, once a side. */
export type ShapeEquation = readonly (readonly (number | string)[] | '...')[];

/** Several results that are replaced together. Stands at the top of a pattern only. */
export interface RootsPattern {
  readonly kind: 'roots';
  readonly roots: readonly { readonly name: string; readonly of: PatternData }[];
}

/** What a capture may hold. */
export type Captured =
  | Value
  | ConstRef
  | Node
  | ParamValue
  | readonly Value[]
  | readonly Node[]
  | Dim
  | readonly Captured[];

/** No captures. */
export type NoCaptures = Readonly<Record<never, never>>;

/**
 * A pattern; `C` lives in the type system only and says what a match captures. Using the same pattern object
 * twice, or the same capture name, demands congruent values in both places.
 */
export interface Pat<C extends object = NoCaptures> {
  readonly data: PatternData;
  readonly captures?: C;
}

/** A pattern, or short for one: a number is a constant of that value, a string captures a value by that name. */
export type PatLike = Pat<object> | number | string;

export type CapOf<P> =
  P extends Pat<infer C> ? C : P extends string ? { readonly [K in P]: Value } : NoCaptures;

/** The intersection of the members of a union. */
export type Meet<U> = (U extends unknown ? (x: U) => void : never) extends (x: infer I) => void ? I : never;

export type Flat<T> = { readonly [K in keyof T]: T[K] };

export type CapsOf<A extends readonly PatLike[]> = A extends readonly []
  ? NoCaptures
  : Flat<Meet<{ [I in keyof A]: CapOf<A[I]> }[number]>>;

/** Captures of alternatives: those that not all of them bind are optional. */
export type AnyOf<U> = Flat<Partial<Meet<U>> & Pick<Meet<U>, keyof U & keyof Meet<U>>>;
