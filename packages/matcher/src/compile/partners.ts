import type { Node, Value } from '@refold/ir';
import { isAlias } from '../canonical/alias.ts';
import { anchorKey, makersOf } from '../pattern/anatomy.ts';
import type { CompiledRule } from './compiled-rule.ts';

/** Values with more users than this are not looked through. */
const MAX_USERS = 64;

/** At most this many nodes are looked at around one root. */
const MAX_NODES = 256;

/** A rule whose pattern has several roots. */
interface Family {
  /** Operators at which roots other than the first can stand; undefined when that may be any. */
  readonly others: ReadonlySet<string> | undefined;
  /** All operators that the pattern asks for. */
  readonly members: ReadonlyMap<string, number>;
}

/**
 * Finds the way from one root of a match to the others. A match is searched from its first root only, so a change near
 * another root calls for a second look at the first.
 */
export class Partners {
  private readonly families: readonly Family[];

  constructor(rules: readonly CompiledRule[]) {
    this.families = rules.flatMap((rule) => familyOf(rule) ?? []);
  }

  /** Nodes connected to `node` through a pattern that can have one of its later roots there; the first root is among them. */
  of(node: Node): Iterable<Node> {
    if (this.families.length === 0) return [];
    const key = anchorKey(node.domain, node.opType);
    const found = new Set<Node>();
    for (const { others, members } of this.families) {
      if (others && !others.has(key)) continue;
      for (const partner of connected(node, members)) found.add(partner);
    }
    return found;
  }
}

function familyOf({ rule, anatomy }: CompiledRule): Family | undefined {
  const { data } = rule.spec.match;
  if (data.kind !== 'roots') return undefined;
  const makers = data.roots.slice(1).map((root) => makersOf(root.of));
  const isOpen = makers.some((m) => m.isOpen);
  return { others: isOpen ? undefined : new Set(makers.flatMap((m) => [...m.ops])), members: anatomy.depths };
}

/** Breadth first, so that the nearest nodes are met even where there are too many. */
function connected(start: Node, members: ReadonlyMap<string, number>): ReadonlySet<Node> {
  const met = new Set<Node>([start]);
  for (const node of met) {
    for (const value of valuesAt(node)) {
      if (value.useCount > MAX_USERS) continue;
      for (const next of nodesAt(value)) {
        if (met.size >= MAX_NODES) return met;
        if (next.graph === start.graph && isMember(next, members)) met.add(next);
      }
    }
  }
  return met;
}

function isMember(node: Node, members: ReadonlyMap<string, number>): boolean {
  const [result] = node.outputs;
  return members.has(anchorKey(node.domain, node.opType)) || (result !== undefined && isAlias(node, result));
}

function* valuesAt(node: Node): Iterable<Value> {
  for (const operand of node.inputs) if (operand) yield operand;
  for (const output of node.outputs) if (output) yield output;
}

function* nodesAt(value: Value): Iterable<Node> {
  if (value.producer) yield value.producer;
  yield* value.users();
}
