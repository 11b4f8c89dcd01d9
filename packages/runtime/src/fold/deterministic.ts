import { type FunctionDef, type Graph, type Node, schemaOf } from '@refold/ir';

/** Operators that run nested graphs. ONNX calls them non-deterministic since their graphs may be. */
const controlFlow: ReadonlySet<string> = new Set(['If', 'Loop', 'Scan', 'SequenceMap']);

/** Called non-deterministic by ONNX's tables only because its function body depends on the call. */
const plain: ReadonlySet<string> = new Set(['AffineGrid']);

/**
 * Whether a node gives the same results whenever it runs: its schema says so, and so do the schemas of all
 * nodes of its nested graphs and, for a call, of the function's body. Operators without a schema do not.
 */
export function isDeterministic(node: Node): boolean {
  const pending: Node[] = [node];
  const seen = new Set<FunctionDef>();
  for (let next = pending.pop(); next; next = pending.pop()) {
    const callee = next.graph?.model.functionOf(next);
    if (callee) {
      if (!seen.has(callee)) addNodes(callee.body, pending);
      seen.add(callee);
    } else if (!isDeterministicOperator(next)) {
      return false;
    }
    for (const graph of next.graphs) addNodes(graph, pending);
  }
  return true;
}

function addNodes(graph: Graph, to: Node[]): void {
  for (let node = graph.firstNode; node; node = node.next) to.push(node);
}

function isDeterministicOperator(node: Node): boolean {
  if (node.domain === '' && (controlFlow.has(node.opType) || plain.has(node.opType))) return true;
  const opset = node.graph?.opset(node.domain);
  const schema = opset === undefined ? undefined : schemaOf(node.domain, node.opType, opset);
  // `unknown` is said of operators defined by a function body, none of which is random.
  return schema !== undefined && schema.determinism !== 'no';
}
