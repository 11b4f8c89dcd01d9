import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { valueNames } from '../onnx/encode/value-names.ts';
import { shown } from '../onnx/shown.ts';
import { type Findings, nodeWords } from './finding.ts';
import { walk } from './walk.ts';

/**
 * Checks that definitions precede uses, that nested graphs read nothing but their own values and those
 * before their node in the graphs around them, and that names as written to a file can be told apart.
 */
export function checkScopes(model: Model, findings: Findings): void {
  const nameOf = valueNames(model);
  const scopes = new Scopes(model, nameOf, findings);
  for (const root of [model.graph, ...[...model.functions.values()].map((fn) => fn.body)]) walk(root, scopes);
  checkInterface(model, nameOf, findings);
}

/** Names of inputs and outputs are what callers say, so no other name can be written in their place. */
function checkInterface(model: Model, nameOf: (value: Value) => string, findings: Findings): void {
  const { graph } = model;
  const check = (value: Value, what: string): void => {
    const written = nameOf(value);
    if (written === value.name) return;
    const why = value.name === '' ? 'has no name' : `shares its name ${shown(value.name)} with another one`;
    findings.add('name/interface', { graph, value }, `${what} ${why}`);
  };
  for (const value of graph.inputs) check(value, 'an input');
  for (const value of new Set(graph.outputs)) if (!value.isInput) check(value, 'an output');
}

class Scopes {
  private readonly nameOf: (value: Value) => string;
  private readonly findings: Findings;
  /** By number of a value: whether it can be read at the place in hand. */
  private readonly visible: Uint8Array;
  private readonly names = new Set<string>();
  /** What each graph around the place in hand has defined so far. */
  private readonly defined: Value[][] = [];

  constructor(model: Model, nameOf: (value: Value) => string, findings: Findings) {
    this.nameOf = nameOf;
    this.findings = findings;
    this.visible = new Uint8Array(model.nextValueId);
  }

  enterGraph(graph: Graph): void {
    this.defined.push([]);
    for (const value of graph.inputs) this.define(value, graph);
    for (const value of graph.initializers) this.define(value, graph);
  }

  enterNode(node: Node, graph: Graph): void {
    for (const value of node.inputs) if (value) this.read(value, graph, node);
  }

  leaveNode(node: Node, graph: Graph): void {
    for (const value of node.outputs) if (value) this.define(value, graph);
  }

  leaveGraph(graph: Graph): void {
    for (const value of graph.outputs) this.read(value, graph, undefined);
    for (const value of this.defined.pop() ?? []) {
      this.visible[value.id] = 0;
      this.names.delete(this.nameOf(value));
    }
  }

  private define(value: Value, graph: Graph): void {
    this.visible[value.id] = 1;
    this.defined.at(-1)?.push(value);
    const name = this.nameOf(value);
    if (this.names.has(name)) {
      this.findings.add(
        'name/duplicate',
        { graph, value },
        `the name ${shown(name)} would be written for two values`,
      );
    }
    this.names.add(name);
  }

  private read(value: Value, graph: Graph, node: Node | undefined): void {
    if (this.visible[value.id] === 1) return;
    const reader = node ? nodeWords(node) : 'an output of it';
    this.findings.add(
      'ssa/scope',
      { graph, node, value },
      `${reader} reads ${shown(value.name)}, ${whyNot(value, graph)}`,
    );
  }
}

function whyNot(value: Value, from: Graph): string {
  for (let at: Graph | undefined = from; at; at = at.outer) {
    if (value.graph === at) return 'which is defined only behind it';
  }
  return value.graph
    ? `which belongs to graph ${shown(value.graph.name)} and cannot be seen here`
    : 'which is not part of the model any more';
}
