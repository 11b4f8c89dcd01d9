import { type Node, type Shape, sameDim, shapeOf, type Value } from '@refold/ir';
import { paramsOf } from '../canonical/params.ts';
import { reshapeOps } from '../pattern/anatomy.ts';
import type { AxisOrder, PermutedPattern, ReshapedPattern } from '../pattern/pattern.ts';
import type { Goal, Scope, Search } from './search.ts';
import { solve } from './shape-equation.ts';
import { type Source, sourcesBehind } from './source.ts';

/** How many nodes in a row are looked through. */
const MAX_MOVES = 4;

function sourcesOf(search: Search, value: Value, moves: (node: Node) => boolean): Iterable<Source> {
  return sourcesBehind(search.graph, value, moves, MAX_MOVES);
}

export function matchPermuted(
  search: Search,
  pattern: PermutedPattern,
  value: Value,
  user: Node | undefined,
  scope: Scope | undefined,
): boolean {
  const { order } = pattern;
  const shape = shapeOf(value);
  const ways: (readonly Goal[])[] = [];
  const way = (source: Source, axes: readonly number[]): void => {
    ways.push([
      ({ bindings }) => {
        for (const node of source.nodes) bindings.addNode(node);
        return order.kind !== 'capture' || search.capture(order.name, axes, scope);
      },
      { pattern: pattern.of, value: source.value, user: source.nodes.at(-1) ?? user, scope },
    ]);
  };
  let axes: readonly number[] | undefined;
  for (const source of sourcesOf(search, value, (node) => node.opType === 'Transpose')) {
    const perm = orderOf(source.nodes.at(-1));
    axes = perm && (axes?.map((axis) => perm[axis] ?? -1) ?? perm);
    if (!axes) break;
    if (isOrder(axes, order)) way(source, axes);
  }
  const wanted = shape && wantedOrder(order, shape.length);
  const [direct] = sourcesOf(search, value, (node) => reshapeOps.includes(node.opType));
  if (wanted && direct && movesOnesOnly(shapeOf(direct.value), shape, wanted)) way(direct, wanted);
  // A captured order may be that of the value itself.
  ways.reverse();
  if (order.kind === 'capture' && shape) {
    way(
      { value, nodes: [] },
      shape.map((_, axis) => axis),
    );
  }
  return search.choose(ways);
}

function orderOf(node: Node | undefined): readonly number[] | undefined {
  const perm: unknown = node && paramsOf(node)?.perm;
  return Array.isArray(perm) && perm.every((axis) => typeof axis === 'number') ? perm : undefined;
}

function wantedOrder(order: AxisOrder, rank: number): readonly number[] | undefined {
  if (order.kind === 'capture' || order.axes.length > rank) return undefined;
  if (order.kind === 'axes') return order.axes.length === rank ? order.axes : undefined;
  const first = rank - order.axes.length;
  return Array.from({ length: rank }, (_, i) => (i < first ? i : first + (order.axes[i - first] ?? 0)));
}

function isOrder(axes: readonly number[], order: AxisOrder): boolean {
  if (order.kind === 'capture') return true;
  const wanted = wantedOrder(order, axes.length);
  return wanted?.every((axis, i) => axis === axes[i]) ?? false;
}

/** Whether a reshape does what a Transpose by `order` would: nothing but to move dimensions of size 1. */
function movesOnesOnly(
  before: Shape | undefined,
  after: Shape | undefined,
  order: readonly number[],
): boolean {
  if (!before || !after || before.length !== order.length || after.length !== order.length) return false;
  if (order.every((axis, i) => axis === i)) return false;
  let last = -1;
  for (let i = 0; i < order.length; i += 1) {
    const from = order[i] ?? 0;
    const size = before[from];
    const now = after[i];
    if (size === undefined || now === undefined || sameDim(size, now) !== 'yes') return false;
    if (size === 1) continue;
    if (from < last) return false;
    last = from;
  }
  return true;
}

export function matchReshaped(
  search: Search,
  pattern: ReshapedPattern,
  value: Value,
  user: Node | undefined,
  scope: Scope | undefined,
): boolean {
  const shape = shapeOf(value);
  if (!shape) return false;
  const ways: (readonly Goal[])[] = [];
  for (const { value: source, nodes } of sourcesOf(search, value, (node) =>
    reshapeOps.includes(node.opType),
  )) {
    const before = shapeOf(source);
    if (!before) continue;
    ways.push([
      ({ bindings }) => {
        for (const node of nodes) bindings.addNode(node);
        return solve(pattern, before, shape, bindings) || search.miss({ pattern, value, user, scope });
      },
      { pattern: pattern.of, value: source, user: nodes.at(-1), scope },
    ]);
  }
  return search.choose(ways.reverse());
}
