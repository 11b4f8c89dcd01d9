/**
 * How far a rule came at a place. `no-anchor`: no node there is of an operator at which the rule can be rooted;
 * `structure`: the pattern does not match; `fuel`: the search was given up for its length; `guard`: the pattern
 * matches and the guard of the rule says no; from there on the rule matches, but `declined`: its builder gives up,
 * `opset`, `types`, `safety`: what it builds is refused; `matched`: the rewrite would be made.
 */
export type Outcome =
  | 'matched'
  | 'no-anchor'
  | 'structure'
  | 'guard'
  | 'declined'
  | 'opset'
  | 'types'
  | 'safety'
  | 'fuel';

/** A part of the pattern that has found its place. */
export interface AlignedPart {
  /** The part as text. */
  readonly pattern: string;
  /** The value at which it stands. */
  readonly value: string;
  /** The node that makes the value, if one does. */
  readonly node?: string;
}

/** The first thing that is not as the rule wants it, where the match has come furthest. */
export interface FailedPart {
  /** Stable code. */
  readonly reason: string;
  /** The part of the pattern as text; absent where the whole of it matches. */
  readonly pattern?: string;
  /** The node, or else the value, at which it fails. */
  readonly at?: string;
  readonly expected: string;
  readonly found: string;
}

/** Places that fail for one reason. */
export interface AnchorGroup {
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly expected?: string;
  readonly count: number;
  /** The first few of the nodes. */
  readonly nodes: readonly string[];
}

/** Why a rule matches or does not: plain data, as JSON too. */
export interface Explanation {
  readonly rule: string;
  readonly outcome: Outcome;
  /** The node at which the rule was rooted; absent for `no-anchor`. */
  readonly root?: string;
  readonly matched: readonly AlignedPart[];
  readonly failed?: FailedPart;
  /** Changes of the graph with which the pattern does match, each of them enough: a clause each. */
  readonly wouldMatchIf: readonly string[];
  /** All places where the rule could be rooted, by reason, nearest first; there when no place was asked for. */
  readonly anchors?: readonly AnchorGroup[];
}
