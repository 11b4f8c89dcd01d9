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

/** A term that is being read. */
interface Open {
  readonly value: Value | undefined;
  readonly user: Node;
  readonly times: number;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * Reads the sum or product whose result a value is; undefined when it is none. What lies inside is read by
 * nothing else: a value with other users, or of another graph, stays a leaf.
 */
export function naryTree(kind: 'sum' | 'product', root: Value, graph: Graph): NaryTree | undefined {
  const dtype = root.type?.kind === 'tensor' ? root.type.dtype : undefined;
  const producer = root.producer;
  const parts = producer && producer.graph === graph ? expand(kind, root, 1, dtype) : undefined;
  if (!producer || !parts) return undefined;
  const terms: Term[] = [];
  const leaves: Term[] = [];
  const closing: { readonly term: Writable<Term>; readonly at: number }[] = [];
  const stack: Open[] = parts.toReversed().map((p) => ({ ...p, user: producer }));
  for (let open = stack.pop(); open; open = stack.pop()) {
    const inside = terms.length + stack.length < MAX_TERMS ? bracketAt(kind, open, graph, dtype) : undefined;
    const first = leaves.length;
    const nodes = inside?.nodes ?? [];
    const term: Writable<Term> = { ...open, first, end: first + 1, nodes, number: undefined };
    terms.push(term);
    if (inside) {
      closing.push({ term, at: stack.length });
      for (const part of inside.parts.toReversed()) stack.push({ ...part, user: inside.user });
    } else {
      term.number = numberOf(open);
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

interface Part {
  readonly value: Value | undefined;
  readonly times: number;
}

/** What stands in the bracket that a term is. */
interface Bracket {
  readonly parts: readonly Part[];
  /** The node that reads the parts. */
  readonly user: Node;
  /** That node, and those between it and the term that hand its result on. */
  readonly nodes: readonly Node[];
}

function bracketAt(
  kind: 'sum' | 'product',
  { value, times }: Open,
  graph: Graph,
  dtype: DType | undefined,
): Bracket | undefined {
  const nodes: Node[] = [];
  let at = value;
  while (at && at.useCount === 1 && at.producer && at.producer.graph === graph) {
    const node = at.producer;
    nodes.push(node);
    const parts = expand(kind, at, times, dtype);
    if (parts) return { user: node, parts, nodes };
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
  const operands = node.inputs.filter((o) => o !== undefined);
  if (operands.length !== node.inputs.length || operands.length === 0) return undefined;
  return kind === 'sum' ? terms(node, operands, times) : factors(node, operands, times, dtype);
}

function terms(node: Node, operands: readonly Value[], times: number): readonly Part[] {
  const [first] = operands;
  if (node.opType === 'Neg') return [{ value: first, times: -times }];
  return operands.map((value, i) => ({ value, times: node.opType === 'Sub' && i === 1 ? -times : times }));
}

/** Divisions of integers truncate, and roots and odd powers keep to one sign: these join no product. */
function factors(
  node: Node,
  operands: readonly Value[],
  times: number,
  dtype: DType | undefined,
): readonly Part[] | undefined {
  const [a, b] = operands;
  const isReal = dtype !== undefined && isFloat(dtype);
  // Under a root, only what is true for all signs.
  if (!Number.isInteger(times) && node.opType !== 'Reciprocal') return undefined;
  switch (node.opType) {
    case 'Mul':
      return operands.map((value) => ({ value, times }));
    case 'Div':
      return isReal
        ? [
            { value: a, times },
            { value: b, times: -times },
          ]
        : undefined;
    case 'Reciprocal':
      return isReal ? [{ value: a, times: -times }] : undefined;
    case 'Neg':
      return [
        { value: undefined, times },
        { value: a, times },
      ];
    case 'Sqrt':
      return Math.abs(times) === 1 ? [{ value: a, times: times / 2 }] : undefined;
    default:
      return isReal && b ? power(node, a, b, times) : undefined;
  }
}

function power(
  node: Node,
  base: Value | undefined,
  exponent: Value,
  times: number,
): readonly Part[] | undefined {
  const k = ConstRef.of(exponent)?.splat;
  if (k === undefined || typeof k === 'string' || mayWiden(exponent, node)) return undefined;
  const all = times * Number(k);
  const isUsable = Number.isInteger(Number(k)) ? Number(k) !== 0 : Math.abs(all) === 0.5;
  return isUsable ? [{ value: base, times: all }] : undefined;
}

function numberOf({ value, user }: Open): number | undefined {
  if (!value) return -1;
  const splat = ConstRef.of(value)?.splat;
  if (splat === undefined || typeof splat === 'string' || mayWiden(value, user)) return undefined;
  const number = Number(splat);
  return typeof splat === 'bigint' && BigInt(number) !== splat ? undefined : number;
}
