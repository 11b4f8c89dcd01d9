import {
  constantTensor,
  type Editor,
  type Graph,
  inferNode,
  type Node,
  objectionTo,
  shapeOf,
  staticShape,
  tensorOf,
  type Value,
} from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { allNodes } from '../manager/walk.ts';

/** Nodes behind an If that are looked at for each branch. */
const MAX_NODES = 32;

/**
 * An If of which one branch gives a result that a node behind it cannot take, as scripted models have them for
 * inputs of another rank: a run that succeeds takes the other branch, so the condition is known wherever it is
 * read together with the If. (A run that fails may fail otherwise then.)
 */
export const decideImpossibleBranches: Pass = graphPass({
  name: 'control/impossible-branch',
  summary: 'fix conditions of which one answer would make the model fail',
  // Several Ifs that ask the same then share their condition.
  after: ['duplicates/expressions'],
  over: ['If'],
  run: ({ model, editor, tick }) => {
    let changes = 0;
    for (const node of allNodes(model)) {
      tick();
      const condition = node.is('If') && !model.functionOf(node) ? node.inputs[0] : undefined;
      if (!condition || constantTensor(condition)) continue;
      const fails = branchNames.map((name) => canOnlyFail(editor, node, name));
      if (fails[0] === fails[1]) continue;
      if (fix(editor, node, condition, fails[1] === true)) changes += 1;
    }
    return changes;
  },
});

const branchNames = ['then_branch', 'else_branch'] as const;

/** Whether the results of a branch cannot be right for the nodes that read them. Nothing is changed. */
function canOnlyFail(editor: Editor, node: Node, name: (typeof branchNames)[number]): boolean {
  const attribute = node.attributes.get(name);
  if (attribute?.type !== 'graph' || attribute.value.outputs.length !== node.outputs.length) return false;
  editor.begin();
  try {
    return failsWith(editor, node, attribute.value);
  } finally {
    editor.rollback();
  }
}

function failsWith(editor: Editor, node: Node, branch: Graph): boolean {
  const pending: Value[] = [];
  node.outputs.forEach((output, i) => {
    const type = branch.outputs[i]?.type;
    // What a branch may give beyond what the If may give is what the other one gives.
    if (!output || type?.kind !== 'tensor' || !type.shape || shapeOf(output)) return;
    editor.setType(output, type);
    pending.push(output);
  });
  let left = MAX_NODES;
  for (let value = pending.pop(); value; value = pending.pop()) {
    for (const user of new Set(value.users())) {
      if (left <= 0 || user.graph !== node.graph || user.graphs.length > 0) continue;
      left -= 1;
      if (objectionTo(user)) return true;
      if (!inferNode(editor, user)) continue;
      for (const output of user.outputs) if (output) pending.push(output);
    }
  }
  return false;
}

/** Writes a condition as a constant, for all that runs together with an If, or for the If alone. */
function fix(editor: Editor, node: Node, condition: Value, answer: boolean): boolean {
  const { graph } = node;
  const dims = staticShape(shapeOf(condition));
  if (!graph || dims?.some((d) => d !== 1)) return false;
  const constant = editor.addConstant(graph, tensorOf('bool', dims ?? [], [Number(answer)]), 'condition');
  if (condition.graph === graph && !condition.isGraphOutput) editor.replaceAllUses(condition, constant);
  else editor.setOperand(node, 0, constant);
  return true;
}
