import { type Graph, type Node, RefoldError } from '@refold/ir';
import { type Overlap, overlapsOf, type Shadow, selfMatchesOf, shadowsOf } from '../lint/report.ts';
import { matchOf } from '../rewrite/match-of.ts';
import { queryOf } from '../rewrite/query.ts';
import type { Match, Rule } from '../rewrite/rule.ts';
import { type CompiledRule, compileRule } from './compiled-rule.ts';
import { CompiledSet, CompiledSource } from './compiled-source.ts';
import type { Forests } from './forests.ts';
import type { MatchSource, Solution } from './match-source.ts';
import { RootedSource } from './rooted-source.ts';

/** A place where a rule matches and its guard agrees. */
export interface FoundMatch {
  readonly rule: string;
  readonly match: Match<Readonly<Record<string, unknown>>>;
}

/** Options of `compile`. */
export interface CompileOptions {
  /**
   * Where the search for a pattern starts: at its operator that is `rarest` in the graph, the default; at its
   * `root`, downwards; or `none`, which searches for every rule on its own, without what they share. All find the
   * same matches in the same order.
   */
  readonly anchors?: 'rarest' | 'root' | 'none';
  /** Steps that a search may take at one root, beside those that the size of the pattern calls for; 4096 when absent. */
  readonly fuel?: number;
}

/** Options of `CompiledRules.find`. */
export interface FindOptions {
  /** The one rule to look for; all when absent. */
  readonly rule?: string;
  /** Told of a search that was given up, since it took too many steps. */
  readonly onFuel?: (rule: string, node: Node) => void;
}

/** What can be said of a set of rules without a graph. */
export interface CompileReport {
  /** States of the predicate trees, with anchors that are rare in general. */
  readonly states: number;
  readonly overlaps: readonly Overlap[];
  readonly shadowed: readonly Shadow[];
  /** Rules that surely match what they make. */
  readonly selfMatching: readonly string[];
}

/** A set of rules made ready for search. */
export interface CompiledRules {
  readonly rules: readonly Rule[];
  /** What can be said of the rules without a graph. Computed when it is read. */
  readonly report: CompileReport;
  /** @internal */
  readonly compiled: readonly CompiledRule[];
  /** @internal Where some of the rules match. What is prepared for them is kept for the next time. */
  source(rules: readonly CompiledRule[]): MatchSource;
  /**
   * Where the rules match in a graph (not in graphs nested in it), without replacing anything. The graph must stay
   * as it is meanwhile.
   */
  find(graph: Graph, options?: FindOptions): Iterable<FoundMatch>;
}

/** Makes rules ready for search. Their order does not matter; their names must differ. */
export function compile(
  rules: readonly Rule[],
  { anchors = 'rarest', fuel }: CompileOptions = {},
): CompiledRules {
  const names = new Set<string>();
  for (const { spec } of rules) {
    if (names.has(spec.name)) throw new RefoldError('usage/option', `two rules are named ${spec.name}`);
    names.add(spec.name);
  }
  const compiled = rules.map(compileRule);
  const sets = new Map<string, CompiledSet>();
  const setOf = (wanted: readonly CompiledRule[]): CompiledSet => {
    const key = JSON.stringify(wanted.map((r) => r.name));
    const set = sets.get(key) ?? new CompiledSet(wanted);
    sets.set(key, set);
    return set;
  };
  const source = (wanted: readonly CompiledRule[]): MatchSource =>
    anchors === 'none' ? new RootedSource(wanted, fuel) : new CompiledSource(setOf(wanted), anchors, fuel);
  let report: CompileReport | undefined;
  return {
    rules,
    compiled,
    source,
    get report() {
      report ??= reportOf(compiled, setOf(compiled).forests, anchors);
      return report;
    },
    *find(graph, options = {}) {
      const own = source(compiled.filter((r) => options.rule === undefined || r.name === options.rule));
      const onFuel = (rule: CompiledRule, node: Node): void => options.onFuel?.(rule.name, node);
      for (const node of graph.nodes()) {
        const found: FoundMatch[] = [];
        const note = (solution: Solution): boolean => {
          const { spec } = solution.rule.rule;
          const match = matchOf(solution);
          const verdict = spec.guard?.(match, queryOf(graph, solution.sizes));
          if (verdict === undefined || verdict.ok) found.push({ rule: spec.name, match });
          return false;
        };
        own.offer(node, note, onFuel);
        yield* found;
      }
    },
  };
}

function reportOf(
  rules: readonly CompiledRule[],
  forests: Forests,
  anchors: CompileOptions['anchors'],
): CompileReport {
  const forest = anchors === 'rarest' ? forests.fromRarest() : forests.fromRoots;
  return {
    states: anchors === 'none' ? 0 : forest.states,
    overlaps: overlapsOf(rules),
    shadowed: shadowsOf(rules),
    selfMatching: selfMatchesOf(rules),
  };
}
