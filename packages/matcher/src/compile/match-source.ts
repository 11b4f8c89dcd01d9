import type { Dim, Node, Value } from '@refold/ir';
import type { Captured } from '../pattern/pattern.ts';
import type { CompiledRule } from './compiled-rule.ts';
import type { Reach } from './reach.ts';

/**
 * One way in which a rule matches; nothing is known yet of its guard. Captures and sizes are those of the search
 * itself, so they hold until it goes on.
 */
export interface Solution {
  readonly rule: CompiledRule;
  /** The value at the root, and the node that makes it. */
  readonly root: Value;
  readonly node: Node;
  /** Nodes of the pattern. */
  readonly nodes: readonly Node[];
  readonly captures: ReadonlyMap<string, Captured>;
  readonly sizes: ReadonlyMap<string, Dim>;
}

/** Told when a search was given up for its length. */
export type OnFuel = (rule: CompiledRule, node: Node) => void;

/**
 * Where a set of rules matches. The driver knows no more of how matches are found, so that rules can be searched
 * one by one or all at once.
 */
export interface MatchSource {
  /** Whether a match may be rooted at a node. */
  mayMatch(node: Node): boolean;
  /**
   * Offers the matches rooted at a node, best rule first (those of `only` if it is given), until `take` answers
   * that it has taken one. Returns whether it has.
   */
  offer(node: Node, take: (solution: Solution) => boolean, onFuel: OnFuel, only?: CompiledRule): boolean;
  /** Forgets what was found out about the graph before it was changed. */
  changed(): void;
  /** How far above a changed node the root of a match can be. */
  readonly reach: Reach;
}
