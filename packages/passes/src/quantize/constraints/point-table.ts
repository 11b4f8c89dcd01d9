import { dtypeOf, type Graph, type Node, type Value } from '@refold/ir';
import type { Point } from '../classes/constraint.ts';

export interface OperandPoint {
  readonly point: Point;
  readonly node: Node;
  readonly input: number;
}

/** Points of a model with what they stand for. */
export class PointTable {
  /** The operands of which there are points. */
  readonly operands: OperandPoint[] = [];
  readonly points: Point[] = [];
  private readonly valueByKey = new Map<string, Value>();
  private readonly valueKeys = new Map<Value, string>();
  private readonly definitions = new Map<Value, Point>();
  private readonly uses = new Map<Node, Map<number, Point>>();
  private readonly prefixes = new Map<Graph, string>();

  /** The values of which there are points, by key. */
  values(): ReadonlyMap<string, Value> {
    return this.valueByKey;
  }

  /** The value of which this is a point. */
  valueOf(point: Point): Value | undefined {
    return this.valueByKey.get(point.value);
  }

  /** The point at which a value is defined; undefined unless it is a float32 tensor. */
  definition(value: Value | undefined): Point | undefined {
    if (!value || dtypeOf(value) !== 'float32') return undefined;
    const known = this.definitions.get(value);
    if (known) return known;
    const key = this.keyOf(value);
    const point = { key, value: key };
    this.definitions.set(value, point);
    this.valueByKey.set(key, value);
    this.points.push(point);
    return point;
  }

  /** The point of an operand; undefined unless it is a float32 tensor. */
  use(node: Node, input: number): Point | undefined {
    const known = this.uses.get(node)?.get(input);
    if (known) return known;
    const definition = this.definition(node.inputs[input]);
    if (!definition) return undefined;
    const at = this.nodeKey(node);
    const point = {
      key: `${definition.value} => ${at}[${input}]`,
      value: definition.value,
      use: { node: at, input },
    };
    const ofNode = this.uses.get(node);
    if (ofNode) ofNode.set(input, point);
    else this.uses.set(node, new Map([[input, point]]));
    this.points.push(point);
    this.operands.push({ point, node, input });
    return point;
  }

  /** The name of a value, behind those of the nodes in whose graphs it is. */
  keyOf(value: Value): string {
    const known = this.valueKeys.get(value);
    if (known !== undefined) return known;
    const key = ((value.graph ?? value.producer?.graph) ? this.prefixOf(value) : '') + escaped(value.name);
    this.valueKeys.set(value, key);
    return key;
  }

  /** A node by its first result: names of nodes need not be unique. */
  nodeKey(node: Node): string {
    const result = node.outputs.find((o) => o !== undefined);
    return result ? this.keyOf(result) : escaped(node.label);
  }

  private prefixOf(value: Value): string {
    let graph = value.graph ?? value.producer?.graph;
    const inner: Graph[] = [];
    while (graph && !this.prefixes.has(graph)) {
      inner.push(graph);
      graph = graph.outer;
    }
    let prefix = (graph && this.prefixes.get(graph)) ?? '';
    for (const next of inner.reverse()) {
      prefix += stepInto(next);
      this.prefixes.set(next, prefix);
    }
    return prefix;
  }
}

function stepInto(graph: Graph): string {
  if (graph.owner?.kind !== 'node') return '';
  const { node } = graph.owner;
  for (const [name, attribute] of node.attributes) {
    if (attribute.type === 'graph' && attribute.value === graph) {
      return `${escaped(node.outputs.find((o) => o !== undefined)?.name ?? node.label)}.${name} -> `;
    }
  }
  return `${escaped(node.label)} -> `;
}

/** Names may hold anything, also what keys are put together with. */
function escaped(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll(' -> ', '\\ -> ').replaceAll(' => ', '\\ => ');
}
