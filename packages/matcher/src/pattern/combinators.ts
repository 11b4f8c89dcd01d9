import { commutingOperators, type Node, normalDomain, type ParamValue, type Value } from '@refold/ir';
import type { ConstRef } from '../canonical/const-ref.ts';
import type { AnyOf, CapOf, CapsOf, Flat, Meet, NoCaptures, OpPattern, Pat, PatLike } from './pattern.ts';
import { dataOf, misuse, pattern } from './pattern-of.ts';
import type { ConstTest, ParamTest, ValueTest } from './value-tests.ts';

/** Any value that is given, captured as a `Value`. */
export function value<N extends string>(name: N, test: ValueTest = {}): Pat<{ readonly [K in N]: Value }> {
  return pattern({ kind: 'value', name, test });
}

/** Any value that is given. */
export const any: Pat = pattern({ kind: 'any' });

/** An optional input that is not given. */
export const absent: Pat = pattern({ kind: 'absent' });

/**
 * A constant: an initializer that no caller can override, a `Constant` node, or one of these seen through
 * nodes that keep its elements (Identity, exact Cast, Reshape and similar operators, Expand of equal elements).
 */
export function constant<N extends string>(
  name: N,
  test: ConstTest = {},
): Pat<{ readonly [K in N]: ConstRef }> {
  return pattern({ kind: 'constant', name, test });
}

/** Options of `op`. */
export interface NodeOptions {
  /** Standard domain when absent. */
  readonly domain?: string;
  /** Version of the operator in force at the node, not of the model. */
  readonly since?: { readonly min?: number; readonly max?: number };
  /** Tests and captures of parameters by meaning, whether the opset has them as attribute or as input. */
  readonly params?: Readonly<Record<string, ParamTest>>;
  /** Which output of the node the value is; the first one when absent. */
  readonly output?: number;
  /** Whether inputs beyond those of the pattern may be given. Inputs that are parameters always may. */
  readonly extraInputs?: 'forbid' | 'allow';
  /** On the value produced. */
  readonly test?: ValueTest;
  /** Whether the inputs may stand in any order. Only for operators that commute. */
  readonly commute?: boolean;
}

/** Captures by parameter tests. */
type ParamCaps<O> = O extends { readonly params: infer P } ? Flat<Meet<ParamCap<P, keyof P>>> : NoCaptures;

type ParamCap<P, K extends keyof P> = K extends unknown
  ? P[K] extends { readonly capture: infer N extends string }
    ? { readonly [Q in N]: P[K] extends { readonly axes: string } ? readonly number[] : ParamValue }
    : NoCaptures
  : never;

/** The result of a node: one operator, or any of a set. */
export function op<A extends readonly PatLike[], const O extends NodeOptions = NodeOptions>(
  ops: string | readonly string[],
  inputs: readonly [...A],
  options?: O,
): Pat<Flat<CapsOf<A> & ParamCaps<O>>> {
  return pattern(opPattern(ops, inputs, options ?? {}));
}

/** The result of a node of a commutative operator: its inputs match in any order. */
export function commutative<A extends readonly PatLike[], const O extends NodeOptions = NodeOptions>(
  ops: string | readonly string[],
  inputs: readonly [...A],
  options?: O,
): Pat<Flat<CapsOf<A> & ParamCaps<O>>> {
  return pattern(opPattern(ops, inputs, { ...options, commute: true }));
}

/** Operators whose inputs may be permuted without changing the result but for rounding. */
const commuting: ReadonlySet<string> = new Set([...commutingOperators, 'Mean', 'Max', 'Min']);

function opPattern(
  ops: string | readonly string[],
  inputs: readonly PatLike[],
  options: NodeOptions,
): OpPattern {
  const names = typeof ops === 'string' ? [ops] : ops;
  const data = inputs.map(dataOf);
  const domain = normalDomain(options.domain ?? '');
  if (names.length === 0) throw misuse('a node pattern names no operator');
  if (data.slice(0, -1).some((p) => p.kind === 'list')) {
    throw misuse(`${names.join('|')}: a list takes what is left over, so it must be the last input`);
  }
  const rigid = names.find((n) => domain === '' && !commuting.has(n));
  if (options.commute && rigid !== undefined) throw misuse(`${rigid} does not commute`);
  return {
    kind: 'op',
    ops: names,
    domain,
    inputs: data,
    commute: options.commute ?? false,
    since: options.since ?? {},
    params: new Map(Object.entries(options.params ?? {})),
    output: options.output ?? 0,
    extraInputs: options.extraInputs === 'allow',
    test: options.test ?? {},
  };
}

/** Captures the node that produces the value, as a `Node`. */
export function named<N extends string, C extends object>(
  name: N,
  p: Pat<C>,
): Pat<Flat<C & { readonly [K in N]: Node }>> {
  return pattern({ kind: 'named', name, of: p.data });
}

/**
 * The first alternative that lets the whole pattern match; its label is captured as `tag`. Alternatives are
 * tried in order, and again when something after them fails.
 */
export function oneOf<N extends string, T extends Readonly<Record<string, PatLike>>>(
  tag: N,
  alternatives: T,
): Pat<Flat<{ readonly [K in N]: keyof T & string } & AnyOf<CapOf<T[keyof T]>>>> {
  const list = Object.entries(alternatives).map(([label, p]) => ({ label, of: dataOf(p) }));
  if (list.length === 0) throw misuse(`${tag}: a choice without alternatives`);
  return pattern({ kind: 'choice', tag, alternatives: list });
}

/** `wrap(inner)`, or just `inner`; which one is captured as `tag`. */
export function optional<N extends string, C extends object, D extends object>(
  tag: N,
  inner: Pat<C>,
  wrap: (inner: Pat<C>) => Pat<D>,
): Pat<Flat<C & Partial<D> & { readonly [K in N]: boolean }>> {
  const alternatives = [
    { label: true, of: wrap(inner).data },
    { label: false, of: inner.data },
  ];
  return pattern({ kind: 'choice', tag, alternatives });
}

/** What {@link through} skips at most when it is not told. */
const DEFAULT_THROUGH = 16;

/**
 * Skips nodes of the given standard operators along their first input, as many as possible and fewer when the
 * rest does not match. The nodes skipped belong to the match; `capture` lists them, outermost first.
 */
export function through<P extends PatLike, const O extends ThroughOptions = ThroughOptions>(
  ops: readonly string[],
  p: P,
  options?: O,
): Pat<Flat<CapOf<P> & ThroughCap<O>>> {
  const { capture, max = DEFAULT_THROUGH } = options ?? {};
  return pattern({ kind: 'through', ops, of: dataOf(p), capture, max });
}

/** Options of `through`. */
export interface ThroughOptions {
  readonly capture?: string;
  readonly max?: number;
}

type ThroughCap<O> = O extends { readonly capture: infer N extends string }
  ? { readonly [K in N]: readonly Node[] }
  : NoCaptures;

/**
 * The remaining inputs of a node with a variadic input (Concat, Sum, Max). `each` must hold for every one of
 * them; a capture inside `each` demands congruent values in all.
 */
export function list<N extends string>(
  name: N,
  each: PatLike = any,
  count: { readonly min?: number; readonly max?: number } = {},
): Pat<{ readonly [K in N]: readonly Value[] }> {
  const { min = 0, max = Number.POSITIVE_INFINITY } = count;
  return pattern({ kind: 'list', name, each: dataOf(each), min, max });
}
