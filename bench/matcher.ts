import { decodeModel, Editor, encodeModel, type Graph, inferModel, type Model, type Node } from '@refold/ir';
import { compile, type Rule, rewrite } from '@refold/matcher';
import { allPasses, defaultPasses, runPasses } from '@refold/passes';
import type { CompiledRule } from '../packages/matcher/src/compile/compiled-rule.ts';
import { CompiledSet, CompiledSource } from '../packages/matcher/src/compile/compiled-source.ts';
import { Search } from '../packages/matcher/src/match/search.ts';
import { drawSeeded } from '../packages/matcher/test/draws.ts';
import { sampledRule } from '../packages/matcher/test/sampled-rule.ts';
import { chainRule, nearMisses } from './chains.ts';
import { transformer } from './graphs.ts';
import { cost, row } from './measure.ts';
import { onnxscriptSeconds } from './onnxscript.ts';

/*
 * What a rule costs, on a transformer taken apart. `tests` are predicate tests a node; `x` says how many times as many
 * as with the fewest rules. Chains are five operators long, and none of them occurs in the graph. Near misses are
 * patterns from the graph with one operator exchanged; `half match` leaves every other pattern as it was.
 */

const counts = [20, 200, 1_000];
const NODES = 3_920;
const SEED = 1;
const FUEL = 4_096;

const model = inferred(transformer(NODES));
const chains = counts.map((count) => nearMisses(model.graph, count, SEED));
const shipped = allPasses.flatMap((pass) => (pass.kind === 'rules' ? pass.rules : []));

function inferred(made: Model): Model {
  inferModel(new Editor(made));
  return made;
}

/** Rules with patterns of five to nine operators from the graph; of one in `every`, one operator is exchanged. */
function sampled(graph: Graph, count: number, every: number): readonly Rule[] {
  const draw = drawSeeded(SEED);
  return Array.from({ length: count }, (_, i) => {
    const sampling = { size: 9, least: 5, plain: true, mutate: i % every === 0 };
    return sampledRule(graph, `bench/sampled-${i}`, draw, sampling);
  });
}

interface Figures {
  readonly count: number;
  readonly tests: number;
  readonly milliseconds: number;
  readonly building: number;
  readonly states: number;
  readonly places: number;
}

/** Looks for all rules at all nodes, to the first match of each rule at each root. */
function measure(rules: readonly Rule[], { graph }: Model): Figures {
  const { compiled } = compile(rules);
  const building = cost(
    () => new CompiledSet(compiled),
    (set) => set.forests.fromRarest(graph),
  );
  const set = new CompiledSet(compiled);
  let tests = 0;
  let places = 0;
  const milliseconds = cost(
    () => new CompiledSource(set),
    (source) => {
      places = 0;
      for (const node of graph.nodes()) {
        for (const rule of source.rulesAt(node)) places += matchesAt(rule, node) ? 1 : 0;
      }
      tests = source.tests;
    },
  );
  const { states } = set.forests.fromRarest(graph);
  return { count: rules.length, tests: tests / graph.nodeCount, milliseconds, building, states, places };
}

function matchesAt({ rule, anatomy }: CompiledRule, { graph, outputs: [root] }: Node): boolean {
  if (!graph || !root) return false;
  return (
    new Search(rule.spec.match.data, root, graph, { shared: anatomy.shared, fuel: FUEL }).next() === 'found'
  );
}

function table(name: string, all: readonly Figures[], beside?: ReadonlyMap<number, number>): void {
  const first = all[0]?.tests ?? 1;
  console.log(`\n${row(name, ['tests', 'x', 'ms', 'matches', 'states', 'build ms', 'onnxscript ms'])}`);
  for (const { count, tests, milliseconds, places, states, building } of all) {
    const other = beside?.get(count);
    const cells = [tests.toFixed(1), (tests / first).toFixed(1), milliseconds.toFixed(1), `${places}`];
    cells.push(`${states}`, building.toFixed(1), other === undefined ? '-' : (1000 * other).toFixed(0));
    console.log(row(`${count} rules`, cells));
  }
}

const beside = onnxscriptSeconds(encodeModel(model), chains);
if (!beside) console.log('\nno Python with onnxscript was found (REFOLD_PYTHON names one)');
table(
  'chains',
  chains.map((set) => measure(set.map(chainRule), model)),
  beside,
);
table(
  'near misses',
  counts.map((count) => measure(sampled(model.graph, count, 1), model)),
);
table(
  'half match',
  counts.map((count) => measure(sampled(model.graph, count, 2), model)),
);

/** All rules that there are, on graphs as they come and on what the passes have made of them. */
console.log(`\n${row('all rules', ['nodes', 'find ms', 'rewrite ms', 'rewrites', 'again ms', 'again'])}`);
for (const n of [NODES, 100_000]) {
  const bytes = encodeModel(transformer(n));
  const rules = compile(shipped);
  const found = cost(
    () => inferred(decodeModel(bytes)),
    ({ graph }) => {
      for (const _ of rules.find(graph));
    },
  );
  let rewrites = 0;
  const first = cost(
    () => inferred(decodeModel(bytes)),
    (m) => {
      rewrites = rewrite(m, rules).rewrites;
    },
  );
  const settled = decodeModel(bytes);
  runPasses(new Editor(settled), defaultPasses);
  inferred(settled);
  rewrite(settled, rules);
  let again = 0;
  const second = cost(
    () => settled,
    (m) => {
      again = rewrite(m, rules).rewrites;
    },
  );
  const cells = [`${n}`, found.toFixed(0), first.toFixed(0), `${rewrites}`, second.toFixed(0), `${again}`];
  console.log(row(`${shipped.length} rules`, cells));
}
