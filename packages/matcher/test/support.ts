import { Editor, inferModel, type Model, type Node, parseModel, printModel, Value } from '@refold/ir';
import {
  compile,
  type Match,
  op,
  type Pat,
  type RewriteOptions,
  type RewriteReport,
  type Rule,
  rewrite,
  rule,
} from '../src/index.ts';

/** A model in textual syntax, with inferred types. `text` is the graph, and functions after it. */
export function model(text: string, opset = 20, domains = ''): Model {
  const parsed = parseModel(`<ir_version: 10, opset_import: ["" : ${opset}${domains}]> g ${text}`);
  inferModel(new Editor(parsed));
  return parsed;
}

/** Everything behind the name of the graph, on one line. */
export function text(m: Model): string {
  const printed = printModel(m);
  return printed
    .slice(printed.indexOf('\ng ') + 3)
    .replace(/\s+/g, ' ')
    .trim();
}

/** A model as text, before or after. */
export const printed = (graph: string, opset = 20): string => text(model(graph, opset));

/** A rule that only matches. */
export function finder<C extends object>(match: Pat<C>): Rule {
  return rule({
    name: 'test/find',
    doc: 'finds',
    match,
    build: (m) => m.$root,
    exactness: 'exact',
    phase: 'normalize',
  });
}

export type Found = Match<Readonly<Record<string, unknown>>>;

/** All matches of a pattern, in all graphs. */
export function find<C extends object>(m: Model, match: Pat<C>): readonly Found[] {
  const rules = compile([finder(match)]);
  return [...m.graphs()].flatMap((graph) => [...rules.find(graph)].map((f) => f.match));
}

/** Names of the values at which a pattern matches, each once. */
export function rootsOf<C extends object>(m: Model, match: Pat<C>): readonly string[] {
  return [...new Set(find(m, match).map((f) => f.$root.name))];
}

/** Names of captured values. */
export function namesOf(found: Found | undefined, ...captures: string[]): readonly string[] {
  return captures.map((c) => {
    const captured = found?.[c];
    return captured instanceof Value ? captured.name : `no value: ${String(captured)}`;
  });
}

export function apply(m: Model, rules: readonly Rule[], options?: RewriteOptions): RewriteReport {
  return rewrite(m, compile(rules), options);
}

/** The value of the main graph that has a name. */
export function valueNamed(m: Model, name: string): Value {
  for (const graph of m.graphs()) {
    const own = [...graph.inputs, ...graph.initializers];
    for (const node of graph.nodes()) for (const output of node.outputs) if (output) own.push(output);
    const found = own.find((v) => v.name === name);
    if (found) return found;
  }
  throw new Error(`no value is named ${name}`);
}

export function nodeOf(m: Model, output: string): Node {
  const node = valueNamed(m, output).producer;
  if (!node) throw new Error(`no node makes ${output}`);
  return node;
}

/** A rule that rewrites until nothing is left to rewrite. */
export const negNeg: Rule = rule({
  name: 'test/neg-neg',
  doc: '-(-x) = x',
  match: op('Neg', [op('Neg', ['x'])]),
  build: (m) => m.x,
  exactness: 'exact',
  phase: 'normalize',
});
