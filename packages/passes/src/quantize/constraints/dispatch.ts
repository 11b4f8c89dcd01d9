import { constantTensor, dtypeOf, type Node, type Value } from '@refold/ir';
import type { Target } from '../targets/target.ts';
import { operandsOf } from './operands.ts';
import { runsOnCodes } from './runs-on-codes.ts';
import { nodesOfShapes } from './shape-flow.ts';

/**
 * The nodes that run on codes: those of the operators for which codes pay, and all others that a target can run on
 * codes where all that they read, or all who read them, have codes anyway. In between, a float costs nothing, and
 * codes cost accuracy. What computes with sizes and places stays as it is. Nodes come with definitions before uses.
 */
export function dispatch(
  nodes: readonly Node[],
  target: Target,
  keep: (node: Node) => boolean,
): ReadonlySet<Node> {
  const shapes = nodesOfShapes(nodes);
  const able = nodes.filter((node) => !keep(node) && !shapes.has(node) && runsOnCodes(node, target));
  if (!target.anchors) return new Set(able);
  const isAble = new Set(able);
  const found = new Set(able.filter((node) => isAnchor(node, target, isAble)));
  for (const node of able) if (hasCodesOnly(node, target, found)) found.add(node);
  for (const node of able.toReversed()) if (isReadOnCodesOnly(node, found)) found.add(node);
  // What was found last may be all that others read.
  for (const node of able) if (hasCodesOnly(node, target, found)) found.add(node);
  return found;
}

function isAnchor(node: Node, { anchors, innerAnchors }: Target, able: ReadonlySet<Node>): boolean {
  if (anchors?.has(node.opType)) return true;
  return innerAnchors?.has(node.opType) === true && isReadWithin(node, able);
}

/** Whether the results of a node are read, and by nodes that can run on codes alone. */
function isReadWithin(node: Node, able: ReadonlySet<Node>): boolean {
  for (const value of node.outputs) {
    if (!value) continue;
    for (const { node: reader } of value.uses()) if (!reader || !able.has(reader)) return false;
  }
  return true;
}

/** Whether nothing reads a result that can be a float but nodes that take floats. */
export function mayGiveFloats(node: Node, target: Target, found: ReadonlySet<Node>): boolean {
  return (
    target.floatResults.has(node.opType) &&
    !node.outputs.some((v) => v !== undefined && isReadOnCodes(v, found))
  );
}

/** Whether all computed data of a node come as codes. */
function hasCodesOnly(node: Node, target: Target, found: ReadonlySet<Node>): boolean {
  const { data } = operandsOf(node);
  const operands = (data ? data.map((i) => node.inputs[i]) : node.inputs).filter(
    (v) => v !== undefined && !constantTensor(v),
  );
  return operands.length > 0 && operands.every((v) => v !== undefined && isCodes(v, target, found));
}

function isCodes({ producer }: Value, target: Target, found: ReadonlySet<Node>): boolean {
  return producer !== undefined && found.has(producer) && !mayGiveFloats(producer, target, found);
}

function isReadOnCodes(value: Value, found: ReadonlySet<Node>): boolean {
  for (const node of value.users()) if (found.has(node)) return true;
  return false;
}

/** Whether the results of a node are read by nodes on codes, and by nothing else. */
function isReadOnCodesOnly(node: Node, found: ReadonlySet<Node>): boolean {
  let isRead = false;
  for (const value of node.outputs) {
    if (!value || dtypeOf(value) !== 'float32') continue;
    for (const { node: reader } of value.uses()) {
      if (!reader || !found.has(reader)) return false;
      isRead = true;
    }
  }
  return isRead;
}
