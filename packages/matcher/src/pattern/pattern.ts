import type { Dim, Node, ParamValue, Value } from '@refold/ir';
import type { ConstRef } from '../canonical/const-ref.ts';
import type { ConstTest, ParamTest, ValueTest } from './value-tests.ts';

/** A pattern as frozen plain data. Made by the combinators; read by the matcher. */
export type PatternData =
  | { readonly kind: 'value'; readonly name: string; readonly test: ValueTest }
  | { readonly kind: 'any' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'constant'; readonly name: string | undefined; readonly test: ConstTest }
  | OpPattern
  | { readonly kind: 'named'; readonly name: string; readonly of: PatternData }
  | ChoicePattern
  | ThroughPattern
  | ListPattern;

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

/** What a capture may hold. */
export type Captured = Value | ConstRef | Node | ParamValue | readonly Value[] | readonly Node[] | Dim;

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
