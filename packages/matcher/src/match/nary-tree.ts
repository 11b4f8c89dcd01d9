import { type DType, type Graph, isFloat, type Node, type Value } from '@refold/ir';
import { isAlias } from '../canonical/alias.ts';
import { ConstRef } from '../canonical/const-ref.ts';
import { meansItsName } from '../canonical/meaning.ts';
import { mayWiden } from '../canonical/widening.ts';
import { productOps, sumOps } from '../pattern/anatomy.ts';

/** A sum or product of more terms is not looked into any deeper. */
export const MAX_TERMS = 64;

/** An operand somewhere in the brackets of a sum or product. */
export interface Term {
  /** Undefined for the factor -1 that a Neg stands for. */
  readonly value: Value | undefined;
  /** The node that reads it. */
  readonly user: Node;
  /** Sign of a term; exponent of a factor. */
  readonly times: number;
  /** The leaves that it covers: from `first` up to, not including, `end`. */
  readonly first: number;
  readonly end: number;
  /** The nodes of its own bracket, outermost first; none for a leaf. */
  readonly nodes: readonly Node[];
  /** The number that it is, when it is a leaf, a constant of equal elements, and widens nothing. */
  readonly number: number | undefined;
}

/** A sum or product as it is bracketed in the graph. */
export interface NaryTree {
  /** All operands, in the order of the text, each before those inside of it. */
  readonly terms: readonly Term[];
  readonly leaves: readonly Term[];
  readonly dtype: DType | undefined;
}

/** An operand that has still to be looked into. */
type Part = Pick<Term, 'value' | 'user' | 'times'>;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the sum or product whose result a value is; undefined when it is none. What lies inside is read by
 * nothing else: a value with other users, or of another graph, stays a leaf.
 */
export function naryTree(kind: 'sum' | 'product', root: Value, graph: Graph): NaryTree | undefined {
  const dtype = root.type?.kind === 'tensor' ? root.type.dtype : undefined;
  const parts = root.producer?.graph === graph ? expand(kind, root, 1, dtype) : undefined;
  if (!parts) return undefined;
  const terms: Term[] = [];
  const leaves: Term[] = [];
  const closing: { readonly term: Writable<Term>; readonly at: number }[] = [];
  const stack: Part[] = parts.toReversed();
  for (let part = stack.pop(); part; part = stack.pop()) {
    const inside = terms.length + stack.length < MAX_TERMS ? bracketAt(kind, part, graph, dtype) : undefined;
    const { value, user, times } = part;
    const first = leaves.length;
    const nodes = inside?.nodes ?? noNodes;
    const term: Writable<Term> = { value, user, times, first, end: first + 1, nodes, number: undefined };
    terms.push(term);
    if (inside) {
      closing.push({ term, at: stack.length });
      for (let i = inside.parts.length - 1; i >= 0; i -= 1) {
        const next = inside.parts[i];
        if (next) stack.push(next);
      }
    } else {
      term.number = numberOf(part);
      leaves.push(term);
      // All brackets that end with this leaf.
      for (let last = closing.at(-1); last && last.at === stack.length; last = closing.at(-1)) {
        last.term.end = leaves.length;
        closing.pop();
      }
    }
  }
  return { terms, leaves, dtype };
}

const noNodes: readonly Node[] = [];

/** What stands in the bracket that a term is. */
interface Bracket {
  readonly parts: readonly Part[];
  /** The node that reads them, last, and those between it and the term that hand its result on. */
  readonly nodes: readonly Node[];
}

function bracketAt(
  kind: 'sum' | 'product',
  { value, times }: Part,
  graph: Graph,
  dtype: DType | undefined,
): Bracket | undefined {
  const nodes: Node[] = [];
  let at = value;
  while (at && at.useCount === 1 && at.producer && at.producer.graph === graph) {
    const node = at.producer;
    nodes.push(node);
    const parts = expand(kind, at, times, dtype);
    if (parts) return { parts, nodes };
    if (!isAlias(node, at)) return undefined;
    at = node.inputs[0];
  }
  return undefined;
}

function expand(
  kind: 'sum' | 'product',
  value: Value,
  times: number,
  dtype: DType | undefined,
): readonly Part[] | undefined {
  const node = value.producer;
  if (node?.domain !== '' || value.index !== 0 || !meansItsName(node)) return undefined;
  if (!(kind === 'sum' ? sumOps : productOps).includes(node.opType)) return undefined;
  if (node.inputs.length === 0 || node.inputs.includes(undefined)) return undefined;
  return kind === 'sum' ? terms(node, times) : factors(node, times, dtype);
}

function terms(user: Node, times: number): readonly Part[] {
  const { inputs, opType } = user;
  if (opType === 'Neg') return [{ value: inputs[0], user, times: -times }];
  return inputs.map((value, i) => ({ value, user, times: opType === 'Sub' && i === 1 ? -times : times }));
}

/** Divisions of integers truncate, and roots and odd powers keep to one sign: these join no product. */
function factors(user: Node, times: number, dtype: DType | undefined): readonly Part[] | undefined {
  const [a, b] = user.inputs;
  const isReal = dtype !== undefined && isFloat(dtype);
  // Under a root, only what is true for all signs.
  if (!Number.isInteger(times) && user.opType !== 'Reciprocal') return undefined;
  switch (user.opType) {
    case 'Mul':
      return user.inputs.map((value) => ({ value, user, times }));
    case 'Div':
      return isReal
        ? [
            { value: a, user, times },
            { value: b, user, times: -times },
          ]
        : undefined;
    case 'Reciprocal':
      return isReal ? [{ value: a, user, times: -times }] : undefined;
    case 'Neg':
      return [
        { value: undefined, user, times },
        { value: a, user, times },
      ];
    case 'Sqrt':
      return Math.abs(times) === 1 ? [{ value: a, user, times: times / 2 }] : undefined;
    default:
      return isReal && b ? power(user, a, b, times) : undefined;
  }
}

function power(
  user: Node,
  base: Value | undefined,
  exponent: Value,
  times: number,
): readonly Part[] | undefined {
  const k = ConstRef.of(exponent)?.splat;
  if (k === undefined || typeof k === 'string' || mayWiden(exponent, user)) return undefined;
  const all = times * Number(k);
  const isUsable = Number.isInteger(Number(k)) ? Number(k) !== 0 : Math.abs(all) === 0.5;
  return isUsable ? [{ value: base, user, times: all }] : undefined;
}

function numberOf({ value, user }: Part): number | undefined {
  if (!value) return -1;
  const splat = ConstRef.of(value)?.splat;
  if (splat === undefined || typeof splat === 'string' || mayWiden(value, user)) return undefined;
  const number = Number(splat);
  return typeof splat === 'bigint' && BigInt(number) !== splat ? undefined : number;
}
