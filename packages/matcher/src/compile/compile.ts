import { type Graph, RefoldError } from '@refold/ir';
import { matchOf } from '../rewrite/match-of.ts';
import { queryOf } from '../rewrite/query.ts';
import type { Match, Rule } from '../rewrite/rule.ts';
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import type { Solution } from './match-source.ts';
import { RootedSource } from './rooted-source.ts';

/** A place where a rule matches and its guard agrees. */
export interface FoundMatch {
  readonly rule: string;
  readonly match: Match<Readonly<Record<string, unknown>>>;
}

/** A set of rules made ready for search. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** @internal */
  readonly compiled: readonly CompiledRule[];
  /** Where the rules match in a graph (not in graphs nested in it), without replacing anything. */
  find(graph: Graph, options?: { readonly rule?: string }): Iterable<FoundMatch>;
}

/** Makes rules ready for search. Their order does not matter; their names must differ. */
export function compile(rules: readonly Rule[]): CompiledRules {
  const names = new Set<string>();
  for (const { spec } of rules) {
    if (names.has(spec.name)) throw new RefoldError('usage/option', `two rules are named ${spec.name}`);
    names.add(spec.name);
  }
  const compiled = rules.map(compileRule);
  return {
    rules,
    compiled,
    *find(graph, options = {}) {
      const wanted = compiled.filter((r) => options.rule === undefined || r.name === options.rule);
      const source = new RootedSource(wanted);
      for (const node of graph.nodes()) {
        const found: FoundMatch[] = [];
        const note = (solution: Solution): boolean => {
          const { spec } = solution.rule.rule;
          const match = matchOf(solution);
          const verdict = spec.guard?.(match, queryOf(graph, solution.sizes));
          if (verdict === undefined || verdict.ok) found.push({ rule: spec.name, match });
          return false;
        };
        source.offer(node, note, () => {});
        yield* found;
      }
    },
  };
}
