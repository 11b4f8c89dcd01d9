import type { Exactness, Rule } from '@refold/matcher';
import type { TargetOpset } from '@refold/passes';
import type { SimplifyReport } from './report/report.ts';

/** What is going on, for a progress display. */
export interface Progress {
  readonly stage: 'read' | 'simplify' | 'check' | 'write';
  /** The pass at work, in the stage `simplify`. */
  readonly pass?: string;
  readonly round?: number;
}

/** How external data is written: never by itself, always, or under a name of its own. */
export type SaveExternal = boolean | string;

/** Options of {@link simplify}. All have defaults. */
export interface SimplifyOptions {
  /** Passes to leave out, by name. */
  readonly skip?: readonly string[];
  /** The only passes to run, by name; an empty list runs none: a plain decode and encode. */
  readonly only?: readonly string[];
  /** Passes to run besides the default ones. */
  readonly also?: readonly string[];
  /** Rules to apply besides, as a pass `rules/own`; or sets of rules by name, each as a pass `rules/NAME`. */
  readonly rules?: readonly Rule[] | ReadonlyMap<string, readonly Rule[]>;
  /** Sizes that graph inputs are pinned to: one number a dimension. */
  readonly inputShapes?: ReadonlyMap<string, readonly number[]>;
  /**
   * Raises the opset of the standard operators before anything else is done, so that passes can use the new
   * ones. Throws `model/unsupported` where that cannot be done without changing what the model computes.
   */
  readonly opset?: TargetOpset;
  /** Cuts a subgraph out that begins at these values; they become the graph inputs. */
  readonly inputs?: readonly string[];
  /** Cuts a subgraph out that ends at these values; they become the graph outputs. */
  readonly outputs?: readonly string[];
  /** Graph outputs to remove, by name. */
  readonly unusedOutputs?: readonly string[];
  /**
   * Bytes by which folding one constant may make the model grow beyond what it removes. When absent: 1,024, and
   * for constants that belong together a 64th of the model, at most 64 KiB for each node that goes.
   */
  readonly foldLimit?: number;
  /** The most permissive class of rewrites that may be used. @default 'reassociate' */
  readonly exactness?: Exactness;
  /**
   * Runs original and result on this many sets of seeded inputs and compares.
   * @default 0
   */
  readonly check?: number;
  /** Seed of the inputs of the check. @default 0 */
  readonly seed?: number;
  /** Shapes for the inputs of the check, where a model leaves them open. */
  readonly checkShapes?: ReadonlyMap<string, readonly number[]>;
  /**
   * How far floats may lie apart in the check, instead of the table of types: `share` of the largest
   * magnitude of the output, plus `relative` of the element.
   */
  readonly tolerance?: { readonly share: number; readonly relative: number };
  /** Writes weights into a file beside the model, under a given name if one is given. Needs an output path. */
  readonly saveExternal?: SaveExternal;
  /** Weights of fewer bytes stay in the model when data is external. @default 1024 */
  readonly externalThreshold?: number;
  /**
   * Counts every reason why a rule left a place alone, also where it makes what the opset does not have; that costs
   * time. @default false
   */
  readonly reasons?: boolean;
  /** Verifies the whole model after every pass; a pass that breaks it is rolled back and reported. @default false */
  readonly verify?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What {@link simplify} gives back. */
export interface SimplifyResult {
  /** The simplified model; absent when it was written to a path. */
  readonly bytes?: Uint8Array;
  readonly report: SimplifyReport;
}
