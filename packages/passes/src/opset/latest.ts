import { type Model, type Node, schemaOf } from '@refold/ir';
import { nodesWithin } from '../manager/walk.ts';
import { readsMask } from './adapters/dropout.ts';

/**
 * The newest opset whose operators released engines run, as far as they run any version of them (ONNX Runtime 1.31,
 * which opens two opsets more but then misses Swish and Attention): ONNX publishes new opsets before engines.
 */
const NEWEST = 24;

/** Operators whose version in these opsets released engines do not run, though they do run an older one. */
const awaited: ReadonlyMap<string, number> = new Map([
  // Runs by its function body, which calls RandomUniformLike.
  ['Bernoulli', 22],
  ['GlobalLpPool', 22],
  ['MaxRoiPool', 22],
  ['Multinomial', 22],
  ['RandomNormal', 22],
  ['RandomNormalLike', 22],
  ['RandomUniform', 22],
  ['RandomUniformLike', 22],
  ['RoiAlign', 22],
]);

/** The newest opset in which released engines run all operators of a model; its own when that is newer. */
export function latestOpset(model: Model): number {
  const own = model.opsets.get('') ?? 0;
  let latest = NEWEST;
  for (const graph of [model.graph, ...[...model.functions.values()].map((f) => f.body)]) {
    for (const node of nodesWithin(graph)) latest = Math.min(latest, limitOf(node));
  }
  return Math.max(own, latest);
}

function limitOf(node: Node): number {
  if (node.domain !== '' || node.graph?.model.functionOf(node)) return NEWEST;
  const opset = node.graph?.opset() ?? 0;
  // What its mask holds changes with opset 10.
  if (node.opType === 'Dropout' && opset < 10 && readsMask(node)) return opset;
  const since = awaited.get(node.opType);
  if (since === undefined) return NEWEST;
  return (schemaOf('', node.opType, opset)?.since ?? 0) >= since ? NEWEST : since - 1;
}
