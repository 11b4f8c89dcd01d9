import type { DimsTest, DTypeClass, Tolerance, ValueTest } from '../pattern/value-tests.ts';
import type { Exactness, InstanceHint, Phase } from '../rewrite/rule.ts';

/**
 * A rule as data alone: nothing in it runs. What it may ask and what it may compute comes from closed lists, so
 * a rule can be loaded from anyone. Its JSON form is this type as it stands; its text form says the same.
 */
export interface RuleData {
  /** `family/name`. */
  readonly name: string;
  /** The equation, or one sentence. */
  readonly doc?: string;
  readonly phase: Phase;
  readonly exactness: Exactness;
  /** See `RuleSpec.benefit`. */
  readonly benefit?: number;
  readonly tags?: readonly string[];
  /**
   * Parts of the pattern with names of their own; each may use those before it. A part that is used twice
   * stands for one value.
   */
  readonly defs?: readonly (readonly [name: string, pattern: PatternJson])[];
  readonly match: PatternJson | RootsJson;
  /** Named expressions over captures; each may use those before it. Computed when something needs them. */
  readonly let?: readonly (readonly [name: string, expression: ExprJson])[];
  /** What must hold beside the pattern. */
  readonly where?: readonly CondJson[];
  /** What takes the place of the root, or of each root. */
  readonly emit: ExprJson | EmitRootsJson;
  /** See `RuleSpec`: who writes the pattern, what looks alike, where generated tests start from. */
  readonly exporters?: readonly string[];
  readonly traps?: readonly string[];
  readonly instances?: readonly InstanceHint[];
}

/** `match` with several results. */
export interface RootsJson {
  readonly roots: readonly (readonly [name: string, pattern: PatternJson])[];
}

/** `emit` with several results. */
export interface EmitRootsJson {
  readonly roots: readonly (readonly [name: string, expression: ExprJson])[];
}

/**
 * A pattern: a number is a constant of that value; a string captures a value, or stands for the part that has
 * this name.
 */
export type PatternJson =
  | number
  | string
  | OpJson
  | ValueJson
  | NumberJson
  | ConstantJson
  | { readonly any: true }
  | { readonly absent: true }
  | { readonly hole: true }
  | { readonly sum: readonly PatternJson[]; readonly rest?: string }
  | { readonly product: readonly PatternJson[]; readonly rest?: string }
  | { readonly neg: PatternJson }
  | { readonly inv: PatternJson }
  | { readonly power: PatternJson; readonly by: number }
  | ChoiceJson
  | { readonly named: string; readonly of: PatternJson }
  | ThroughJson
  | RepeatJson
  | ListJson
  | { readonly permuted: string | readonly number[] | { readonly capture: string }; readonly of: PatternJson }
  | { readonly reshaped: string; readonly of: PatternJson };

/** A node. */
export interface OpJson {
  readonly op: string | readonly string[];
  readonly in: readonly PatternJson[];
  /** Parameters by meaning, or by their names in the schema. */
  readonly params?: Readonly<Record<string, ParamTestJson>>;
  readonly domain?: string;
  readonly since?: { readonly min?: number; readonly max?: number };
  readonly output?: number;
  readonly commute?: true;
  readonly extraInputs?: true;
  readonly test?: ValueTest;
}

/** Any value, captured. */
export interface ValueJson {
  readonly value: string;
  readonly test: ValueTest;
}

/** A constant that is not captured. */
export interface NumberJson {
  readonly number: number | readonly number[];
  readonly tol?: Tolerance;
  readonly test?: ConstantTestJson;
}

/** A constant that is captured, or any constant where the name is `_`. */
export interface ConstantJson {
  readonly constant: string;
  /** The elements that it must have. */
  readonly is?: number | readonly number[];
  readonly tol?: Tolerance;
  readonly test?: ConstantTestJson;
}

/** What the elements of a constant must be. */
export interface ConstantTestJson {
  readonly dtype?: DTypeClass | readonly DTypeClass[];
  readonly dims?: DimsTest;
  readonly splat?: boolean;
}

/** Alternatives in order. Without labels they are called `1`, `2` and so on; without a tag nobody asks which. */
export interface ChoiceJson {
  readonly oneOf: readonly PatternJson[];
  readonly labels?: readonly string[];
  readonly tag?: string;
}

/** A value behind nodes that are skipped. */
export interface ThroughJson {
  readonly through: readonly string[];
  readonly of: PatternJson;
  readonly capture?: string;
  readonly max?: number;
}

/** A chain of `repeat`, in which `hole` stands for what comes next, over `of`. */
export interface RepeatJson {
  readonly repeat: PatternJson;
  readonly of: PatternJson;
  readonly min?: number;
  readonly max?: number;
  readonly count?: string;
}

/** All remaining inputs of a node. */
export interface ListJson {
  readonly list: string;
  readonly each?: PatternJson;
  readonly min?: number;
  readonly max?: number;
}

/** Which axes a parameter names; see `ParamTest`. */
export type AxesClass = 'last' | 'trailing' | 'spatial' | 'all' | 'channel';

/** A parameter that is given literally. */
export type ParamLiteral = number | string | boolean | readonly number[];

/** What a parameter of a node must be. */
export type ParamTestJson =
  | ParamLiteral
  | { readonly capture: string }
  | { readonly oneOf: readonly ParamLiteral[] }
  | { readonly axes: AxesClass; readonly capture?: string }
  | { readonly absent: true };

/**
 * An expression over captures: a number; a string for a capture, a `let` or a part with that name; null for an
 * input that is not given. Arithmetic on constants is folded; on other values it makes nodes.
 */
export type ExprJson =
  | number
  | string
  | boolean
  | null
  | { readonly text: string }
  | { readonly list: readonly ExprJson[] }
  | EmitJson
  | { readonly fn: string; readonly args: readonly ExprJson[] }
  /** A constant with more axes: `:` is one that it has, 1 a new one, `...` as many as the other operand asks for. */
  | { readonly index: ExprJson; readonly axes: readonly (':' | 1 | '...')[] }
  /** One output of a node with several, by the name of the `let` that makes it. */
  | { readonly output: string; readonly at: number };

/** A new node. */
export interface EmitJson {
  readonly op: string;
  readonly in: readonly ExprJson[];
  readonly params?: Readonly<Record<string, ExprJson>>;
  readonly domain?: string;
  /** A captured node whose other attributes are taken over. */
  readonly carry?: string;
  /** How many outputs it has; one when absent. */
  readonly outputs?: number;
}

/** A guard of the closed library, or a comparison. */
export interface CondJson {
  readonly guard: string;
  readonly args: readonly ExprJson[];
  readonly not?: true;
  /** The code by which a refusal is counted, instead of the guard's own. */
  readonly reason?: string;
}
