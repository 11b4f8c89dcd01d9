import type { NaryPattern, PatternData } from '../pattern/pattern.ts';

/** What a part of a sum or product asks for. */
interface Part {
  /** The capture that it is, when it is nothing but that. */
  readonly name: string | undefined;
  /** Operators that can make it; undefined when it is hard to say. */
  readonly ops: ReadonlySet<string> | undefined;
  /** The sum or product that it is. */
  readonly nary: NaryPattern | undefined;
  /** Captures that surely stand somewhere below it. */
  readonly inside: ReadonlySet<string>;
}

const spelled = {
  sum: ['Add', 'Neg', 'Sub', 'Sum'],
  product: ['Div', 'Mul', 'Neg', 'Pow', 'Reciprocal', 'Sqrt'],
} as const;

/** Pairings of parts beyond which two patterns are taken to meet. */
const MAX_PAIRINGS = 4096;

/**
 * Whether one value may be both of two sums or products. Not so when a part of each would have to stand inside the
 * other: `x * Sigmoid(x)` is no `y * Tanh(y)`, since x would be Tanh(y) and y Sigmoid(x).
 */
export function partsMayMeet(a: NaryPattern, b: NaryPattern): boolean {
  if (a.kind !== b.kind) return !(isMany(a) && isMany(b));
  if (a.rest !== undefined || b.rest !== undefined) return true;
  return new Pairing(partsOf(a), partsOf(b), a.kind).exists();
}

/** Whether a pattern surely asks for an operator that only sums have, or only products. */
function isMany({ kind, parts, literal, rest }: NaryPattern): boolean {
  if (rest !== undefined) return false;
  // A product with one number may be a Neg, as a sum may.
  const counted = kind === 'sum' ? parts : parts.filter((part) => part.of.kind !== 'constant');
  const numbers = kind === 'sum' && literal !== 0 ? 1 : 0;
  return counted.reduce((sum, { times }) => sum + Math.abs(times), numbers) >= 2;
}

function partsOf({ parts }: NaryPattern): readonly Part[] {
  return parts
    .filter(({ of }) => of.kind !== 'constant')
    .map(({ of }) => ({
      name: of.kind === 'value' ? of.name : undefined,
      ops: opsOf(of),
      nary: of.kind === 'sum' || of.kind === 'product' ? of : undefined,
      inside: namesIn(of),
    }));
}

function opsOf(p: PatternData): ReadonlySet<string> | undefined {
  switch (p.kind) {
    case 'op':
      return new Set(p.ops);
    case 'named':
      return opsOf(p.of);
    case 'sum':
    case 'product':
      return p.rest === undefined ? new Set(spelled[p.kind]) : undefined;
    case 'choice': {
      const all = p.alternatives.map(({ of }) => opsOf(of));
      return all.includes(undefined) ? undefined : new Set(all.flatMap((ops) => [...(ops ?? [])]));
    }
    default:
      return undefined;
  }
}

/** Captured values that every match of a pattern has. */
function namesIn(p: PatternData): ReadonlySet<string> {
  switch (p.kind) {
    case 'value':
      return new Set([p.name]);
    case 'op':
      return new Set(p.inputs.flatMap((input) => [...namesIn(input)]));
    case 'sum':
    case 'product':
      return new Set(p.parts.flatMap((part) => [...namesIn(part.of)]));
    case 'choice': {
      const [first, ...others] = p.alternatives.map(({ of }) => namesIn(of));
      return new Set([...(first ?? [])].filter((name) => others.every((names) => names.has(name))));
    }
    case 'named':
    case 'through':
    case 'permuted':
    case 'reshaped':
      return namesIn(p.of);
    default:
      return new Set();
  }
}

/** Operators that make several terms of one, or several factors. */
const brackets = { sum: ['Add', 'Sub', 'Sum'], product: ['Mul', 'Div'] } as const;

/** Looks for a way in which the parts of two patterns are the same values. */
class Pairing {
  private readonly a: readonly Part[];
  private readonly b: readonly Part[];
  /** What parts of the one are in the other. */
  private readonly taken = new Map<Part, Part>();
  private readonly brackets: readonly string[];
  private steps = 0;

  constructor(a: readonly Part[], b: readonly Part[], kind: NaryPattern['kind']) {
    this.a = a;
    this.b = b;
    this.brackets = brackets[kind];
  }

  exists(): boolean {
    if (this.isLonger(this.a, this.b) || this.isLonger(this.b, this.a)) return false;
    const open = [...this.a, ...this.b].filter((part) => part.name === undefined);
    return this.place(open, 0);
  }

  /** Gives each part that is not a capture a place in the other pattern. */
  private place(open: readonly Part[], at: number): boolean {
    this.steps += 1;
    if (this.steps > MAX_PAIRINGS) return true;
    const part = open[at];
    if (!part) return !this.isCircular(open);
    if (this.taken.has(part)) return this.place(open, at + 1);
    for (const other of this.a.includes(part) ? this.b : this.a) {
      if (!this.fits(part, other)) continue;
      this.taken.set(part, other);
      if (other.name === undefined) this.taken.set(other, part);
      if (this.place(open, at + 1)) return true;
      this.taken.delete(part);
      if (other.name === undefined) this.taken.delete(other);
    }
    return false;
  }

  private fits(part: Part, other: Part): boolean {
    if (other.name !== undefined) return !this.isOne(other) || ![...this.taken.values()].includes(other);
    if (this.taken.has(other)) return false;
    if (part.nary && other.nary) return partsMayMeet(part.nary, other.nary);
    return !part.ops || !other.ops || [...part.ops].some((op) => other.ops?.has(op));
  }

  /** Whether there are more parts than the other pattern has room for. */
  private isLonger(parts: readonly Part[], others: readonly Part[]): boolean {
    return parts.length > others.length && others.every((p) => this.isOne(p));
  }

  /** A capture that is read elsewhere too is one part; others may be several, in brackets of their own. */
  private isOne(part: Part): boolean {
    if (part.name === undefined) {
      return part.ops !== undefined && !this.brackets.some((op) => part.ops?.has(op));
    }
    const own = this.a.includes(part) ? this.a : this.b;
    return own.some((other) => other !== part && other.inside.has(part.name ?? ''));
  }

  /** Whether parts would have to stand inside themselves. */
  private isCircular(open: readonly Part[]): boolean {
    return open.some((start) => {
      const seen = new Set<Part>();
      const stack = this.below(start);
      for (let part = stack.pop(); part; part = stack.pop()) {
        if (part === start) return true;
        if (seen.has(part)) continue;
        seen.add(part);
        stack.push(...this.below(part));
      }
      return false;
    });
  }

  /** Parts that stand inside a part: what captures below it are in the other pattern. */
  private below(part: Part): Part[] {
    const twin = this.taken.get(part);
    const same = twin && twin.name === undefined ? [part, twin] : [part];
    return same.flatMap((one) => {
      const own = this.a.includes(one) ? this.a : this.b;
      const captures = own.filter((p) => p.name !== undefined && one.inside.has(p.name));
      return [...this.taken].flatMap(([placed, place]) => (captures.includes(place) ? [placed] : []));
    });
  }
}
