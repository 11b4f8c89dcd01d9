import type { Model, Node } from '@refold/ir';
import type { Constraint } from '../classes/constraint.ts';
import type { Target } from '../targets/target.ts';
import type { Theta } from '../theta/theta.ts';
import { Collector } from './collector.ts';
import { dispatch } from './dispatch.ts';
import type { PointTable } from './point-table.ts';

export interface CollectOptions {
  /** Nodes that stay in floats. */
  readonly keep?: (node: Node) => boolean;
  /** Names of an input and an output of the main graph that are one state, from call to call. */
  readonly state?: readonly (readonly [input: string, output: string])[];
  /** Scales by names of values; each binds the whole class. */
  readonly overrides?: ReadonlyMap<string, Theta>;
}

/** Points and constraints of a model for a target. */
export interface Collected {
  readonly table: PointTable;
  readonly constraints: readonly Constraint[];
  /** Nodes that run on codes. */
  readonly quantized: ReadonlySet<Node>;
}

/**
 * Reads what a target demands off the nodes of a model, of which types must have been inferred. Bodies of functions
 * are left alone, as are calls: inline them first. What one node demands depends on that node and the target alone.
 */
export function collectConstraints(model: Model, target: Target, options: CollectOptions = {}): Collected {
  const nodes = nodesOf(model);
  const quantized = dispatch(nodes, target, options.keep ?? (() => false));
  const collector = new Collector(target, quantized);
  for (const node of nodes) collector.visit(node);
  collector.excludeFillings(nodes);
  for (const [input, output] of options.state ?? []) collector.tieState(model.graph, input, output);
  collector.bindValues(options.overrides ?? new Map());
  return { table: collector.table, constraints: collector.constraints, quantized };
}

/** Nodes of the main graph and of graphs nested in it, definitions before uses, outer graphs first. */
function nodesOf(model: Model): readonly Node[] {
  const found: Node[] = [];
  for (const graph of model.graphs()) if (!graph.inFunction) found.push(...graph.nodes());
  return found;
}
