import type { Value } from '@refold/ir';
import type {
  CapsOf,
  Flat,
  NaryPart,
  NaryPattern,
  NoCaptures,
  Pat,
  PatLike,
  PatternData,
} from './pattern.ts';
import { dataOf, misuse, pattern } from './pattern-of.ts';
import type { Tolerance } from './value-tests.ts';

/** Options of `sum` and `product`. */
export interface NaryOptions {
  /** Captures the terms or factors that are left over; without it there must be none. */
  readonly rest?: string;
}

type RestCap<O> = O extends { readonly rest: infer N extends string }
  ? { readonly [K in N]: readonly Value[] }
  : NoCaptures;

/**
 * A sum of terms in any order and bracketing, by Add, Sub, Sum and Neg. `op('Neg', [p])` stands for a term that
 * is taken away; numbers are added up, on both sides. What lies inside a sum is read by nothing else.
 */
export function sum<A extends readonly PatLike[], const O extends NaryOptions = NaryOptions>(
  terms: readonly [...A],
  options?: O,
): Pat<Flat<CapsOf<A> & RestCap<O>>> {
  return pattern(naryOf('sum', terms, options ?? {}));
}

/**
 * A product of factors in any order and bracketing, by Mul, Div, Reciprocal, Neg, Sqrt and Pow. In it,
 * `op('Reciprocal', [p])`, `op('Sqrt', [p])` and `op('Pow', [p, k])` stand for a factor with an exponent and
 * `op('Neg', [p])` for one with the other sign; equal factors may be written out or as a power; numbers are
 * multiplied, on both sides. What lies inside a product is read by nothing else.
 */
export function product<A extends readonly PatLike[], const O extends NaryOptions = NaryOptions>(
  factors: readonly [...A],
  options?: O,
): Pat<Flat<CapsOf<A> & RestCap<O>>> {
  return pattern(naryOf('product', factors, options ?? {}));
}

/** Parts and numbers as they are gathered. */
interface Gathered {
  readonly parts: Map<PatternData, number>;
  /** Captures of values are told apart by their names. */
  readonly values: Map<string, PatternData>;
  literal: number;
  tol: Tolerance;
}

function naryOf(kind: 'sum' | 'product', inputs: readonly PatLike[], options: NaryOptions): NaryPattern {
  const all: Gathered = {
    parts: new Map(),
    values: new Map(),
    literal: kind === 'sum' ? 0 : 1,
    tol: 'exact',
  };
  for (const input of inputs) gather(kind, dataOf(input), 1, all);
  const parts: NaryPart[] = [...all.parts].map(([of, times]) => ({ of, times }));
  if (parts.length === 0) throw misuse(`a ${kind} without any ${kind === 'sum' ? 'term' : 'factor'}`);
  if (parts.some((p) => p.times === 0)) throw misuse(`a ${kind} in which a part cancels`);
  return { kind, parts, literal: all.literal, tol: all.tol, rest: options.rest };
}

function gather(kind: 'sum' | 'product', p: PatternData, times: number, all: Gathered): void {
  if (p.kind === 'list' || p.kind === 'absent' || p.kind === 'roots')
    throw misuse(`a ${kind} of a ${p.kind}`);
  const value = numberOf(p);
  if (value !== undefined) {
    all.literal = kind === 'sum' ? all.literal + times * value : all.literal * value ** times;
    all.tol = looser(all.tol, toleranceOf(p));
    return;
  }
  if (p.kind === kind && p.rest === undefined) {
    const own = kind === 'sum' ? times * p.literal : p.literal ** times;
    all.literal = kind === 'sum' ? all.literal + own : all.literal * own;
    all.tol = looser(all.tol, p.tol);
    for (const part of p.parts) gather(kind, part.of, times * part.times, all);
    return;
  }
  const [inner, by] = kind === 'sum' ? signed(p) : powered(p);
  if (inner !== p) {
    if (kind === 'product' && isBare(p, 'Neg')) all.literal *= (-1) ** times;
    gather(kind, inner, times * by, all);
    return;
  }
  const same = p.kind === 'value' ? (all.values.get(p.name) ?? p) : p;
  if (p.kind === 'value') all.values.set(p.name, same);
  all.parts.set(same, (all.parts.get(same) ?? 0) + times);
}

/** The term and its sign. */
function signed(p: PatternData): readonly [PatternData, number] {
  const [inner] = isBare(p, 'Neg') ? inputsOf(p) : [];
  return inner ? [inner, -1] : [p, 1];
}

/** The factor and its exponent. */
function powered(p: PatternData): readonly [PatternData, number] {
  const [inner, power] = inputsOf(p);
  if (!inner) return [p, 1];
  if (isBare(p, 'Neg')) return [inner, 1];
  if (isBare(p, 'Reciprocal')) return [inner, -1];
  if (isBare(p, 'Sqrt')) return [inner, 0.5];
  const exponent = power && isBare(p, 'Pow') ? numberOf(power) : undefined;
  return exponent === undefined ? [p, 1] : [inner, exponent];
}

function inputsOf(p: PatternData): readonly PatternData[] {
  return p.kind === 'op' ? p.inputs : [];
}

/** Whether a pattern asks for one standard operator and for nothing else but its inputs. */
function isBare(p: PatternData, name: string): boolean {
  if (p.kind !== 'op' || p.domain !== '' || p.ops.length !== 1 || p.ops[0] !== name) return false;
  return p.params.size === 0 && Object.keys(p.test).length === 0 && Object.keys(p.since).length === 0;
}

/** The number that a pattern without a name asks for. */
function numberOf(p: PatternData): number | undefined {
  if (p.kind !== 'constant' || p.name !== undefined || p.test.dtype !== undefined) return undefined;
  return typeof p.test.value === 'number' && p.test.dims === undefined ? p.test.value : undefined;
}

function toleranceOf(p: PatternData): Tolerance {
  return p.kind === 'constant' ? (p.test.tol ?? 'exact') : 'exact';
}

/** The tolerance of two numbers that become one. */
function looser(a: Tolerance, b: Tolerance): Tolerance {
  if (a === 'exact') return b;
  if (b === 'exact') return a;
  if ('rel' in a || 'rel' in b) {
    const [x, y] = [relative(a), relative(b)];
    return { rel: x.rel + y.rel, abs: x.abs + y.abs };
  }
  return { ulp: a.ulp + b.ulp };
}

/** One unit in the last place of a float16, the coarsest type for which a number is written with units. */
const COARSEST_ULP = 2 ** -10;

function relative(t: Exclude<Tolerance, 'exact'>): { readonly rel: number; readonly abs: number } {
  return 'rel' in t ? { rel: t.rel, abs: t.abs ?? 0 } : { rel: t.ulp * COARSEST_ULP, abs: 0 };
}
