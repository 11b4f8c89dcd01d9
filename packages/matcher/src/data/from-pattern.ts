import { anatomyOf, captureNames } from '../pattern/anatomy.ts';
import type {
  ConstantPattern,
  NaryPattern,
  OpPattern,
  PatternData,
  ShapeEquation,
} from '../pattern/pattern.ts';
import type { ConstantTestJson, PatternJson, RuleData } from './rule-data.ts';
import { ANONYMOUS } from './to-pattern.ts';

/** A pattern as JSON: what stands at several places has a name of its own. Inverse of `toPattern`. */
export function fromPattern(root: PatternData): Pick<RuleData, 'defs' | 'match'> {
  const printer = new PatternWriter(root);
  const match =
    root.kind === 'roots'
      ? { roots: root.roots.map(({ name, of }) => [name, printer.write(of)] as const) }
      : printer.write(root);
  return printer.defs.length > 0 ? { defs: printer.defs, match } : { match };
}

class PatternWriter {
  readonly defs: (readonly [string, PatternJson])[] = [];
  private readonly shared: ReadonlySet<PatternData>;
  private readonly taken: ReadonlySet<string>;
  private readonly names = new Map<PatternData, string>();

  constructor(root: PatternData) {
    this.shared = anatomyOf(root).shared;
    this.taken = captureNames(root);
  }

  write(p: PatternData): PatternJson {
    if (!this.shared.has(p)) return this.own(p);
    const known = this.names.get(p);
    if (known !== undefined) return known;
    const written = this.own(p);
    let name = `part${this.names.size + 1}`;
    while (this.taken.has(name)) name += 'x';
    this.names.set(p, name);
    this.defs.push([name, written]);
    return name;
  }

  private own(p: PatternData): PatternJson {
    switch (p.kind) {
      case 'value':
        return Object.keys(p.test).length > 0 ? { value: p.name, test: p.test } : p.name;
      case 'any':
        return { any: true };
      case 'absent':
        return { absent: true };
      case 'hole':
        return { hole: true };
      case 'constant':
        return constantOf(p);
      case 'op':
        return this.operator(p);
      case 'named':
        return { named: p.name, of: this.write(p.of) };
      case 'choice': {
        const oneOf = p.alternatives.map((a) => this.write(a.of));
        if (p.tag.startsWith(ANONYMOUS)) return { oneOf };
        const labels = p.alternatives.map((a) => String(a.label));
        const isNumbered = labels.every((label, i) => label === String(i + 1));
        return isNumbered ? { oneOf, tag: p.tag } : { oneOf, labels, tag: p.tag };
      }
      case 'through': {
        const capture = p.capture === undefined ? {} : { capture: p.capture };
        return { through: p.ops, of: this.write(p.of), ...capture, max: p.max };
      }
      case 'list': {
        const each = p.each.kind === 'any' ? {} : { each: this.write(p.each) };
        const min = p.min === 0 ? {} : { min: p.min };
        return { list: p.name, ...each, ...min, ...(Number.isFinite(p.max) ? { max: p.max } : {}) };
      }
      case 'sum':
      case 'product':
        return this.nary(p);
      case 'repeat': {
        const count = p.name === undefined ? {} : { count: p.name };
        const min = p.min === 0 ? {} : { min: p.min };
        return { repeat: this.write(p.body), of: this.write(p.base), ...min, max: p.max, ...count };
      }
      case 'permuted': {
        const { order } = p;
        const of = this.write(p.of);
        if (order.kind === 'capture') return { permuted: { capture: order.name }, of };
        return { permuted: order.kind === 'axes' ? order.axes : lettersOf(order.axes), of };
      }
      case 'reshaped':
        return { reshaped: `${sideOf(p.from)} -> ${sideOf(p.to)}`, of: this.write(p.of) };
      case 'roots':
        // Roots stand at the top only, which is written apart.
        return { any: true };
    }
  }

  private operator(p: OpPattern): PatternJson {
    const [only = ''] = p.ops;
    return {
      op: p.ops.length === 1 ? only : p.ops,
      in: p.inputs.map((i) => this.write(i)),
      ...(p.params.size > 0 ? { params: Object.fromEntries(p.params) } : {}),
      ...(p.domain === '' ? {} : { domain: p.domain }),
      ...(Object.keys(p.since).length > 0 ? { since: p.since } : {}),
      ...(p.output === 0 ? {} : { output: p.output }),
      ...(p.commute ? { commute: true } : {}),
      ...(p.extraInputs ? { extraInputs: true } : {}),
      ...(Object.keys(p.test).length > 0 ? { test: p.test } : {}),
    };
  }

  private nary(p: NaryPattern): PatternJson {
    const isSum = p.kind === 'sum';
    const parts = p.parts.flatMap(({ of, times }) => {
      const part = this.write(of);
      return isSum ? termsOf(part, times) : [factorOf(part, times)];
    });
    if (p.literal !== (isSum ? 0 : 1))
      parts.push(p.tol === 'exact' ? p.literal : { number: p.literal, tol: p.tol });
    const [only] = parts;
    // A power alone is a product.
    const isPower = typeof only === 'object' && 'power' in only;
    if (!isSum && parts.length === 1 && isPower && p.rest === undefined) return only;
    // An inverse alone is 1 over it.
    if (!isSum && parts.length === 1 && typeof only === 'object' && 'inv' in only) parts.unshift(1);
    const rest = p.rest === undefined ? {} : { rest: p.rest };
    return isSum ? { sum: parts, ...rest } : { product: parts, ...rest };
  }
}

function termsOf(part: PatternJson, times: number): readonly PatternJson[] {
  return new Array<PatternJson>(Math.abs(times)).fill(times < 0 ? { neg: part } : part);
}

function factorOf(part: PatternJson, times: number): PatternJson {
  if (times === 1) return part;
  return times === -1 ? { inv: part } : { power: part, by: times };
}

function constantOf({ name, test }: ConstantPattern): PatternJson {
  const { value, tol = 'exact', ...rest } = test;
  const other: { readonly test?: ConstantTestJson } = Object.keys(rest).length > 0 ? { test: rest } : {};
  const near = tol === 'exact' || value === undefined ? {} : { tol };
  if (name !== undefined || value === undefined)
    return { constant: name ?? '_', ...(value === undefined ? {} : { is: value }), ...near, ...other };
  return typeof value === 'number' && tol === 'exact' && !other.test
    ? value
    : { number: value, ...near, ...other };
}

/** An order of the last axes in letters. */
function lettersOf(axes: readonly number[]): string {
  const letters = axes.map((_, i) => String.fromCharCode('a'.charCodeAt(0) + i));
  return `...${letters.join('')}->...${axes.map((a) => letters[a]).join('')}`;
}

function sideOf(side: ShapeEquation): string {
  return side.map((d) => (d === '...' ? d : d.length === 1 ? String(d[0]) : `(${d.join(' ')})`)).join(' ');
}
