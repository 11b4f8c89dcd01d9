import type { DType, Node, Value } from '@refold/ir';
import type { Flat, NoCaptures, Pat } from '../pattern/pattern.ts';
import type { Builder } from './builder.ts';
import type { Query } from './query.ts';
import type { Verdict } from './verdict.ts';

/**
 * How near the result of a rewrite is to what it replaces. `exact`: bit-equal in the reference runtime;
 * `reassociate`: the same real function, rounded otherwise; `approximate`: another function.
 */
export type Exactness = 'exact' | 'reassociate' | 'approximate';

/** Exactness classes, strictest first. */
export const exactnesses: readonly Exactness[] = ['exact', 'reassociate', 'approximate'];

/** When a rule is tried: those of an earlier phase come first. */
export type Phase = 'normalize' | 'fold' | 'fuse' | 'quantize' | 'lower' | 'cleanup';

/** Phases in the order in which they run. A later one waits until the earlier ones have nothing left to do. */
export const phases: readonly Phase[] = ['normalize', 'fold', 'fuse', 'quantize', 'lower', 'cleanup'];

/** A match: its captures by name, the value and the node at the root, and all nodes of the pattern. */
export type Match<C extends object = NoCaptures> = Flat<C> & MatchBase;

export interface MatchBase {
  readonly $root: Value;
  readonly $node: Node;
  /** The nodes of the pattern. */
  readonly $nodes: readonly Node[];
}

/** An operator that a rule may emit, and the opset version that has it. */
export interface Emission {
  readonly op: string;
  readonly domain?: string;
  readonly since: number;
}

/**
 * What `build` gives back: the value that takes the place of the root, or one for each output of the root node
 * that is replaced, keyed by the output's name in the schema or by its index; for a pattern of several roots, by
 * the names of the roots.
 */
export type Replacement = Value | Readonly<Record<string, Value>>;

/** What `rule` makes a rule of. */
export interface RuleSpec<C extends object> {
  /** `family/name`, such as `norm/layer-norm`. */
  readonly name: string;
  /** The equation, or one sentence. */
  readonly doc: string;
  readonly match: Pat<C>;
  /**
   * A look at the root node that costs next to nothing, before any search: no match is lost where it says no.
   * For rules that say most of their conditions in code.
   */
  at?(node: Node): boolean;
  /** Pure: what the pattern cannot say. */
  guard?(m: Match<C>, q: Query): Verdict;
  /** Builds what takes the place of the root; undefined where there is nothing to do after all. */
  build(m: Match<C>, b: Builder, q: Query): Replacement | undefined;
  /** The operators that `build` makes. A builder that makes another one is refused. */
  readonly emits?: readonly Emission[];
  readonly exactness: Exactness;
  readonly phase: Phase;
  /** Which rule comes first where several match; the number of operators of the pattern when absent. */
  readonly benefit?: number;
  /** May leave more nodes, or more bytes of constants, than there were. Needs `decreases`. */
  readonly grows?: boolean;
  /** What the rewrite makes smaller, so that it ends. */
  readonly decreases?: string;
  /**
   * Whether nodes of the match that something else reads may stay, with the root alone rewired. When absent,
   * only if that still leaves fewer nodes than before.
   */
  readonly keep?: 'allowed' | 'forbidden';
  readonly tags?: readonly string[];
  /** Exporters, libraries or model families that write the pattern, for the documentation. */
  readonly exporters?: readonly string[];
  /** What looks alike and must not be taken, a sentence each, for the documentation. */
  readonly traps?: readonly string[];
  /** Where generated tests start from; a rule whose guard asks for more than its pattern says needs one at least. */
  readonly instances?: readonly InstanceHint[];
}

/** A case that a rule is made for, from which tests generate graphs. */
export interface InstanceHint {
  /** Shapes of captured values and constants; names are sizes that the test draws, also those of the pattern. */
  readonly shapes?: Readonly<Record<string, readonly (number | string)[]>>;
  /** Sizes that names must have; others are drawn. */
  readonly dims?: Readonly<Record<string, number>>;
  readonly dtype?: DType;
  readonly opset?: number;
  /** Captured parameters, parameters by their own names, and elements of captured constants. */
  readonly values?: Readonly<Record<string, number | string | boolean | readonly number[]>>;
  /** The alternatives to take, by tag, and the operators of captured nodes, by name; others are drawn. */
  readonly choices?: Readonly<Record<string, string | boolean>>;
  /**
   * A model to start from in the place of the pattern, in textual syntax: a whole one, or a graph without its name,
   * as `(float[2] x) => (float[2] y) { y = Neg (x) }`, for `opset` or else 18. For rules that say most in code.
   */
  readonly model?: string;
}

/** A rule, whatever its captures. */
export interface Rule {
  readonly spec: RuleSpec<object>;
}

/** Makes a rule. The captures of `match` type the arguments of `guard` and `build`. */
export function rule<C extends object>(spec: RuleSpec<C>): Rule {
  return Object.freeze({ spec });
}
