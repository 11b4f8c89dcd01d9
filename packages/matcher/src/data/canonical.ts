import { normalDomain } from '@refold/ir';
import type { ValueTest } from '../pattern/value-tests.ts';
import type { InstanceHint } from '../rewrite/rule.ts';
import type {
  CondJson,
  ConstantTestJson,
  ExprJson,
  ParamTestJson,
  PatternJson,
  RootsJson,
  RuleData,
} from './rule-data.ts';

/** The one spelling of a rule among those that mean the same, which is what its text form reads back as. */
export function canonicalRule(data: RuleData): RuleData {
  // As it comes back from JSON: a copy that nobody else holds, with one zero.
  const rule: RuleData = JSON.parse(JSON.stringify(data));
  return compact({
    name: rule.name,
    doc: rule.doc,
    phase: rule.phase,
    exactness: rule.exactness,
    benefit: rule.benefit,
    tags: rule.tags,
    defs: rule.defs?.map(([name, p]) => [name, canonicalPattern(p)] as const),
    match: isRoots(rule.match)
      ? { roots: rule.match.roots.map(([name, p]) => [name, canonicalPattern(p)] as const) }
      : canonicalPattern(rule.match),
    let: rule.let?.map(([name, e]) => [name, canonicalExpr(e)] as const),
    where: rule.where?.map(canonicalCond),
    emit:
      typeof rule.emit === 'object' && rule.emit !== null && 'roots' in rule.emit
        ? { roots: rule.emit.roots.map(([name, e]) => [name, canonicalExpr(e)] as const) }
        : canonicalExpr(rule.emit),
    exporters: rule.exporters,
    traps: rule.traps,
    instances: rule.instances?.map(canonicalInstance),
  });
}

export function isRoots(p: PatternJson | RootsJson): p is RootsJson {
  return typeof p === 'object' && 'roots' in p;
}

type Defined<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Without the fields that are undefined. */
function compact<T extends object>(value: Defined<T>): T {
  // What is left has exactly the fields of T that are given.
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
}

/** The negative of a number: there is one zero in JSON. */
function negative(x: number): number {
  return x === 0 ? 0 : -x;
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

/** A negative or an inverse of a part only means something inside of a sum or a product. */
function canonicalPattern(p: PatternJson): PatternJson {
  const inner = partOf(p);
  return isInverse(inner) ? { product: [1, inner] } : inner;
}

function isInverse(p: PatternJson): p is { readonly inv: PatternJson } {
  return typeof p === 'object' && 'inv' in p;
}

function partOf(p: PatternJson): PatternJson {
  if (typeof p === 'number' || typeof p === 'string') return p;
  if ('op' in p) {
    const test = p.test && canonicalTest(p.test);
    const domain = p.domain === undefined ? '' : normalDomain(p.domain);
    const params = Object.entries(p.params ?? {}).map(([k, t]) => [k, canonicalParam(t)] as const);
    return compact<typeof p>({
      ...p,
      op: typeof p.op !== 'string' && p.op.length === 1 ? (p.op[0] ?? p.op) : p.op,
      in: p.in.map(canonicalPattern),
      params: params.length > 0 ? Object.fromEntries(params) : undefined,
      domain: domain === '' ? undefined : domain,
      since: p.since && !isEmpty(p.since) ? p.since : undefined,
      output: p.output === 0 ? undefined : p.output,
      test,
    });
  }
  if ('value' in p) {
    const test = canonicalTest(p.test);
    return test ? { value: p.value, test } : p.value;
  }
  if ('number' in p) {
    const test = p.test && canonicalTest(p.test);
    const tol = p.tol === 'exact' ? undefined : p.tol;
    if (!test && tol === undefined && typeof p.number === 'number') return p.number;
    return compact<typeof p>({ number: p.number, tol, test });
  }
  if ('constant' in p) {
    const tol = p.tol === 'exact' || p.is === undefined ? undefined : p.tol;
    return compact<typeof p>({ constant: p.constant, is: p.is, tol, test: p.test && canonicalTest(p.test) });
  }
  if ('sum' in p) return canonicalSum(p);
  if ('product' in p) return canonicalProduct(p);
  if ('neg' in p) {
    const inner = canonicalPattern(p.neg);
    if (typeof inner === 'number') return negative(inner);
    const isNumber = typeof inner === 'object' && 'number' in inner && typeof inner.number === 'number';
    return isNumber ? { ...inner, number: negative(inner.number) } : { neg: inner };
  }
  if ('inv' in p) return { inv: canonicalPattern(p.inv) };
  if ('power' in p) return { power: canonicalPattern(p.power), by: p.by };
  if ('oneOf' in p) {
    const isNumbered = p.labels === undefined || p.tag === undefined;
    if (p.oneOf.length === 1 && p.tag === undefined && p.oneOf[0] !== undefined)
      return canonicalPattern(p.oneOf[0]);
    return compact<typeof p>({
      oneOf: p.oneOf.map(canonicalPattern),
      labels: isNumbered ? undefined : p.labels,
      tag: p.tag,
    });
  }
  if ('list' in p) {
    const each = p.each === undefined ? undefined : canonicalPattern(p.each);
    const isAny = typeof each === 'object' && 'any' in each;
    return compact<typeof p>({ ...p, each: isAny ? undefined : each, min: p.min === 0 ? undefined : p.min });
  }
  if ('repeat' in p) {
    return compact<typeof p>({
      ...p,
      repeat: canonicalPattern(p.repeat),
      of: canonicalPattern(p.of),
      min: p.min === 0 ? undefined : p.min,
    });
  }
  return 'of' in p ? { ...p, of: canonicalPattern(p.of) } : p;
}

function canonicalSum(p: Extract<PatternJson, { sum: unknown }>): PatternJson {
  const terms = p.sum.map(canonicalPattern);
  const [only] = terms;
  return terms.length === 1 && p.rest === undefined && only !== undefined ? only : { ...p, sum: terms };
}

function canonicalProduct(p: Extract<PatternJson, { product: unknown }>): PatternJson {
  const factors = p.product.map(partOf);
  const [first] = factors;
  if (first !== undefined && isInverse(first)) factors.unshift(1);
  const isAlone = factors.length === 1 && p.rest === undefined;
  return isAlone && first !== undefined ? first : { ...p, product: factors };
}

function canonicalTest<T extends ValueTest & ConstantTestJson>(test: T): T | undefined {
  const { dtype, rank } = test;
  const out = compact<ValueTest & ConstantTestJson>({
    ...test,
    dtype: typeof dtype === 'object' && dtype.length === 1 ? dtype[0] : dtype,
    rank: typeof rank === 'object' && isEmpty(rank) ? undefined : rank,
  });
  // The same fields as before, but for those that say nothing.
  return isEmpty(out) ? undefined : (out as T);
}

function canonicalParam(test: ParamTestJson): ParamTestJson {
  if (typeof test !== 'object' || !('oneOf' in test)) return test;
  const [only] = test.oneOf;
  return test.oneOf.length === 1 && only !== undefined ? only : test;
}

function canonicalExpr(e: ExprJson): ExprJson {
  if (typeof e !== 'object' || e === null || 'text' in e) return e;
  if ('list' in e) return { list: e.list.map(canonicalExpr) };
  if ('fn' in e) {
    const args = e.args.map(canonicalExpr);
    const [first] = args;
    return e.fn === 'neg' && typeof first === 'number' && args.length === 1
      ? negative(first)
      : { fn: e.fn, args };
  }
  if ('index' in e) return { ...e, index: canonicalExpr(e.index) };
  if ('output' in e) return e;
  const domain = e.domain === undefined ? '' : normalDomain(e.domain);
  const params = Object.entries(e.params ?? {}).map(([k, x]) => [k, canonicalExpr(x)] as const);
  return compact<typeof e>({
    ...e,
    in: e.in.map(canonicalExpr),
    params: params.length > 0 ? Object.fromEntries(params) : undefined,
    domain: domain === '' ? undefined : domain,
  });
}

function canonicalCond(c: CondJson): CondJson {
  return { ...c, args: c.args.map(canonicalExpr) };
}

function canonicalInstance(i: InstanceHint): InstanceHint {
  const { shapes, dims, values, choices } = i;
  return compact<InstanceHint>({
    ...i,
    shapes: shapes && isEmpty(shapes) ? undefined : shapes,
    dims: dims && isEmpty(dims) ? undefined : dims,
    values: values && isEmpty(values) ? undefined : values,
    choices: choices && isEmpty(choices) ? undefined : choices,
  });
}
