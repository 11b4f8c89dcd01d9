import type { PatternData } from '../pattern/pattern.ts';
import type { ParamTest } from '../pattern/value-tests.ts';

/**
 * How the value of one place of a pattern is read by the node of the place above it: operand `via` of the node;
 * `any` of its operands; or a term of the sum or product whose result the node makes. On the way, nodes that
 * hand on their operand are looked through, and nodes of the operators `skip`.
 */
export interface Edge {
  readonly via: number | 'any' | 'sum' | 'product';
  readonly skip: ReadonlySet<string>;
  /** Which output of the node below is read; undefined when the pattern does not say. */
  readonly output: number | undefined;
  /** Equal for equal edges. */
  readonly key: string;
}

/** A place of a pattern at which a node of certain operators must stand. */
export interface Place {
  /** The operators, as sorted `anchorKey`s. */
  readonly ops: readonly string[];
  /** The place above and the way down from it; undefined at the root. */
  readonly above: { readonly place: Place; readonly edge: Edge } | undefined;
  /** How many places lie between this one and the root, itself included. */
  readonly depth: number;
  readonly params: readonly ParamQuestion[];
  /** Operands that must be constants. */
  readonly constants: readonly (number | 'any')[];
  /**
   * Whether the place is sure to be matched part by part. A part that stands at several places may also be
   * congruent to what stands at another of them, which may lie in another graph.
   */
  readonly isDirect: boolean;
}

/** A test of a parameter by meaning. */
export interface ParamQuestion {
  readonly name: string;
  readonly test: ParamTest;
  /** Equal for equal tests. */
  readonly key: string;
}

/**
 * What a graph must have for a pattern to match, with one alternative taken in each choice: places in the order
 * from the root down, the root first. Necessary, not sufficient.
 */
export interface Skeleton {
  readonly places: readonly Place[];
}

const noSkip: ReadonlySet<string> = new Set();

export function edgeOf(via: Edge['via'], skip: ReadonlySet<string>, output: number | undefined): Edge {
  const skipped = [...skip].toSorted();
  return {
    via,
    skip: skip.size > 0 ? skip : noSkip,
    output,
    key: `${via}/${output ?? '*'}/${skipped.join()}`,
  };
}

/** Whether a skeleton says no more than which operators may stand at the root. */
export function isBareSkeleton({ places: [root, ...others] }: Skeleton): boolean {
  return root !== undefined && others.length === 0 && root.params.length === 0 && root.constants.length === 0;
}

/** The alternatives taken in the choices of a pattern, by choice. */
export type Taken = ReadonlyMap<PatternData, PatternData>;
