import type { Where } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import { shown } from '../onnx/shown.ts';

/**
 * What can be wrong with a model. `ssa/` findings are broken promises of the tables themselves, which no
 * file can cause; the others break rules of ONNX.
 */
export type FindingCode =
  | 'ssa/definition'
  | 'ssa/uses'
  | 'ssa/list'
  | 'ssa/scope'
  | 'name/interface'
  | 'name/duplicate'
  | 'op/name'
  | 'op/unknown'
  | 'op/opset'
  | 'op/arity'
  | 'op/attribute'
  | 'type/operand'
  | 'type/data'
  | 'type/output'
  | 'function/initializer'
  | 'function/recursion'
  | 'function/reference';

/** One thing that is wrong with a model. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: 'error';
  readonly where: Where;
  /** A sentence that names the graph, the node and the value. */
  readonly message: string;
}

/** Where something was found. */
export interface Place {
  readonly graph?: Graph | undefined;
  readonly node?: Node | undefined;
  readonly value?: Value | undefined;
}

/** Collects findings, up to a limit. */
export class Findings {
  readonly found: Finding[] = [];
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isFull(): boolean {
    return this.found.length >= this.limit;
  }

  add(code: FindingCode, place: Place, message: string): void {
    if (this.isFull) return;
    const { node, value } = place;
    const graph = place.graph ?? node?.graph ?? value?.graph;
    const where = { graph: graph && pathOf(graph), node: node?.label, op: node?.op, value: value?.name };
    this.found.push({ code, severity: 'error', where, message: `${inGraph(graph)}${message}` });
  }
}

function inGraph(graph: Graph | undefined): string {
  return graph ? `graph ${shown(pathOf(graph))}: ` : '';
}

/** A node as messages call it. */
export function nodeWords(node: Node): string {
  return `node ${shown(node.label)} (${shown(node.op).slice(1, -1)})`;
}

/** How many names of graphs around one are shown. */
const MAX_PATH = 8;

/** Names of graphs from the outermost one to the one meant. */
function pathOf(graph: Graph): string {
  const names: string[] = [];
  for (let at: Graph | undefined = graph; at; at = at.outer) {
    if (names.length === MAX_PATH) {
      names.push('...');
      break;
    }
    names.push(at.name);
  }
  return names.reverse().join('/');
}
