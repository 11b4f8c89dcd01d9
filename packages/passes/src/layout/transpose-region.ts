import {
  type Editor,
  type Graph,
  type Node,
  replaceValue,
  shapeOf,
  tensorType,
  type Value,
} from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';
import { producerOf, viewInts } from '../support/view.ts';
import { type Move, movedConstant, moveOf } from './permutable.ts';

/**
 * Transposes around a region of elementwise operators, reductions and the like, as exporters write around a
 * normalization over channels: when the region works in the other order of axes and fewer Transposes are left
 * then, it is moved there. Each region is looked at once for each order of axes, so this is linear.
 */
export const moveTransposeRegions: Pass = graphPass({
  name: 'layout/transpose-region',
  summary: 'let regions of elementwise operators and reductions work without the transposes around them',
  // Behind all rules, which share a worklist.
  after: ['duplicates/expressions'],
  over: ['Transpose'],
  run: ({ model, editor, options, tick }) => {
    // Reductions may add up in another order.
    if (options.exactness === 'exact') return 0;
    let changes = 0;
    for (const graph of model.graphs()) {
      const seen = new Set<Node>();
      for (const node of [...graph.nodes()]) {
        tick();
        if (!node.graph || seen.has(node) || !permOf(node)) continue;
        const region = regionFrom(node, graph);
        for (const entry of region?.entries ?? []) seen.add(entry);
        if (!region || gainOf(region) <= 0) continue;
        move(editor, region);
        changes += 1;
      }
    }
    return changes;
  },
});

function permOf(node: Node | undefined): readonly number[] | undefined {
  return node?.is('Transpose') && producerOf(node.outputs[0], 'Transpose')
    ? viewInts(node, 'perm')
    : undefined;
}

interface Region {
  /** Of the Transposes that lead in. */
  readonly perm: readonly number[];
  /** Transposes by `perm` whose results are read inside. */
  readonly entries: ReadonlySet<Node>;
  /** Nodes inside, with what happens to them. */
  readonly moves: ReadonlyMap<Node, Move>;
  /** Values that come in the old order from without, or are made inside. */
  readonly values: ReadonlySet<Value>;
}

/** The largest region behind a Transpose in which every operand comes from a Transpose alike, or is constant. */
function regionFrom(start: Node, graph: Graph): Region | undefined {
  const perm = permOf(start);
  if (!perm) return undefined;
  const entries = new Set<Node>();
  const moves = new Map<Node, Move>();
  const values = new Set<Value>();
  const pending: Value[] = [];
  const enter = (entry: Node): void => {
    const [value] = entry.outputs;
    if (entries.has(entry) || !value) return;
    entries.add(entry);
    values.add(value);
    pending.push(value);
  };
  const join = (node: Node): void => {
    if (moves.has(node) || node.graph !== graph || permOf(node)) return;
    const move = moveOf(node, perm.length);
    const [output] = node.outputs;
    if (!move || !output || output.isGraphOutput) return;
    const others: Node[] = [];
    for (const index of move.operands) {
      const operand = node.inputs[index];
      if (!operand || values.has(operand) || movedConstant(operand, perm)) continue;
      const producer = operand.producer;
      if (producer?.graph !== graph || permOf(producer)?.join() !== perm.join()) return;
      others.push(producer);
    }
    moves.set(node, move);
    values.add(output);
    pending.push(output);
    for (const other of others) enter(other);
  };
  enter(start);
  for (let value = pending.pop(); value; value = pending.pop()) {
    for (const user of new Set(value.users())) join(user);
  }
  return moves.size === 0 ? undefined : { perm, entries, moves, values };
}

/** Transposes that go less those that come. */
function gainOf(region: Region): number {
  const { perm, entries, values } = region;
  let gain = 0;
  for (const entry of entries) {
    const [value] = entry.outputs;
    if (value && exitsOf(value, region).length === 0) gain += 1;
  }
  for (const value of values) {
    if (value.producer && entries.has(value.producer)) continue;
    const exits = exitsOf(value, region);
    gain += exits.filter((user) => undoes(user, perm)).length;
    if (exits.some((user) => !permOf(user))) gain -= 1;
  }
  return gain;
}

/** The nodes outside of a region that read a value, undefined standing for a graph whose output it is. */
function exitsOf(value: Value, { moves }: Region): readonly (Node | undefined)[] {
  const exits: (Node | undefined)[] = [];
  for (const { node, index } of value.uses()) {
    if (!node || !moves.get(node)?.operands.includes(index)) exits.push(node);
  }
  return exits;
}

function undoes(user: Node | undefined, perm: readonly number[]): boolean {
  const second = permOf(user);
  return second?.every((s, i) => perm[s] === i) ?? false;
}

/** Makes the nodes of a region read what stands before the Transposes, and puts others where it is left. */
function move(editor: Editor, region: Region): void {
  const { perm, entries, moves, values } = region;
  const sources = new Map<Value, Value>();
  for (const entry of entries) {
    const [value] = entry.outputs;
    const [source] = entry.inputs;
    if (value && source) sources.set(value, source);
  }
  const constants = new Map<Value, Value>();
  for (const value of values) if (!sources.has(value)) leave(editor, value, region);
  for (const [node, change] of moves) {
    for (const index of change.operands) {
      const operand = node.inputs[index];
      if (!operand || (values.has(operand) && !sources.has(operand))) continue;
      const moved = sources.get(operand) ?? constants.get(operand) ?? constantIn(editor, node, operand, perm);
      if (!sources.has(operand)) constants.set(operand, moved);
      editor.setOperand(node, index, moved);
    }
    change.apply(editor, node, perm);
    const [output] = node.outputs;
    if (output) editor.setType(output, reordered(output, perm));
  }
  for (const entry of entries) {
    if (entry.outputs[0]?.useCount === 0) editor.eraseNode(entry);
  }
}

function constantIn(editor: Editor, node: Node, operand: Value, perm: readonly number[]): Value {
  const tensor = movedConstant(operand, perm);
  if (!tensor || !node.graph || tensor.size === 1) return operand;
  return editor.addConstant(node.graph, tensor, operand.name);
}

/** Gives the readers of a value outside of its region what they read before. */
function leave(editor: Editor, value: Value, region: Region): void {
  const { perm } = region;
  let back: Value | undefined;
  for (const user of exitsOf(value, region)) {
    const second = permOf(user);
    if (user && second) {
      // One Transpose after another is one, or none.
      const both = second.map((s) => perm[s] ?? s);
      const [output] = user.outputs;
      if (output && both.every((p, i) => p === i) && replaceValue(editor, output, value))
        editor.eraseNode(user);
      else editor.setAttribute(user, { type: 'ints', name: 'perm', value: both });
      continue;
    }
    back ??= transposedAfter(editor, value, perm);
  }
  if (!back) return;
  for (const use of [...value.uses()]) {
    const { node, index } = use;
    const isInside = node && (region.moves.get(node)?.operands.includes(index) || node === back.producer);
    if (!isInside && !(node && permOf(node))) editor.replaceUse(use, back);
  }
}

function transposedAfter(editor: Editor, value: Value, perm: readonly number[]): Value | undefined {
  const { producer } = value;
  if (!producer) return undefined;
  const node = editor.createNode(
    {
      opType: 'Transpose',
      inputs: [value],
      outputs: [editor.freshName(`${value.name}_transposed`)],
      types: [value.type],
      attributes: [{ type: 'ints', name: 'perm', value: [...perm] }],
    },
    { after: producer },
  );
  return node.outputs[0];
}

/** The type of a value whose axes are in the order before `perm`. */
function reordered(value: Value, perm: readonly number[]): Value['type'] {
  const { type } = value;
  const shape = shapeOf(value);
  if (type?.kind !== 'tensor' || !shape) return undefined;
  const dims = [...shape];
  for (const [i, size] of shape.entries()) dims[perm[i] ?? i] = size;
  return tensorType(type.dtype, dims);
}
