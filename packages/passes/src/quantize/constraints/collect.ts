import type { Model, Node } from '@refold/ir';
import type { Constraint } from '../classes/constraint.ts';
import type { Diagnostic } from '../classes/diagnostic.ts';
import type { Target } from '../targets/target.ts';
import type { Theta } from '../theta/theta.ts';
import type { BitsByName } from './bits.ts';
import { Collector } from './collector.ts';
import { dispatch } from './dispatch.ts';
import { type Island, withoutIslands } from './islands.ts';
import type { PointTable } from './point-table.ts';
import { valueFlow } from './value-flow.ts';

/** What constraints are collected with; values and nodes have the names by which `PointTable` knows them. */
export interface CollectOptions {
  /** Nodes that stay in floats. */
  readonly keep?: (node: Node) => boolean;
  /** Names of an input and an output of the main graph that are one state, from call to call. */
  readonly state?: readonly (readonly [input: string, output: string])[];
  /** Scales by names of values; each binds the whole class. */
  readonly overrides?: ReadonlyMap<string, Theta>;
  /** Bits of codes, by names: see {@link requireBits}. */
  readonly bits?: BitsByName;
}

/** Points and constraints of a model for a target. */
export interface Collected {
  readonly table: PointTable;
  readonly constraints: readonly Constraint[];
  /** Nodes that run on codes. */
  readonly quantized: ReadonlySet<Node>;
  /** What stays on floats because of what stands between codes. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads what a target demands off the nodes of a model, of which types must have been inferred. Bodies of functions
 * are left alone, as are calls: inline them first. What one node demands depends on that node and the target alone.
 */
export function collectConstraints(model: Model, target: Target, options: CollectOptions = {}): Collected {
  const nodes = nodesOf(model);
  const able = dispatch(nodes, target, options.keep ?? (() => false));
  const { onCodes: quantized, islands } = target.floatIslands
    ? { onCodes: able, islands: [] }
    : withoutIslands(valueFlow(nodes), able);
  const collector = new Collector(target, quantized, options.bits ?? new Map());
  for (const node of nodes) collector.visit(node);
  collector.excludeFillings(nodes);
  for (const [input, output] of options.state ?? []) collector.tieState(model.graph, input, output);
  collector.bindValues(options.overrides ?? new Map());
  const { table, constraints } = collector;
  const diagnostics = islands.map(({ node, side }) => islandDiagnostic(node, side, table.nodeKey(node)));
  return { table, constraints, quantized, diagnostics };
}

function islandDiagnostic({ opType }: Node, side: Island['side'], at: string): Diagnostic {
  const message = `'${at}' (${opType}) stays on floats, and with it all ${side} it: no floats may stand between codes`;
  return { code: 'island', at, message, origins: [{ rule: 'no-islands', at }] };
}

/** Nodes of the main graph and of graphs nested in it, definitions before uses, outer graphs first. */
function nodesOf(model: Model): readonly Node[] {
  const found: Node[] = [];
  for (const graph of model.graphs()) if (!graph.inFunction) found.push(...graph.nodes());
  return found;
}
