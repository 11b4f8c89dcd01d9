import { InternalError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { writable } from './writable.ts';

/*
 * The nodes of a graph as a linked list whose order can be asked for in O(1).
 */

/** Distance between neighbours in the order of a list; insertions between them halve it. */
const STEP = 1024;

export function graphOf(node: Node): Graph {
  if (!node.graph) throw new InternalError(`node ${node.label} stands in no graph`);
  return node.graph;
}

export function insertNode(node: Node, graph: Graph, prev: Node | undefined, next: Node | undefined): void {
  const n = writable(node);
  const g = writable(graph);
  n.graph = graph;
  n.prev = prev;
  n.next = next;
  if (prev) writable(prev).next = node;
  else g.firstNode = node;
  if (next) writable(next).prev = node;
  else g.lastNode = node;
  g.nodeCount += 1;
  for (const output of node.outputs) if (output) writable(output).graph = graph;
  const low = prev ? prev.order : (next?.order ?? 0) - 2 * STEP;
  const high = next ? next.order : low + 2 * STEP;
  node.order = low + (high - low) / 2;
  // Doubles run out of room after some fifty insertions at one place; then the list is numbered anew.
  if (node.order <= low || node.order >= high) renumber(graph);
}

function renumber(graph: Graph): void {
  let order = 0;
  for (let node = graph.firstNode; node; node = node.next) {
    node.order = order;
    order += STEP;
  }
}

/** Keeps `node.next`, so that a walk over the list finds its way back. */
export function unlinkNode(node: Node): void {
  const graph = graphOf(node);
  if (node.prev) writable(node.prev).next = node.next;
  else writable(graph).firstNode = node.next;
  if (node.next) writable(node.next).prev = node.prev;
  else writable(graph).lastNode = node.prev;
  writable(graph).nodeCount -= 1;
  writable(node).graph = undefined;
  for (const output of node.outputs) if (output) writable(output).graph = undefined;
}
