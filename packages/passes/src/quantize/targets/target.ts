import type { Node } from '@refold/ir';
import type { CodeType } from '../theta/format.ts';

/** Which codes a target takes. */
export interface CodeFamily {
  /** Best first. */
  readonly types: readonly CodeType[];
  readonly symmetric: boolean;
  readonly powerOfTwo: boolean;
  readonly narrow: boolean;
  /** Whether there may be a scale for each output channel. */
  readonly perChannel: boolean;
}

/** How strongly an operator asks for one scale: not at all, where nothing is lost, always. */
export type Strength = 'free' | 'prefer' | 'must';

/** What an operator asks for: between its data operands, and from these to its results. */
export interface Tie {
  readonly inputs: Strength;
  readonly output: Strength;
}

/** What a target demands of quantized graphs: data, that no pass needs to know by name. */
export interface Target {
  readonly name: string;
  readonly summary: string;
  readonly activations: CodeFamily;
  readonly weights: CodeFamily;
  /**
   * The type of codes of more bits on which the target computes with integers as well; absent where it computes in floats
   * on the rounded numbers.
   */
  readonly wider?: CodeType;
  /** Whether a bias has codes of 32 bits with the product of the scales of data and weights, or stays a float. */
  readonly bias: 'int32' | 'float';
  /** Whether a value can be requantized on the way to one use. */
  readonly requantizes: boolean;
  /** Whether floats may stand between codes; where not, they are left at the borders of graphs. */
  readonly floatIslands: boolean;
  /** Operators of the standard domain that run on codes; all others run on floats. */
  readonly operators: ReadonlyMap<string, Tie>;
  /** For operators that run on codes in some forms only: whether a node has one of them. */
  readonly forms?: ReadonlyMap<string, (node: Node) => boolean>;
  /**
   * Operators for which codes pay by themselves; all others run on codes where their surroundings have them anyway.
   * Absent where everything that can should.
   */
  readonly anchors?: ReadonlySet<string> | undefined;
  /** More of these, where only nodes that can run on codes read their results. */
  readonly innerAnchors?: ReadonlySet<string>;
  /** Operators that read codes and can give floats. */
  readonly floatResults: ReadonlySet<string>;
  /** Results whose scale and zero point are given, in codes of the first type of activations. */
  readonly fixed: ReadonlyMap<string, { readonly scale: number; readonly zeroPoint: number }>;
  /** Activations that run as part of the linear operator before them, so that nothing lies between. */
  readonly fusedActivations: ReadonlySet<string>;
}

/** A table of ties from lists of operators. */
export function ties(
  ...rows: readonly (readonly [inputs: Strength, output: Strength, operators: string])[]
): ReadonlyMap<string, Tie> {
  return new Map(
    rows.flatMap(([inputs, output, operators]) =>
      operators.split(' ').map((name): [string, Tie] => [name, { inputs, output }]),
    ),
  );
}
