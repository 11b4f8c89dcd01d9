import { normalDomain, operatorOf } from '@refold/ir';
import { product, sum } from '../pattern/arithmetic.ts';
import { absent, any, constant, list, named, op, through, value } from '../pattern/combinators.ts';
import { permuted, reshaped } from '../pattern/movement.ts';
import type { Pat, PatternData } from '../pattern/pattern.ts';
import { pattern } from '../pattern/pattern-of.ts';
import { repeat } from '../pattern/repeat.ts';
import { roots } from '../pattern/roots.ts';
import type { ConstTest, ParamTest } from '../pattern/value-tests.ts';
import { isRoots } from './canonical.ts';
import { dataError } from './data-error.ts';
import type {
  ChoiceJson,
  ConstantTestJson,
  OpJson,
  ParamTestJson,
  PatternJson,
  RuleData,
} from './rule-data.ts';

type AnyPat = Pat<object>;

/** Tags that nobody has named start so, which no name can. */
export const ANONYMOUS = '$';

/** The pattern of a rule. A part with a name becomes one object, wherever it is used. */
export function toPattern(rule: Pick<RuleData, 'defs' | 'match'>): PatternData {
  const builder = new PatternBuilder();
  for (const [name, p] of rule.defs ?? []) builder.define(name, p);
  const { match } = rule;
  if (!isRoots(match)) return builder.build(match).data;
  return roots(Object.fromEntries(match.roots.map(([name, p]) => [name, builder.build(p)]))).data;
}

class PatternBuilder {
  private readonly parts = new Map<string, AnyPat>();
  private readonly holes: AnyPat[] = [];
  private tags = 0;

  define(name: string, p: PatternJson): void {
    this.parts.set(name, this.build(p));
  }

  build(p: PatternJson): AnyPat {
    const part = this.part(p);
    // A power alone is a product of one factor, so that it matches however it is written.
    return typeof p === 'object' && 'power' in p ? product([part]) : part;
  }

  /** A pattern as a part of a sum or a product, where inverses and powers are operators. */
  private part(p: PatternJson): AnyPat {
    if (typeof p === 'number')
      return pattern({ kind: 'constant', name: undefined, test: { value: p, tol: 'exact' } });
    if (typeof p === 'string') return this.parts.get(p) ?? value(p);
    if ('op' in p) return this.operator(p);
    if ('value' in p) return value(p.value, p.test);
    if ('number' in p) {
      const test = { ...constantTest(p.test), value: p.number, tol: p.tol ?? 'exact' };
      return pattern({ kind: 'constant', name: undefined, test });
    }
    if ('constant' in p) {
      const literal = p.is === undefined ? {} : { value: p.is, tol: p.tol ?? 'exact' };
      const test = { ...constantTest(p.test), ...literal };
      return p.constant === '_'
        ? pattern({ kind: 'constant', name: undefined, test })
        : constant(p.constant, test);
    }
    if ('any' in p) return any;
    if ('absent' in p) return absent;
    if ('hole' in p) {
      const hole = this.holes.at(-1);
      if (!hole) throw dataError('next stands outside of a repeat');
      return hole;
    }
    if ('sum' in p)
      return sum(
        p.sum.map((t) => this.part(t)),
        restOf(p.rest),
      );
    if ('product' in p)
      return product(
        p.product.map((t) => this.part(t)),
        restOf(p.rest),
      );
    if ('neg' in p) return op('Neg', [this.build(p.neg)]);
    if ('inv' in p) return op('Reciprocal', [this.build(p.inv)]);
    if ('power' in p) return op('Pow', [this.build(p.power), p.by]);
    if ('oneOf' in p) return this.choice(p);
    if ('named' in p) return named(p.named, this.build(p.of));
    if ('through' in p)
      return through(p.through, this.build(p.of), withoutAbsent({ capture: p.capture, max: p.max }));
    if ('list' in p) {
      const each = p.each === undefined ? any : this.build(p.each);
      return list(p.list, each, withoutAbsent({ min: p.min, max: p.max }));
    }
    if ('permuted' in p) return permuted(p.permuted, this.build(p.of));
    if ('reshaped' in p) return reshaped(p.reshaped, this.build(p.of));
    const base = this.build(p.of);
    const options = withoutAbsent({ min: p.min, max: p.max, name: p.count });
    return repeat((hole) => this.within(hole, p.repeat), base, options);
  }

  private within(hole: AnyPat, body: PatternJson): AnyPat {
    this.holes.push(hole);
    const built = this.build(body);
    this.holes.pop();
    return built;
  }

  private operator(p: OpJson): AnyPat {
    return op(
      p.op,
      p.in.map((i) => this.build(i)),
      {
        ...withoutAbsent({
          domain: p.domain,
          since: p.since,
          output: p.output,
          commute: p.commute,
          test: p.test,
        }),
        extraInputs: p.extraInputs ? 'allow' : 'forbid',
        params: paramsOf(p),
      },
    );
  }

  private choice({ oneOf, labels, tag }: ChoiceJson): AnyPat {
    if (labels && labels.length !== oneOf.length)
      throw dataError(`${oneOf.length} alternatives have ${labels.length} labels`);
    if (new Set(labels).size !== (labels?.length ?? 0))
      throw dataError('two alternatives have the same label');
    this.tags += 1;
    return pattern({
      kind: 'choice',
      tag: tag ?? `${ANONYMOUS}${this.tags}`,
      alternatives: oneOf.map((p, i) => ({ label: labels?.[i] ?? String(i + 1), of: this.build(p).data })),
    });
  }
}

function restOf(rest: string | undefined): { readonly rest: string } | undefined {
  return rest === undefined ? undefined : { rest };
}

function constantTest(test: ConstantTestJson | undefined): ConstTest {
  return test ?? {};
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Options that are not given are left out, so that the defaults hold. */
function withoutAbsent<T extends object>(options: T): Present<T> {
  return Object.fromEntries(Object.entries(options).filter(([, v]) => v !== undefined)) as Present<T>;
}

/** Views call parameters as programmers do; the schema's spelling is understood too. */
function paramsOf(p: OpJson): Readonly<Record<string, ParamTest>> {
  const ops = typeof p.op === 'string' ? [p.op] : p.op;
  const hasView = ops.every((name) => operatorOf(normalDomain(p.domain ?? ''), name) !== undefined);
  const entries: (readonly [string, ParamTestJson])[] = Object.entries(p.params ?? {});
  return Object.fromEntries(entries.map(([name, test]) => [hasView ? camelCase(name) : name, test]));
}

function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
