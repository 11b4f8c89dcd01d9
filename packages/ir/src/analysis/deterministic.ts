import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import { constantTensor } from '../infer/constant.ts';
import { schemaOf } from '../ops/schema.ts';
import { operatorOf } from '../ops/table.ts';
import { tensorInts } from '../types/elements.ts';

/** Operators that ONNX calls non-deterministic since their nested graphs, or their own definition, may be. */
const asTheirGraphs: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan', 'SequenceMap', 'AffineGrid']);

/**
 * Whether a node gives the same results for the same operands whenever it runs. Random operators do not,
 * even with a seed; `Dropout` does unless it may be training; a node with nested graphs does if all nodes
 * in them do, a function call if all nodes of the function do. An operator that nobody knows does not.
 */
export function isDeterministic(node: Node): boolean {
  if (isRandomByItself(node)) return false;
  if (node.graphs.length === 0 && !node.graph?.model.functionOf(node)) return true;
  for (const inner of nodesRun(node)) if (isRandomByItself(inner)) return false;
  return true;
}

/** All nodes that run when a node runs: those of its nested graphs and of functions called on the way. */
function* nodesRun(node: Node): Generator<Node> {
  const model = node.graph?.model;
  const called = new Set<FunctionDef>();
  const graphs: Graph[] = [];
  const enter = (n: Node): void => {
    graphs.push(...n.graphs);
    const fn = model?.functionOf(n);
    if (!fn || called.has(fn)) return;
    called.add(fn);
    graphs.push(fn.body);
  };
  enter(node);
  for (let graph = graphs.pop(); graph; graph = graphs.pop()) {
    for (const inner of graph.nodes()) {
      yield inner;
      enter(inner);
    }
  }
}

/** Whether a node may give other results in each run, whatever the graphs and functions it runs may do. */
function isRandomByItself(node: Node): boolean {
  if (node.graph?.model.functionOf(node)) return false;
  const opset = node.graph?.opset(node.domain);
  const schema = opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset);
  // What refold knows of operators without a schema, those of vendors, are functions of their operands.
  if (!schema) return operatorOf(node.domain, node.opType) === undefined || node.domain === '';
  if (schema.determinism !== 'no' || (node.domain === '' && asTheirGraphs.has(node.opType))) return false;
  return !(node.is('Dropout') && !mayTrain(node, schema.since));
}

/** Before opset 7 `Dropout` is told by `is_test`, from 12 on by its third operand; between it never trains. */
function mayTrain(node: Node, version: number): boolean {
  if (version < 7) {
    const isTest = node.attributes.get('is_test');
    return isTest?.type !== 'int' || Number(isTest.value) === 0;
  }
  const mode = node.inputs[2];
  if (version < 12 || !mode) return false;
  const tensor = constantTensor(mode);
  return tensor?.dtype !== 'bool' || tensor.size !== 1 || tensorInts(tensor)[0] !== 0;
}
