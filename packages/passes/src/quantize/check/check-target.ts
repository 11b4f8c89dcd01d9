import { constantTensor, type Model, type Node, type Value } from '@refold/ir';
import { nodesWithin } from '../../manager/walk.ts';
import { activated, fusedInto } from '../constraints/fused.ts';
import { operandsOf } from '../constraints/operands.ts';
import { runsOnCodes } from '../constraints/runs-on-codes.ts';
import {
  computesWithFloats,
  isConversion,
  reachedFrom,
  reversed,
  valueFlow,
} from '../constraints/value-flow.ts';
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
 * inferred, and lists what it could not run as integers. It shares with what wrote the model the tables of the target
 * and how data flow, and nothing else: scales are read off the graph.
 */
export function checkTarget(model: Model, target: Target): readonly Breach[] {
  const { nodes, next } = valueFlow([...nodesWithin(model.graph)]);
  const onCodes = nodesOnCodes(nodes, target);
  const coded = nodes.flatMap((node, i) => (onCodes.has(node) ? [i] : []));
  const behind = reachedFrom(coded, next);
  const before = reachedFrom(coded, reversed(next));
  return nodes.flatMap((node, i) => {
    if (onCodes.has(node)) return scaleBreaches(node, target, onCodes);
    const isBetween = behind[i] === 1 && before[i] === 1;
    return isBetween && !isConversion(node) && computesWithFloats(node) ? [island(node)] : [];
  });
}

/** Nodes that read codes, or what such a node before them hands over inside one kernel. */
function nodesOnCodes(nodes: readonly Node[], target: Target): ReadonlySet<Node> {
  const found = new Set<Node>();
  for (const node of nodes) {
    if (!runsOnCodes(node, target)) continue;
    found.add(node);
    if (!fusedInto(node, target, found) && !readsCodes(node)) found.delete(node);
  }
  return found;
}

function readsCodes(node: Node): boolean {
  const { weights } = operandsOf(node);
  const read = [...dataOf(node), ...(weights ?? []).flatMap(({ input }) => node.inputs[input] ?? [])];
  const isCodes = (v: Value): boolean => codesBefore(v) !== undefined;
  return read.some(isCodes) && read.every((v) => isCodes(v) || isZeroPadding(v));
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

/** Scales of operands and results that must be one, by the table of the target. */
function scaleBreaches(node: Node, target: Target, onCodes: ReadonlySet<Node>): readonly Breach[] {
  const tie = target.operators.get(node.opType);
  const { ties, allResults, states = [] } = operandsOf(node);
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
  const ofStates = states.map((state) => [
    ...state.inputs.flatMap((i) => (node.inputs[i] && codesBefore(node.inputs[i])) ?? []),
    ...state.results.flatMap((i) => codesOf(node.outputs[i])),
  ]);
  if ([bound, ...ofStates].every(isOneScale)) return [];
  const message = `${node.opType} '${node.label}' takes codes of one scale, and has several`;
  return [{ code: 'other-scale', node, message }];
}

function isOneScale(bound: readonly CodeScale[]): boolean {
  const [first] = bound;
  return !first || bound.every((codes) => sameCodes(codes, first));
}
