import {
  constantTensor,
  dtypeBits,
  type Graph,
  gemm as gemmOperator,
  isFloat,
  type Node,
  shapeOf,
  type Tensor,
  type Value,
  viewAs,
} from '@refold/ir';
import type { Builder, Query } from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';
import { nodeRule } from '../support/node-rule.ts';
import { splitInto } from '../support/split-into.ts';
import { producerOf } from '../support/view.ts';
import { joined } from './join-columns.ts';

/** Values with more readers than this are left alone: all of them are looked at for each one. */
const MAX_USERS = 64;

/** A product of the common operand with a constant matrix, and what stands for its columns in the end. */
interface Branch {
  /** The node whose result is replaced: the product, or the addition after it. */
  readonly last: Node;
  readonly weight: Tensor;
  readonly weightName: string;
  readonly columns: number;
  readonly transB: boolean;
  readonly bias: Tensor | undefined;
}

/** x W, or Gemm(x, W, b) without factors, as a branch of x. */
function branchOf(node: Node, x: Value): Branch | undefined {
  const [a, w, c] = node.inputs;
  const weight = w && constantTensor(w);
  if (a !== x || !w || weight?.rank !== 2 || w.useCount !== 1 || node.graph?.model.functionOf(node))
    return undefined;
  if (!isFloat(weight.dtype) || dtypeBits(weight.dtype) < 16) return undefined;
  const columns = weight.dims[1] ?? 0;
  const plain = { last: node, weight, weightName: w.name, columns, transB: false, bias: undefined };
  if (node.is('MatMul')) return plain;
  const view = node.is('Gemm') ? viewAs(node, gemmOperator) : undefined;
  const { transA, transB, alpha, beta } = view ?? {};
  if (transA !== false || transB === undefined || alpha !== 1 || (c && beta !== 1)) return undefined;
  const wide = transB ? (weight.dims[0] ?? 0) : columns;
  const bias = c && biasOf(c, wide);
  return c && !bias ? undefined : { ...plain, columns: wide, transB, bias };
}

/** A branch whose product is read by nothing but the addition of one constant a column. */
function withBias(branch: Branch): Branch | undefined {
  const product = branch.last.outputs[0];
  const user = product?.onlyUse?.node;
  if (!product || !user?.is('Add') || user.graph !== branch.last.graph || user.graph?.model.functionOf(user))
    return undefined;
  const constant = user.inputs[0] === product ? user.inputs[1] : user.inputs[0];
  const bias = constant && biasOf(constant, branch.columns);
  return bias && bias.rank <= (shapeOf(product)?.length ?? 0) ? { ...branch, last: user, bias } : undefined;
}

/** A constant with one element a column, as a vector. */
function biasOf(value: Value, columns: number): Tensor | undefined {
  const tensor = constantTensor(value);
  const isRow = tensor && tensor.dims.at(-1) === columns && tensor.size === columns;
  return isRow && value.useCount === 1 ? tensor : undefined;
}

/** Branches of x in the graph that can become one product with `like`, in the order of their last nodes. */
function branchesOf(x: Value, graph: Graph, like: Branch, biased: boolean): readonly Branch[] {
  const found: Branch[] = [];
  for (const user of x.users()) {
    const product = user.graph === graph ? branchOf(user, x) : undefined;
    const addition = product?.bias ? undefined : product && withBias(product);
    const branch = biased ? addition : addition ? undefined : product;
    if (branch && isLike(branch, like) && !found.some((f) => f.last === branch.last)) found.push(branch);
  }
  return found.sort((p, q) => (graph.isBefore(p.last, q.last) ? -1 : 1));
}

function isLike(a: Branch, b: Branch): boolean {
  const axis = a.transB ? 1 : 0;
  return (
    a.weight.dtype === b.weight.dtype &&
    a.transB === b.transB &&
    a.weight.dims[axis] === b.weight.dims[axis] &&
    (a.bias === undefined) === (b.bias === undefined) &&
    a.bias?.dtype === b.bias?.dtype &&
    (a.bias ? a.last.opType === b.last.opType : true)
  );
}

/** One product with all columns; `withAdd` puts the biases behind it. */
function product(x: Value, branches: readonly Branch[], b: Builder): Value {
  const [first] = branches;
  const weight =
    first &&
    joined(
      branches.map((p) => p.weight),
      first.transB ? 0 : 1,
    );
  if (!first || !weight) return b.fail('type');
  const w = b.constant(weight, first.weightName);
  const biases = branches.flatMap((p) => (p.bias ? [p.bias.reshaped([p.columns])] : []));
  const bias = biases.length > 0 ? joined(biases, 0) : undefined;
  const row = bias && b.constant(bias, `${first.weightName}_bias`);
  if (first.last.is('Gemm')) return b.node('Gemm', [x, w, row], first.transB ? { transB: 1 } : {});
  const y = b.node('MatMul', [x, w]);
  return row ? b.node('Add', [y, row]) : y;
}

/** Puts one product and a Split in the place of all branches; the value that replaces the result of a node. */
function merge(node: Node, x: Value, branches: readonly Branch[], b: Builder, q: Query): Value {
  const y = product(x, branches, b);
  const rank = shapeOf(y)?.length;
  if (rank === undefined) return b.fail('rank-unknown');
  const sizes = branches.map((p) => p.columns);
  const parts = splitInto(y, sizes, rank - 1, b, q);
  let own: Value | undefined;
  for (const [i, { last }] of branches.entries()) {
    const [from, part] = [last.outputs[0], parts[i]];
    if (last === node) own = part;
    else if (from && part) b.replace(from, part);
  }
  return own ?? b.fail('outputs');
}

/** The quick test of the rules below: whether a value may have so many branches. */
function isShared(x: Value | undefined, branches: number): boolean {
  return x !== undefined && x.useCount >= branches && x.useCount <= MAX_USERS;
}

/** The product that an addition reads. */
function productIn(node: Node): Node | undefined {
  return producerOf(node.inputs[0], 'MatMul') ?? producerOf(node.inputs[1], 'MatMul');
}

const emits = [
  { op: 'MatMul', since: 1 },
  { op: 'Gemm', since: 7 },
  { op: 'Add', since: 7 },
  { op: 'Split', since: 2 },
];

// Code, not patterns: they are about any number of branches, which have only their operand in common.
const products = nodeRule({
  name: 'linear/parallel-matmul',
  doc: 'x A, x B, x C = Split(x [A B C]) for constant matrices; Gemm alike',
  ops: ['MatMul', 'Gemm'],
  at: (node) => isShared(node.inputs[0], 3),
  exactness: 'exact',
  emits,
  rewrite: (node, b, q) => {
    const x = node.inputs[0];
    if (!x || constantTensor(x)) return undefined;
    const own = branchOf(node, x);
    if (!own || !node.graph || (!own.bias && withBias(own))) return undefined;
    const branches = branchesOf(x, node.graph, own, false);
    return branches.length < 3 ? undefined : merge(node, x, branches, b, q);
  },
});

const sums = nodeRule({
  name: 'linear/parallel-matmul.biased',
  doc: 'x A + a, x B + b = Split(x [A B] + [a b]) for constant matrices and rows',
  ops: 'Add',
  at: (node) => isShared(productIn(node)?.inputs[0], 2),
  exactness: 'exact',
  emits,
  rewrite: (node, b, q) => {
    const matmul = productIn(node);
    const x = matmul?.inputs[0];
    if (!matmul || !x || constantTensor(x)) return undefined;
    const alone = branchOf(matmul, x);
    const own = alone && withBias(alone);
    if (own?.last !== node || !node.graph) return undefined;
    const branches = branchesOf(x, node.graph, own, true);
    return branches.length < 2 ? undefined : merge(node, x, branches, b, q);
  },
});

export const mergeParallelMatMuls: Pass = rulePass({
  name: 'linear/parallel-matmul',
  summary: 'merge products of one value with several constant matrices into one',
  rules: [sums, products],
});
