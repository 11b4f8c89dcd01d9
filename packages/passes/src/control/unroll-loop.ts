import {
  cloneNodes,
  constantTensor,
  type Editor,
  type Graph,
  type Node,
  outputOf,
  tensorInts,
  tensorOf,
  type Value,
  type ValueMap,
} from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { producerOf } from '../support/view.ts';
import { replaceOrCopy } from './replace-or-copy.ts';

/** Trips beyond which even a body without work is left alone. */
const MAX_TRIPS = 1024;

/** Loop with a constant number of trips, where its copies take no more nodes than the loop does. */
export const unrollLoops: Pass = graphPass({
  name: 'control/loop',
  summary: 'unroll loops of constant length when that leaves no more nodes',
  over: ['Loop'],
  run: ({ model, editor, tick }) => {
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const trips = tripsOf(node);
      const body = node.attributes.get('body');
      if (trips === undefined || body?.type !== 'graph' || !pays(body.value, node, trips)) continue;
      unroll(editor, node, body.value, trips);
      changes += 1;
    }
    return changes;
  },
});

/** How often a loop runs, when that is certain: a constant count, and a condition that stays true. */
function tripsOf(node: Node): number | undefined {
  if (!node.is('Loop') || node.graph?.model.functionOf(node)) return undefined;
  const [count, condition] = node.inputs;
  const body = node.attributes.get('body');
  if (body?.type !== 'graph') return undefined;
  const states = node.inputs.length - 2;
  if (body.value.inputs.length !== 2 + states || body.value.outputs.length !== 1 + node.outputs.length) {
    return undefined;
  }
  const starts = condition === undefined || truth(condition);
  if (starts === undefined || (starts && !staysTrue(body.value))) return undefined;
  if (!starts) return 0;
  const tensor = count && constantTensor(count);
  if (tensor?.size !== 1) return undefined;
  return Math.max(0, Number(tensorInts(tensor)[0]));
}

function truth(value: Value): boolean | undefined {
  const tensor = constantTensor(value);
  return tensor?.dtype === 'bool' && tensor.size === 1 ? Number(tensorInts(tensor)[0]) !== 0 : undefined;
}

/** Whether the condition that a body gives back is true whenever the one it gets is. */
function staysTrue(body: Graph): boolean {
  let [condition] = body.outputs;
  for (;;) {
    const copied = producerOf(condition, 'Identity')?.inputs[0];
    if (!copied) break;
    condition = copied;
  }
  return condition !== undefined && (condition === body.inputs[1] || truth(condition) === true);
}

/** Whether the copies of what the body does, and stacking what it collects, take no more nodes than the loop. */
function pays(body: Graph, node: Node, trips: number): boolean {
  const states = node.inputs.length - 2;
  const scans = node.outputs.slice(states).filter((o) => o && o.useCount > 0).length;
  // Without a trip there is nothing to make an empty result of.
  if (trips > MAX_TRIPS || (trips === 0 && scans > 0)) return false;
  for (const value of body.initializers) if (!value.tensor) return false;
  const stacking = scans * (trips === 1 ? 1 : trips + 1);
  const work = countNeeded(body, body.outputs.slice(1));
  return trips * work + stacking <= 1 + body.nodeCount;
}

/** Number of nodes of a graph that some of its outputs need, not counting those of graphs nested in it. */
function countNeeded(body: Graph, outputs: readonly Value[]): number {
  const seen = new Set<Node>();
  const stack: (Value | undefined)[] = [...outputs];
  while (stack.length > 0) {
    const node = stack.pop()?.producer;
    if (node?.graph !== body || seen.has(node)) continue;
    // What a nested graph reads is not looked for: such bodies count as a whole.
    if (node.graphs.length > 0) return body.nodeCount;
    seen.add(node);
    stack.push(...node.inputs);
  }
  return seen.size;
}

function unroll(editor: Editor, node: Node, body: Graph, trips: number): void {
  const graph = node.graph;
  if (!graph) return;
  const shared: ValueMap = new Map();
  for (const value of body.initializers) {
    if (value.tensor) shared.set(value, editor.addConstant(graph, value.tensor, value.name));
  }
  let states = node.inputs.slice(2);
  const collected: Value[][] = node.outputs.slice(states.length).map(() => []);
  for (let trip = 0; trip < trips; trip += 1) {
    const map: ValueMap = new Map(shared);
    const [iteration, condition] = body.inputs;
    if (iteration?.useCount) map.set(iteration, editor.addConstant(graph, tensorOf('int64', [], [trip])));
    if (condition?.useCount) map.set(condition, editor.addConstant(graph, tensorOf('bool', [], [1])));
    states.forEach((state, i) => {
      const formal = body.inputs[2 + i];
      if (formal) map.set(formal, state);
    });
    cloneNodes(editor, body, { before: node }, map);
    const results = body.outputs.map((v) => (map.has(v) ? map.get(v) : v));
    const count = states.length;
    states = results.slice(1, 1 + count);
    results.slice(1 + count).forEach((v, i) => {
      if (v) collected[i]?.push(v);
    });
  }
  node.outputs.forEach((output, i) => {
    if (!output || output.useCount === 0) return;
    const result = i < states.length ? states[i] : stacked(editor, node, collected[i - states.length] ?? []);
    if (result) replaceOrCopy(editor, output, result, node);
  });
  editor.eraseNode(node);
}

/** What a loop collects of its trips, along a new first axis. */
function stacked(editor: Editor, node: Node, values: readonly Value[]): Value | undefined {
  const graph = node.graph;
  if (!graph) return undefined;
  const rows = values.map((value) => unsqueezed(editor, node, value));
  if (rows.length === 1) return rows[0];
  const concat = editor.createNode(
    {
      opType: 'Concat',
      inputs: rows,
      outputs: [''],
      attributes: [{ name: 'axis', type: 'int', value: 0 }],
    },
    { before: node },
  );
  return outputOf(concat);
}

/** A value with a new first axis: an attribute up to opset 12, an operand from 13 on. */
function unsqueezed(editor: Editor, node: Node, value: Value): Value {
  const graph = node.graph;
  const operand = graph && (graph.opset() ?? 0) >= 13;
  const axes = operand ? [editor.addConstant(graph, tensorOf('int64', [1], [0]), 'axes')] : [];
  return outputOf(
    editor.createNode(
      {
        opType: 'Unsqueeze',
        inputs: [value, ...axes],
        outputs: [''],
        attributes: operand ? [] : [{ name: 'axes', type: 'ints', value: [0] }],
      },
      { before: node },
    ),
  );
}
