import {
  constantTensor,
  type Editor,
  type Graph,
  type Model,
  type Node,
  tensorInts,
  type Value,
} from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';
import { replaceOrCopy } from './replace-or-copy.ts';

/** If with a constant condition: the nodes of the branch that runs take its place. */
export const inlineConstantIf: Pass = graphPass({
  name: 'control/if',
  summary: 'inline the branch of an If whose condition is constant',
  over: ['If'],
  run: ({ model, editor, tick }) => {
    let names: Map<string, number> | undefined;
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const branch = takenBranch(node);
      if (!branch) continue;
      names ??= countNames(model);
      inlineBranch(editor, node, branch, names);
      changes += 1;
    }
    return changes;
  },
});

function takenBranch(node: Node): Graph | undefined {
  if (!node.is('If') || node.graph?.model.functionOf(node)) return undefined;
  const condition = node.inputs[0] && constantTensor(node.inputs[0]);
  if (condition?.dtype !== 'bool' || condition.size !== 1) return undefined;
  const attribute = node.attributes.get(tensorInts(condition)[0] ? 'then_branch' : 'else_branch');
  return attribute?.type === 'graph' && attribute.value.outputs.length === node.outputs.length
    ? attribute.value
    : undefined;
}

function inlineBranch(editor: Editor, node: Node, branch: Graph, names: ReadonlyMap<string, number>): void {
  // Branches may use the same names as each other; beside the If such names could clash.
  const keepUnique = (value: Value): void => {
    if ((names.get(value.name) ?? 0) > 1) editor.rename(value, editor.freshName(value.name));
  };
  for (const value of [...branch.initializers]) liftInitializer(editor, value, node, keepUnique);
  for (const inner of [...branch.nodes()]) {
    editor.moveNode(inner, { before: node });
    for (const output of inner.outputs) if (output) keepUnique(output);
  }
  const results = [...branch.outputs];
  editor.setOutputs(branch, []);
  node.outputs.forEach((output, i) => {
    const result = results[i];
    if (output && result) replaceOrCopy(editor, output, result, node);
  });
  editor.eraseNode(node);
}

function liftInitializer(editor: Editor, value: Value, node: Node, keepUnique: (value: Value) => void): void {
  const graph = node.graph;
  if (!graph) return;
  const lifted = editor.addInitializer(graph, {
    name: value.name,
    type: value.type,
    tensor: value.tensor,
    sparse: value.sparse,
    declared: value.declared,
    origin: value.origin,
  });
  keepUnique(lifted);
  editor.replaceAllUses(value, lifted);
  editor.removeInitializer(value);
}

function countNames(model: Model): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (value: Value | undefined): void => {
    if (value) counts.set(value.name, (counts.get(value.name) ?? 0) + 1);
  };
  for (const graph of model.graphs()) {
    graph.inputs.forEach(add);
    for (const value of graph.initializers) add(value);
    for (const node of graph.nodes()) node.outputs.forEach(add);
  }
  return counts;
}
