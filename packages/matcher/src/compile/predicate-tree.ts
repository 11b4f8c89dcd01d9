import type { ParamTest } from '../pattern/value-tests.ts';
import type { Edge } from './skeleton.ts';

/**
 * A state of a predicate tree: what is known is that the tests on the way here have held. Nodes found on the way
 * are kept in registers, the anchor in register 0.
 */
export interface State {
  /** Registers in use; the last one is new here when `reached` says how. */
  readonly registers: number;
  /** How the last register was found: from which one, up through its readers or down through its operands. */
  readonly reached: { readonly from: number; readonly up: boolean } | undefined;
  /** Questions in order. They are alternatives to each other: all are asked. */
  readonly questions: readonly Question[];
  /** Rules that have nothing left to ask, with the register that holds their root. */
  readonly accepts: readonly Accept[];
}

export interface Accept {
  /** Place of the rule among all, best first. */
  readonly rule: number;
  /** The register. */
  readonly root: number;
}

export type Question = StepQuestion | ConstantQuestion | ParameterQuestion;

/** Which operator stands above or below the node of a register. Answers lead on through a table. */
export interface StepQuestion {
  readonly kind: 'step';
  readonly from: number;
  readonly up: boolean;
  readonly edge: Edge;
  /** States by the number of the operator. */
  readonly table: ReadonlyMap<number, readonly State[]>;
}

/** Whether an operand of a node is a constant. */
export interface ConstantQuestion {
  readonly kind: 'constant';
  readonly at: number;
  readonly operand: number | 'any';
  readonly next: State;
}

/** Whether a parameter of a node passes a test. */
export interface ParameterQuestion {
  readonly kind: 'parameter';
  readonly at: number;
  readonly name: string;
  readonly test: ParamTest;
  readonly next: State;
}

/** The tests of all rules anchored at one operator. */
export interface PredicateTree {
  readonly start: State;
  /** Places of the rules among all, in order. */
  readonly rules: readonly number[];
}

/** The predicate trees of a set of rules. */
export interface Forest {
  /** The tree of the rules anchored at an operator, by its number; undefined when there are none. */
  tree(kind: number): PredicateTree | undefined;
  /** How many states all trees have together. */
  readonly states: number;
}
