import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { MutableUse, Value } from '../graph/value.ts';
import { shown } from '../onnx/shown.ts';
import { type Findings, nodeWords, type Place } from './finding.ts';
import { walk } from './walk.ts';

/**
 * Checks the tables themselves: every value has one definition, lists of nodes are linked and counted
 * right, and lists of uses say exactly what operands and outputs say.
 */
export function checkStructure(model: Model, findings: Findings): void {
  const tables = new Tables(model, findings);
  for (const root of [model.graph, ...[...model.functions.values()].map((fn) => fn.body)]) {
    checkOwner(root, root === model.graph ? 'model' : 'function', findings);
    walk(root, {
      enterGraph: (graph) => tables.graph(graph),
      enterNode: (node, graph) => tables.node(node, graph),
    });
  }
  tables.finish();
}

function checkOwner(graph: Graph, kind: 'model' | 'function', findings: Findings): void {
  if (graph.owner?.kind !== kind) findings.add('ssa/definition', { graph }, `its owner is no ${kind}`);
}

class Tables {
  private readonly findings: Findings;
  /** The value of each number, as far as a definition has been met. */
  private readonly values: (Value | undefined)[] = [];
  private readonly nodes: (Node | undefined)[] = [];
  private readonly graphs = new Set<Graph>();
  /** Operands and outputs met for each number of a value. */
  private readonly usesMet: Int32Array;
  /** Values read, so that those without a definition are found. */
  private readonly read = new Map<Value, Place>();

  constructor(model: Model, findings: Findings) {
    this.findings = findings;
    this.usesMet = new Int32Array(model.nextValueId);
  }

  graph(graph: Graph): void {
    if (this.graphs.has(graph)) this.findings.add('ssa/definition', { graph }, 'it belongs to two nodes');
    this.graphs.add(graph);
    graph.inputs.forEach((value, i) => {
      this.define(value, graph, undefined, i);
    });
    for (const value of graph.initializers) this.define(value, graph, undefined, -1);
    this.list(graph);
    this.uses(graph.outputs, graph.outputUses, { graph });
  }

  node(node: Node, graph: Graph): void {
    if (this.nodes[node.id]) {
      const other =
        this.nodes[node.id] === node ? 'stands in the model twice' : 'has the number of another node';
      this.findings.add('ssa/definition', { graph, node }, `${nodeWords(node)} ${other}`);
      return;
    }
    this.nodes[node.id] = node;
    node.outputs.forEach((value, i) => {
      if (value) this.define(value, graph, node, i);
    });
    for (const nested of node.graphs) {
      if (nested.owner?.kind !== 'node' || nested.owner.node !== node) {
        this.findings.add(
          'ssa/definition',
          { graph: nested, node },
          `it does not know that it belongs to ${nodeWords(node)}`,
        );
      }
    }
    this.uses(node.inputs, node.operandUses, { graph, node });
  }

  private define(value: Value, graph: Graph, producer: Node | undefined, index: number): void {
    const place = { graph, node: producer, value };
    if (this.values[value.id]) {
      const other = this.values[value.id] === value ? 'is defined twice' : 'has the number of another value';
      this.findings.add('ssa/definition', place, `value ${shown(value.name)} ${other}`);
      return;
    }
    this.values[value.id] = value;
    if (value.graph !== graph || value.producer !== producer || value.index !== index) {
      this.findings.add(
        'ssa/definition',
        place,
        `value ${shown(value.name)} does not know where it is defined`,
      );
    }
  }

  private list(graph: Graph): void {
    const wrong = (node: Node, what: string): void => {
      this.findings.add('ssa/list', { graph, node }, `${nodeWords(node)} ${what}`);
    };
    const seen = new Set<Node>();
    let prev: Node | undefined;
    for (let node = graph.firstNode; node; node = node.next) {
      if (seen.has(node)) {
        wrong(node, 'comes twice in the list of nodes');
        return;
      }
      seen.add(node);
      if (node.graph !== graph) wrong(node, 'does not know in which graph it stands');
      if (node.prev !== prev) wrong(node, 'has another predecessor than the list says');
      if (prev && !(prev.order < node.order)) wrong(node, 'does not come after its predecessor');
      prev = node;
    }
    if (graph.lastNode !== prev)
      this.findings.add('ssa/list', { graph }, 'the last node is not the end of the list');
    if (graph.nodeCount !== seen.size) {
      this.findings.add('ssa/list', { graph }, `it has ${seen.size} nodes, but counts ${graph.nodeCount}`);
    }
  }

  private uses(
    values: readonly (Value | undefined)[],
    uses: readonly (MutableUse | undefined)[],
    place: { readonly graph: Graph; readonly node?: Node },
  ): void {
    if (values.length !== uses.length) {
      this.findings.add(
        'ssa/uses',
        place,
        `${who(place)} has ${values.length} operands, but ${uses.length} uses`,
      );
    }
    values.forEach((value, index) => {
      const use = uses[index];
      if (value) {
        this.usesMet[value.id] = (this.usesMet[value.id] ?? 0) + 1;
        if (!this.read.has(value)) this.read.set(value, place);
      }
      if (!isUseOf(use, value, place, index)) {
        this.findings.add(
          'ssa/uses',
          { ...place, value },
          `${who(place)}: use ${index} does not say what it reads`,
        );
      }
    });
  }

  /** Compares what was met with what the values say. */
  finish(): void {
    for (const [value, place] of this.read) {
      if (this.values[value.id] === value) continue;
      this.findings.add(
        'ssa/scope',
        { ...place, value },
        `${who(place)} reads ${shown(value.name)}, which nothing defines`,
      );
    }
    for (const value of this.values) if (value) this.checkUses(value);
  }

  private checkUses(value: Value): void {
    const wrong = (what: string): void => {
      this.findings.add('ssa/uses', { value }, `value ${shown(value.name)} ${what}`);
    };
    let count = 0;
    let prev: MutableUse | undefined;
    for (let use = value.firstUse; use; use = use.next) {
      count += 1;
      if (count > value.useCount) break;
      if (use.prev !== prev) wrong('has a list of uses that is linked wrongly');
      if (use.value !== value || !this.isLive(use)) wrong('lists a use that is none');
      prev = use;
    }
    const met = this.usesMet[value.id] ?? 0;
    if (count !== value.useCount)
      wrong(`has ${count > value.useCount ? 'more' : 'fewer'} uses in its list than it counts`);
    if (met !== value.useCount) wrong(`is read ${met} times, but counts ${value.useCount} uses`);
  }

  private isLive(use: MutableUse): boolean {
    if (use.node) return this.nodes[use.node.id] === use.node && use.node.operandUses[use.index] === use;
    return use.graph !== undefined && this.graphs.has(use.graph) && use.graph.outputUses[use.index] === use;
  }
}

function isUseOf(
  use: MutableUse | undefined,
  value: Value | undefined,
  place: { readonly graph: Graph; readonly node?: Node },
  index: number,
): boolean {
  if (!use || !value) return use === value;
  const owner = place.node ? use.node === place.node && !use.graph : use.graph === place.graph && !use.node;
  return owner && use.value === value && use.index === index;
}

function who(place: Place): string {
  return place.node ? nodeWords(place.node) : 'its outputs';
}
