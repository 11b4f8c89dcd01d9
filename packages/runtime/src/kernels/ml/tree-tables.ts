import { isFloat, type Tensor, tensorFloats, tensorInts } from '@refold/ir';
import type { KernelContext } from '../kernel.ts';
import { EQ, GT, GTE, LEAF, LEQ, LT, MEMBER, NEQ, type Trees } from './trees.ts';

const modeCodes: ReadonlyMap<string, number> = new Map([
  ['BRANCH_LEQ', LEQ],
  ['BRANCH_LT', LT],
  ['BRANCH_GTE', GTE],
  ['BRANCH_GT', GT],
  ['BRANCH_EQ', EQ],
  ['BRANCH_NEQ', NEQ],
  ['LEAF', LEAF],
]);

/**
 * The trees of `TreeEnsembleClassifier` (`leaves` = `class`) and `TreeEnsembleRegressor` (`target`). Nodes are
 * named by a tree and a number in it; the root of a tree is the node that no other one leads to.
 */
export function namedTrees(ctx: KernelContext, leaves: 'class' | 'target'): Trees {
  const trees = ints(ctx, 'nodes_treeids');
  const count = trees.length;
  const names = ints(ctx, 'nodes_nodeids', count);
  const find = finder(ctx, trees, names);
  const modes = Uint8Array.from(ctx.op.stringsAttribute('nodes_modes') ?? [], (name) => {
    const code = modeCodes.get(name);
    if (code === undefined) throw ctx.op.invalid(`node mode ${name} is not known`);
    return code;
  });
  sized(ctx, 'nodes_modes', modes.length, count);
  const yesNames = ints(ctx, 'nodes_truenodeids', count);
  const noNames = ints(ctx, 'nodes_falsenodeids', count);
  const yes = new Int32Array(count);
  const no = new Int32Array(count);
  const isChild = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) {
    if (modes[i] === LEAF) continue;
    yes[i] = find(trees[i] as number, yesNames[i] as number);
    no[i] = find(trees[i] as number, noNames[i] as number);
    isChild[yes[i] as number] = 1;
    isChild[no[i] as number] = 1;
  }
  const roots: number[] = [];
  for (let i = 0; i < count; i += 1) if (isChild[i] === 0) roots.push(i);
  return {
    roots: Int32Array.from(roots),
    modes,
    features: Int32Array.from(ints(ctx, 'nodes_featureids', count)),
    values: floats(ctx, 'nodes_values', count),
    yes,
    no,
    missing: Uint8Array.from(optionalInts(ctx, 'nodes_missing_value_tracks_true', count), (v) =>
      v === 0 ? 0 : 1,
    ),
    members: new Map(),
    ...leafWeights(ctx, leaves, count, find),
  };
}

/** Where a node stands in the tables, by tree and number in the tree. */
type Find = (tree: number, name: number) => number;

function finder(ctx: KernelContext, trees: readonly number[], names: readonly number[]): Find {
  const places = new Map<number, Map<number, number>>();
  trees.forEach((tree, i) => {
    let ofTree = places.get(tree);
    if (!ofTree) {
      ofTree = new Map();
      places.set(tree, ofTree);
    }
    ofTree.set(names[i] ?? 0, i);
  });
  return (tree, name) => {
    const place = places.get(tree)?.get(name);
    if (place === undefined) throw ctx.op.invalid(`tree ${tree} has no node ${name}`);
    return place;
  };
}

/** Weights sorted by the leaf that gives them. */
function leafWeights(
  ctx: KernelContext,
  leaves: 'class' | 'target',
  nodes: number,
  find: Find,
): Pick<Trees, 'starts' | 'targets' | 'weights'> {
  const trees = ints(ctx, `${leaves}_treeids`);
  const count = trees.length;
  const names = ints(ctx, `${leaves}_nodeids`, count);
  const targets = ints(ctx, `${leaves}_ids`, count);
  const weights = floats(ctx, `${leaves}_weights`, count);
  const places = trees.map((tree, i) => find(tree, names[i] ?? 0));
  const starts = new Int32Array(nodes + 1);
  for (const place of places) starts[place + 1] = (starts[place + 1] as number) + 1;
  for (let i = 0; i < nodes; i += 1) starts[i + 1] = (starts[i + 1] as number) + (starts[i] as number);
  const next = starts.slice();
  const sortedTargets = new Int32Array(count);
  const sortedWeights = new Float64Array(count);
  places.forEach((place, i) => {
    const at = next[place] as number;
    next[place] = at + 1;
    sortedTargets[at] = targets[i] as number;
    sortedWeights[at] = weights[i] as number;
  });
  return { starts, targets: sortedTargets, weights: sortedWeights };
}

/** The trees of `TreeEnsemble`: nodes by their place, leaves in a list of their own behind the nodes. */
export function placedTrees(ctx: KernelContext): Trees {
  const features = ints(ctx, 'nodes_featureids');
  const inner = features.length;
  const targets = ints(ctx, 'leaf_targetids');
  const leaves = targets.length;
  const modes = new Uint8Array(inner + leaves).fill(LEAF);
  const written = ctx.op.tensor('nodes_modes');
  sized(ctx, 'nodes_modes', written?.size ?? 0, inner);
  if (written && written.dtype !== 'uint8')
    throw ctx.op.invalid(`nodes_modes is ${written.dtype}, not uint8`);
  modes.set((written ? tensorInts(written) : []).map(Number));
  for (let i = 0; i < inner; i += 1) {
    if ((modes[i] as number) > MEMBER) throw ctx.op.invalid(`node mode ${modes[i]} is not known`);
  }
  const yesLeaf = ints(ctx, 'nodes_trueleafs', inner);
  const noLeaf = ints(ctx, 'nodes_falseleafs', inner);
  const yes = children(ctx, ints(ctx, 'nodes_truenodeids', inner), yesLeaf, inner, leaves);
  const no = children(ctx, ints(ctx, 'nodes_falsenodeids', inner), noLeaf, inner, leaves);
  const roots = ints(ctx, 'tree_roots').map((root) => {
    if (!(root >= 0 && root < inner)) throw ctx.op.invalid(`there is no node ${root}`);
    // A tree that is one leaf is written as a node both of whose children are that leaf.
    return yesLeaf[root] && noLeaf[root] && yes[root] === no[root] ? (yes[root] as number) : root;
  });
  const starts = new Int32Array(inner + leaves + 1);
  for (let i = 0; i <= leaves; i += 1) starts[inner + i] = i;
  return {
    roots: Int32Array.from(roots),
    modes,
    features: Int32Array.from(features),
    values: tensorAttribute(ctx, 'nodes_splits', inner) ?? new Float64Array(inner),
    yes,
    no,
    missing: Uint8Array.from(optionalInts(ctx, 'nodes_missing_value_tracks_true', inner), (v) =>
      v === 0 ? 0 : 1,
    ),
    members: memberSets(ctx, modes),
    starts,
    targets: Int32Array.from(targets),
    weights: tensorAttribute(ctx, 'leaf_weights', leaves) ?? new Float64Array(leaves),
  };
}

function children(
  ctx: KernelContext,
  ids: readonly number[],
  isLeaf: readonly number[],
  inner: number,
  leaves: number,
): Int32Array {
  return Int32Array.from(ids, (id, i) => {
    const most = isLeaf[i] ? leaves : inner;
    if (!(id >= 0 && id < most)) throw ctx.op.invalid(`there is no ${isLeaf[i] ? 'leaf' : 'node'} ${id}`);
    return isLeaf[i] ? inner + id : id;
  });
}

/** Sets of values in the order of the nodes that ask for them, each ended by a NaN. */
function memberSets(ctx: KernelContext, modes: Uint8Array): ReadonlyMap<number, ReadonlySet<number>> {
  const sets = new Map<number, ReadonlySet<number>>();
  const tensor = ctx.op.tensor('membership_values');
  const values = tensor ? floatsOf(ctx, 'membership_values', tensor) : new Float64Array(0);
  let at = 0;
  modes.forEach((mode, node) => {
    if (mode !== MEMBER) return;
    const set = new Set<number>();
    for (; at < values.length && !Number.isNaN(values[at]); at += 1) set.add(values[at] as number);
    if (at >= values.length) throw ctx.op.invalid('membership_values has too few sets');
    at += 1;
    sets.set(node, set);
  });
  return sets;
}

function ints(ctx: KernelContext, name: string, count?: number): readonly number[] {
  const values = ctx.op.intsAttribute(name) ?? [];
  if (count !== undefined) sized(ctx, name, values.length, count);
  return values;
}

/** A list that may be left out, which means zeros. */
function optionalInts(ctx: KernelContext, name: string, count: number): readonly number[] {
  const values = ctx.op.intsAttribute(name) ?? [];
  return values.length === 0 ? new Array<number>(count).fill(0) : ints(ctx, name, count);
}

/** A list of float32 numbers, or of doubles as a tensor. */
function floats(ctx: KernelContext, name: string, count: number): Float64Array {
  const tensor = tensorAttribute(ctx, `${name}_as_tensor`, count);
  if (tensor) return tensor;
  const values = ctx.op.floatsAttribute(name) ?? [];
  sized(ctx, name, values.length, count);
  return Float64Array.from(values);
}

function tensorAttribute(ctx: KernelContext, name: string, count: number): Float64Array | undefined {
  const tensor = ctx.op.tensor(name);
  if (tensor === undefined) return undefined;
  sized(ctx, name, tensor.size, count);
  return floatsOf(ctx, name, tensor);
}

/** Elements of a tensor attribute that must hold floats. */
export function floatsOf(ctx: KernelContext, name: string, tensor: Tensor): Float64Array {
  if (!isFloat(tensor.dtype)) throw ctx.op.invalid(`${name} is ${tensor.dtype}, and must be a float type`);
  return tensorFloats(tensor);
}

function sized(ctx: KernelContext, name: string, found: number, wanted: number): void {
  if (found !== wanted) throw ctx.op.invalid(`${name} has ${found} entries instead of ${wanted}`);
}
