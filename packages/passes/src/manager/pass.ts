import type { Editor, Model } from '@refold/ir';
import type { Exactness, Rule } from '@refold/matcher';

/** Options that passes may ask for; each has a default, so that a pass runs without any. */
export interface PassOptions {
  /**
   * Bytes by which folding one constant may make the model grow beyond what it removes. When absent: 1,024, and
   * for constants that belong together a 64th of the model, at most 64 KiB for each node that goes.
   */
  readonly foldLimit?: number;
  /** The most permissive class of rewrites. @default 'reassociate' */
  readonly exactness: Exactness;
}

/** What a pass works with. */
export interface PassContext {
  readonly model: Model;
  readonly editor: Editor;
  readonly options: PassOptions;
  /** What the model took when the run began, by `modelBytes`. */
  readonly originalBytes: number;
  /** Throws when the run was aborted, and lets a progress line move; long passes call it now and then. */
  tick(): void;
  /** Notes why something was left alone: a stable reason code, and where. */
  refuse(reason: string, where?: string): void;
}

interface PassBase {
  /** `family/name`: the same in code, on the command line, in the report and in the documentation. */
  readonly name: string;
  /** One line for people. */
  readonly summary: string;
  /** Whether it runs when nobody says otherwise. */
  readonly byDefault: boolean;
  /** Names of passes that must run earlier in a round, when both run. */
  readonly after?: readonly string[];
}

/** A pass that looks at whole graphs. Returns how many changes it made; 0 means that nothing is changed. */
export interface GraphPass extends PassBase {
  readonly kind: 'graph';
  /** Operators of the standard domain of which one must occur for the pass to find anything; any when absent. */
  readonly over?: readonly string[];
  run(context: PassContext): number;
}

/** A pass that is a set of local rules; passes of this kind share one worklist. */
export interface RulePass extends PassBase {
  readonly kind: 'rules';
  readonly rules: readonly Rule[];
}

/** A named transformation of a model: a walk over its graphs, or a set of rules. */
export type Pass = GraphPass | RulePass;

/** A pass that walks over the model. */
export function graphPass(
  pass: Omit<GraphPass, 'kind' | 'byDefault'> & { readonly byDefault?: boolean },
): GraphPass {
  return { kind: 'graph', byDefault: true, ...pass };
}

/** A pass of one or more rules. Each rule is named `family/pass` or `family/pass.variant`. */
export function rulePass(
  pass: Omit<RulePass, 'kind' | 'byDefault'> & { readonly byDefault?: boolean },
): RulePass {
  return { kind: 'rules', byDefault: true, ...pass };
}
