import { constantTensor, dtypeOf, type Model, type Node, type Value } from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { activated, fusedInto } from '../constraints/fused.ts';
import { operandsOf } from '../constraints/operands.ts';
import { runsOnCodes } from '../constraints/runs-on-codes.ts';
import { nodesOfShapes } from '../constraints/shape-flow.ts';
import type { Target } from '../targets/target.ts';
import { type CodeScale, codesBefore, codesBehind, sameCodes } from './code-flow.ts';

/**
 * What a target could not run as integers:
 * `float-island`: a node computes with floats between nodes on codes;
 * `other-scale`: codes that an operator of the target takes with one scale have several.
 */
export interface Breach {
  readonly code: 'float-island' | 'other-scale';
  readonly node: Node;
  readonly message: string;
}

/**
 * Walks a model of `QuantizeLinear` and `DequantizeLinear` nodes as a target sees it, of which types must have been
 * inferred, and lists what it could not run as integers. It shares with what wrote the model the tables of the target,
 * and nothing else: scales are read off the graph.
 */
export function checkTarget(model: Model, target: Target): readonly Breach[] {
  const nodes = [...nodesWithin(model.graph)];
  const shapes = nodesOfShapes(nodes);
  const able = new Set(nodes.filter((node) => !shapes.has(node) && runsOnCodes(node, target)));
  const onCodes = new Set(nodes.filter((node) => able.has(node) && readsCodes(node, able, target)));
  const behind = behindCodes(nodes, onCodes);
  const before = beforeCodes(nodes, onCodes);
  const breaches: Breach[] = [];
  for (const node of nodes) {
    if (isConversion(node) || shapes.has(node) || node.is('Constant')) continue;
    if (onCodes.has(node)) breaches.push(...scaleBreaches(node, target, onCodes));
    else if (behind.has(node) && before.has(node)) breaches.push(island(node));
  }
  return breaches;
}

function isConversion(node: Node): boolean {
  return node.is('QuantizeLinear') || node.is('DequantizeLinear');
}

/** Whether all data of a node are codes, or what the node before it hands over inside one kernel. */
function readsCodes(node: Node, able: ReadonlySet<Node>, target: Target): boolean {
  if (fusedInto(node, target, able)) return true;
  return dataOf(node).every((v) => codesBefore(v) !== undefined || isZeroPadding(v));
}

function dataOf(node: Node): readonly Value[] {
  const { data } = operandsOf(node);
  const operands = data ? data.map((i) => node.inputs[i]) : node.inputs;
  return operands.filter((v) => v !== undefined);
}

function isZeroPadding(value: Value): boolean {
  return constantTensor(value)?.size === 1;
}

function island(node: Node): Breach {
  const message = `${node.opType} '${node.label}' computes with floats between nodes on codes`;
  return { code: 'float-island', node, message };
}

/** Nodes that get something of a node on codes, by way of floats. */
function behindCodes(nodes: readonly Node[], onCodes: ReadonlySet<Node>): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    const from = node.inputs.flatMap((v) => (v && dtypeOf(v) !== 'int64' ? (v.producer ?? []) : []));
    if (from.some((p) => onCodes.has(p) || found.has(p))) found.add(node);
  }
  return found;
}

/** Nodes of which a node on codes gets something. */
function beforeCodes(nodes: readonly Node[], onCodes: ReadonlySet<Node>): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of nodes.toReversed()) {
    for (const value of node.outputs) {
      if (!value || dtypeOf(value) === 'int64') continue;
      for (const user of value.users()) if (onCodes.has(user) || found.has(user)) found.add(node);
    }
  }
  return found;
}

/** Scales of operands and results that must be one, by the table of the target. */
function scaleBreaches(node: Node, target: Target, onCodes: ReadonlySet<Node>): readonly Breach[] {
  const tie = target.operators.get(node.opType);
  const { ties, allResults } = operandsOf(node);
  if (!tie || ties?.(node) === false) return [];
  const sources = dataOf(node).flatMap((v) => codesBefore(v) ?? []);
  const codesOf = (v: Value | undefined): readonly CodeScale[] => {
    const codes = v && codesBehind(v);
    return codes ? [codes] : [];
  };
  const results = (allResults ? node.outputs : node.outputs.slice(0, 1)).flatMap((v) =>
    codesOf(activated(v, target, onCodes)),
  );
  const bound: CodeScale[] = [
    ...(tie.inputs === 'must' ? sources : []),
    ...(tie.output === 'must' ? [...sources.slice(0, 1), ...results] : []),
  ];
  const [first] = bound;
  if (!first || bound.every((codes) => sameCodes(codes, first))) return [];
  const message = `${node.opType} '${node.label}' takes codes of one scale, and has several`;
  return [{ code: 'other-scale', node, message }];
}
