import {
  attributeKey,
  constantTensor,
  type FunctionDef,
  type Graph,
  graphsOf,
  type Node,
  type Tensor,
  type Value,
} from '@refold/ir';

/** What is asked of those who know more than the graphs in question. */
export interface Outside {
  /** Whether a value of the second model stands for one of the first. */
  isSame(want: Value, got: Value): boolean;
  /** Whether a constant may stand for another; `name` is that of the second one. */
  isConstant(want: Tensor, got: Tensor, name: string): boolean;
}

type Pending = (readonly [Graph, Graph])[];

/**
 * Whether the graphs nested in two nodes, and the functions that they call, are the same node by node: operators,
 * attributes, constants, and how they are connected. Names of values do not matter.
 */
export function sameInside(want: Node, got: Node, outside: Outside): boolean {
  const matched = new Map<Value, Value>();
  const functions = new Map<FunctionDef, FunctionDef>();
  const pending: Pending = [];
  const isSame = (a: Value | undefined, b: Value | undefined): boolean => {
    if (!a || !b) return a === b;
    const partner = matched.get(b);
    if (partner) return partner === a;
    const [x, y] = [constantTensor(a), constantTensor(b)];
    return x && y ? outside.isConstant(x, y, b.name) : outside.isSame(a, b);
  };
  if (!putOffGraphs(want, got, pending) || !putOffCallee(want, got, functions, pending)) return false;
  // Outputs may be values from around, which are matched once everything else is.
  const outputs: (readonly [Value, Value | undefined])[] = [];
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [a, b] = pair;
    if (a.inputs.length !== b.inputs.length || a.outputs.length !== b.outputs.length) return false;
    match(a.inputs, b.inputs, matched);
    let q = b.firstNode;
    for (let p = a.firstNode; p; p = p.next) {
      const other = q;
      if (!other || !sameOperator(p, other)) return false;
      q = other.next;
      // Constants are compared where they are read.
      if (p.is('Constant')) continue;
      if (!sameAttributes(p, other)) return false;
      if (!p.inputs.every((value, i) => isSame(value, other.inputs[i]))) return false;
      if (!putOffGraphs(p, other, pending) || !putOffCallee(p, other, functions, pending)) return false;
      match(p.outputs, other.outputs, matched);
    }
    if (q) return false;
    a.outputs.forEach((value, i) => {
      outputs.push([value, b.outputs[i]]);
    });
  }
  return outputs.every(([a, b]) => isSame(a, b));
}

function match(
  want: readonly (Value | undefined)[],
  got: readonly (Value | undefined)[],
  matched: Map<Value, Value>,
): void {
  want.forEach((value, i) => {
    const other = got[i];
    if (value && other) matched.set(other, value);
  });
}

function sameOperator(a: Node, b: Node): boolean {
  return (
    a.opType === b.opType &&
    a.domain === b.domain &&
    a.overload === b.overload &&
    a.inputs.length === b.inputs.length &&
    a.outputs.length === b.outputs.length &&
    a.graph?.opset(a.domain) === b.graph?.opset(b.domain)
  );
}

function sameAttributes(a: Node, b: Node): boolean {
  if (a.attributes.size !== b.attributes.size) return false;
  for (const [name, attribute] of a.attributes) {
    const other = b.attributes.get(name);
    if (!other || other.type !== attribute.type) return false;
    if (graphsOf(attribute).length === 0 && attributeKey(attribute) !== attributeKey(other)) return false;
  }
  return true;
}

/** Puts the nested graphs of two nodes off to be compared; false when they do not have the same. */
function putOffGraphs(a: Node, b: Node, pending: Pending): boolean {
  for (const [name, attribute] of a.attributes) {
    const other = b.attributes.get(name);
    const [x, y] = [graphsOf(attribute), other ? graphsOf(other) : []];
    if (x.length !== y.length) return false;
    x.forEach((graph, i) => {
      const partner = y[i];
      if (partner) pending.push([graph, partner]);
    });
  }
  return a.graphs.length === b.graphs.length;
}

/** Puts the bodies of the functions that two nodes call off to be compared, each pair once. */
function putOffCallee(a: Node, b: Node, functions: Map<FunctionDef, FunctionDef>, pending: Pending): boolean {
  const [f, g] = [a.graph?.model.functionOf(a), b.graph?.model.functionOf(b)];
  if (!f || !g) return f === g;
  const known = functions.get(g);
  if (known) return known === f;
  functions.set(g, f);
  pending.push([f.body, g.body]);
  if (f.attributes.join() !== g.attributes.join() || f.defaults.size !== g.defaults.size) return false;
  for (const [name, value] of f.defaults) {
    const other = g.defaults.get(name);
    if (!other || attributeKey(other) !== attributeKey(value)) return false;
  }
  return true;
}
