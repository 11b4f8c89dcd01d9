import type { CompiledRules } from '../compile/compile.ts';
import type { CompiledRule } from '../compile/compiled-rule.ts';
import type { RewriteEvent } from './report.ts';
import { type Exactness, exactnesses, type Phase } from './rule.ts';
import type { RuleError } from './rule-error.ts';

/** Options of `rewrite`. */
export interface RewriteOptions {
  /** The most permissive class of rules to use; `reassociate` when absent. */
  readonly exactness?: Exactness;
  /** Phases to run; all when absent. */
  readonly phases?: readonly Phase[];
  /** 16 times the nodes, and 4096, when absent. */
  readonly maxRewrites?: number;
  /** Names of the rules to use; all when absent. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly onRewrite?: (event: RewriteEvent) => void;
  /** Told of a rule that throws; the run then goes on without it. Without this, the run ends with the error. */
  readonly onError?: (error: RuleError) => void;
  /** Called often, with the numbers of nodes visited and of rewrites so far. What it throws ends the run. */
  readonly tick?: (visits: number, rewrites: number) => void;
  readonly signal?: AbortSignal;
}

/** The rules that options let through. */
export function selected(rules: CompiledRules, options: RewriteOptions): readonly CompiledRule[] {
  const limit = exactnesses.indexOf(options.exactness ?? 'reassociate');
  return rules.compiled.filter(({ rule: { spec }, name }) => {
    if (exactnesses.indexOf(spec.exactness) > limit) return false;
    if (options.phases && !options.phases.includes(spec.phase)) return false;
    if (options.include && !options.include.includes(name)) return false;
    return !options.exclude?.includes(name);
  });
}
