import {
  canReplaceValue,
  constantTensor,
  type Editor,
  type Graph,
  inferNode,
  type Node,
  refineDims,
  refineType,
  replaceValue,
  sameType,
  schemaOf,
  type Use,
  Value,
  valuesRead,
} from '@refold/ir';
import { GraphBuilder } from './builder.ts';
import { Eraser } from './eraser.ts';
import type { Query } from './query.ts';
import type { MatchBase, Replacement, RuleSpec } from './rule.ts';
import { typeObjection } from './type-check.ts';
import { Refusal } from './verdict.ts';
import { holderIn, isVisibleAt, isVisibleAtEnd } from './visible.ts';

/** A rule that does not say that it grows may leave so many bytes of constants more than there were. */
const FREE_BYTES = 4096;

/** What a rewrite has done, for the worklist and the report. */
export interface Applied {
  /** Nodes that the rule made and that are in use. */
  readonly added: readonly Node[];
  /** Labels of the nodes that are gone. */
  readonly removed: readonly string[];
  /** Names of the values that were replaced. */
  readonly outputs: readonly string[];
  /** Nodes that read a replaced value before. */
  readonly rewired: readonly Node[];
  /** Values that are read less than before. */
  readonly released: readonly Value[];
  /** Nodes about whose results more is known than before. */
  readonly refined: readonly Node[];
}

/**
 * Builds the replacement of a match and puts it in place. Where the rule builds none, says why if the rule does.
 * Throws {@link Refusal} when a safety check fails; the caller holds a transaction open and rolls it back then.
 */
export function applyRule(
  editor: Editor,
  spec: RuleSpec<object>,
  match: MatchBase,
  query: Query,
): Applied | Refusal | undefined {
  const graph = query.graph;
  const rooted = rootsOf(spec, match);
  const builder = new GraphBuilder(editor, graph, match.$node, spec.emits);
  const built = spec.build(match, builder, query);
  if (built === undefined) return builder.refusal;
  const labels = new Map(match.$nodes.map((node) => [node, node.label]));
  const replaced = replacementsOf(built, match, rooted, builder);
  const created = new Set(builder.created);
  place(editor, graph, builder.created, replaced);
  for (const { from, to } of replaced) check(graph, from, to, created);
  const rewired = replaced.flatMap(({ from, to }) => splice(editor, graph, from, to, created));
  const eraser = new Eraser(editor, labels, created);
  eraser.erase([...match.$nodes, ...producersOf(replaced), ...builder.created], builder.constants);
  const added = builder.created.filter((node) => node.graph !== undefined);
  checkKept(spec, match, created, eraser.count - added.length);
  if (!spec.grows) checkGrowth(added, builder.constants, eraser);
  for (const replacement of replaced) takeNames(editor, replacement, created);
  const refined = refine(editor, replaced, created);
  const outputs = replaced.map((r) => r.name);
  return { added, removed: eraser.removed, outputs, rewired, released: eraser.released, refined };
}

/** One value in the place of another. */
interface Replaced {
  readonly from: Value;
  readonly to: Value;
  /** Name of `from` before the rewrite. */
  readonly name: string;
}

/** The roots of a pattern that has several, by name. */
function rootsOf(spec: RuleSpec<object>, match: MatchBase): ReadonlyMap<string, Value> {
  const { data } = spec.match;
  if (data.kind !== 'roots') return noRoots;
  const captures = new Map<string, unknown>(Object.entries(match));
  const roots = new Map<string, Value>();
  for (const { name } of data.roots) {
    const value = captures.get(name);
    if (value instanceof Value) roots.set(name, value);
  }
  return roots;
}

const noRoots: ReadonlyMap<string, Value> = new Map();

/** The values to be replaced, the root's first. Values that are replaced by themselves are left out. */
function replacementsOf(
  result: Replacement,
  match: MatchBase,
  rooted: ReadonlyMap<string, Value>,
  builder: GraphBuilder,
): readonly Replaced[] {
  const all = new Map<Value, Value>();
  if (result instanceof Value) {
    all.set(match.$root, result);
  } else {
    for (const [key, to] of Object.entries(result)) {
      all.set(rooted.get(key) ?? outputNamed(match.$node, key), to);
    }
  }
  for (const [from, to] of builder.replacements ?? []) all.set(from, to);
  for (const [from, to] of all) if (from === to) all.delete(from);
  if (all.size === 0) throw new Refusal('no-change');
  return [...all].map(([from, to]) => ({ from, to, name: from.name }));
}

function outputNamed(node: Node, key: string): Value {
  const opset = node.graph?.opset(node.domain) ?? 0;
  const formals = schemaOf(node.domain, node.opType, opset)?.outputs ?? [];
  const named = formals.findIndex((f) => f.name === key);
  const value = node.outputs[named >= 0 ? named : Number(key)];
  if (!value) throw new Refusal('no-such-output', key);
  return value;
}

/**
 * Moves the new nodes to where they serve all values that they replace: before the first node that makes one, but behind
 * the last value that they read. Whether they then stand before all their users is checked with everything else in
 * {@link check}.
 */
function place(editor: Editor, graph: Graph, created: readonly Node[], replaced: readonly Replaced[]): void {
  const [first] = created;
  if (!first) return;
  const fresh = new Set(created);
  const early = firstProducer(replaced, first, fresh);
  if (early !== first) for (const node of created) editor.moveNode(node, { before: early });
  let last: Node | undefined;
  for (const node of created) {
    for (const value of valuesRead(node)) {
      const producer = value.producer;
      if (!producer || producer.graph !== graph || fresh.has(producer)) continue;
      if (!graph.isBefore(producer, first) && (!last || graph.isBefore(last, producer))) last = producer;
    }
  }
  if (last) {
    for (const node of created) {
      editor.moveNode(node, { after: last });
      last = node;
    }
  }
  for (const node of created) {
    for (const value of valuesRead(node)) {
      if (!isVisibleAt(value, node)) throw new Refusal('not-dominated', value.name);
    }
  }
}

/** The first of some node and those that make what the new nodes replace. */
function firstProducer(replaced: readonly Replaced[], node: Node, fresh: ReadonlySet<Node>): Node {
  let first = node;
  for (const { from, to } of replaced) {
    const { producer } = from;
    if (!producer || producer.graph !== node.graph || !to.producer || !fresh.has(to.producer)) continue;
    if (producer.graph?.isBefore(producer, first)) first = producer;
  }
  return first;
}

/** Whether a use is by a node that the rule made: such a node may read the very value that it replaces. */
function isOwn(use: Use, created: ReadonlySet<Node>, graph: Graph): boolean {
  const holder = use.node && holderIn(graph, use.node);
  return holder !== undefined && created.has(holder);
}

/** Refuses a replacement that has another type, cannot be read where `from` is read, or would rename an output. */
function check(graph: Graph, from: Value, to: Value, created: ReadonlySet<Node>): void {
  if (!from.producer || from.graph === undefined) throw new Refusal('not-a-result', from.name);
  const objection = typeObjection(from.type, to.type);
  if (objection !== undefined) throw new Refusal(objection, from.name);
  if (!canReplaceValue(from, to)) throw new Refusal('output-name', from.name);
  for (const use of from.uses()) {
    if (isOwn(use, created, graph)) continue;
    const visible = use.node ? isVisibleAt(to, use.node) : use.graph && isVisibleAtEnd(to, use.graph);
    if (!visible) throw new Refusal('not-dominated', to.name);
  }
}

/** Makes all uses of `from` read `to`, but for those by the new nodes. Gives back the nodes that were rewired. */
function splice(
  editor: Editor,
  graph: Graph,
  from: Value,
  to: Value,
  created: ReadonlySet<Node>,
): readonly Node[] {
  const own: Use[] = [];
  const rewired: Node[] = [];
  for (const use of from.uses()) {
    if (isOwn(use, created, graph)) own.push(use);
    else if (use.node) rewired.push(use.node);
  }
  const places = own.map(({ node, index }) => ({ node, index }));
  if (!replaceValue(editor, from, to)) throw new Refusal('output-name', from.name);
  for (const { node, index } of places) if (node) editor.setOperand(node, index, from);
  return rewired;
}

function producersOf(replaced: readonly Replaced[]): readonly Node[] {
  return replaced.map(({ from }) => from.producer).filter((node) => node !== undefined);
}

/** Refuses when nodes of the match must stay for other users and the rule does not gain from that. */
function checkKept(spec: RuleSpec<object>, match: MatchBase, created: ReadonlySet<Node>, gain: number): void {
  if (spec.keep === 'allowed' || (spec.keep === undefined && gain > 0)) return;
  const inside = new Set([...match.$nodes, ...created]);
  for (const node of match.$nodes) {
    if (!node.graph) continue;
    for (const output of node.outputs) {
      for (const use of output?.uses() ?? []) {
        const holder = use.node && holderIn(node.graph, use.node);
        if (!holder || !inside.has(holder)) throw new Refusal('outside-use', output?.name);
      }
    }
  }
}

function checkGrowth(added: readonly Node[], constants: readonly Value[], eraser: Eraser): void {
  if (added.length > eraser.count) throw new Refusal('grows');
  let bytes = 0;
  for (const value of constants) if (value.graph) bytes += constantTensor(value)?.byteLength ?? 0;
  if (bytes - eraser.bytes > FREE_BYTES) throw new Refusal('grows-bytes');
}

/** New values take the names of those that they replace, and new nodes those of the nodes that are gone. */
function takeNames(editor: Editor, { from, to, name }: Replaced, created: ReadonlySet<Node>): void {
  const producer = to.producer;
  if (!producer || !created.has(producer) || from.producer?.graph) return;
  if (!to.isGraphOutput) editor.rename(to, name);
  const label = from.producer?.name ?? '';
  if (producer.name === '' && label !== '') editor.rename(producer, label);
}

/** What was known of `from` holds for `to` too; what is now known beyond that is handed on to the users. */
function refine(editor: Editor, replaced: readonly Replaced[], created: ReadonlySet<Node>): readonly Node[] {
  const refined: Node[] = [];
  const pending: Node[] = [];
  for (const { from, to } of replaced) {
    // Of inputs and initializers no more is said than the model says itself.
    if (to.producer) inherit(editor, from, to, created.has(to.producer));
    if (!sameType(from.type, to.type) || (to.contents && !from.contents)) pending.push(...readersOf(to));
  }
  for (let node = pending.pop(); node; node = pending.pop()) {
    if (!node.graph || !inferNode(editor, node)) continue;
    refined.push(node);
    for (const output of node.outputs) if (output) pending.push(...readersOf(output));
  }
  return refined;
}

/** Where two ways to say a size tell the same, a new value says it as the old one did; others keep theirs. */
function inherit(editor: Editor, from: Value, to: Value, fresh: boolean): void {
  editor.setType(to, fresh ? refineType(from.type, to.type) : refineType(to.type, from.type));
  const [first, second] = fresh ? [from.contents, to.contents] : [to.contents, from.contents];
  const contents = first && second ? refineDims(first, second) : (first ?? second);
  if (contents) editor.setContents(to, contents);
}

/** The nodes whose inference looks at a value: its users, and the holder of a graph of which it is an output. */
function readersOf(value: Value): readonly Node[] {
  const readers: Node[] = [];
  for (const use of value.uses()) {
    if (use.node) readers.push(use.node);
    else if (use.graph?.owner?.kind === 'node') readers.push(use.graph.owner.node);
  }
  return readers;
}
