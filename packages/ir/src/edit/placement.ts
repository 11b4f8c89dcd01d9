import type { FunctionDef } from '../graph/function.ts';
import type { Graph, GraphOwner } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { MutableUse, Value } from '../graph/value.ts';
import { releaseCaptures, restoreCaptures } from './captures.ts';
import { insertNode, unlinkNode } from './node-list.ts';
import { linkUse, unlinkUse } from './uses.ts';
import { writable } from './writable.ts';

/*
 * Changes of the tables that doing and undoing share. Nothing is checked and nothing is noted here.
 */

/** Makes values the inputs of a graph, in order; those that were and are not any more belong to no graph. */
export function placeInputs(graph: Graph, inputs: readonly Value[]): void {
  for (const value of graph.inputs) writable(value).graph = undefined;
  writable(graph).inputs = inputs;
  inputs.forEach((value, i) => {
    const v = writable(value);
    v.graph = graph;
    v.index = i;
  });
}

/** Makes values the outputs of a graph, in order. */
export function placeOutputs(graph: Graph, outputs: readonly Value[]): void {
  for (const use of graph.outputUses) unlinkUse(use);
  graph.outputUses.length = 0;
  outputs.forEach((value, index) => {
    const use: MutableUse = { value, node: undefined, graph, index, prev: undefined, next: undefined };
    linkUse(use);
    graph.outputUses.push(use);
  });
  writable(graph).outputs = outputs;
}

/** Takes a node out of its graph, with all uses that it and its nested graphs make. */
export function detach(node: Node): void {
  unlinkNode(node);
  for (const use of node.operandUses) if (use) unlinkUse(use);
  // Values of graphs around a nested graph must not keep uses from inside an erased node.
  releaseCaptures(node);
}

/** Puts a node back before `next`, or at the end, with all its uses. */
export function attach(node: Node, graph: Graph, next: Node | undefined): void {
  insertNode(node, graph, next ? next.prev : graph.lastNode, next);
  for (const use of node.operandUses) if (use) linkUse(use);
  restoreCaptures(node);
}

/** Imports a domain at a version, or drops the import. */
export function placeOpset(owner: Model | FunctionDef, domain: string, version: number | undefined): void {
  const opsets = owner.opsets as Map<string, number>;
  if (version === undefined) opsets.delete(domain);
  else opsets.set(domain, version);
}

/** Adds, replaces or removes a function. */
export function placeFunction(model: Model, key: string, fn: FunctionDef | undefined): void {
  const functions = model.functions as Map<string, FunctionDef>;
  if (fn === undefined) functions.delete(key);
  else functions.set(key, fn);
}

/** Says what a graph is attached to. */
export function setOwner(graph: Graph, owner: GraphOwner): void {
  writable(graph).owner = owner;
}
