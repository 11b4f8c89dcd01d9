import { type Model, printDim, type Value } from '@refold/ir';
import type { OpsetReport, RunReport } from '@refold/passes';

/** Figures of one model. Nodes of nested graphs and function bodies count; `Constant` nodes count apart. */
export interface ModelFigures {
  readonly irVersion: number;
  /** Domain to version; the standard domain is `ai.onnx`. */
  readonly opsets: Readonly<Record<string, number>>;
  readonly nodes: number;
  readonly constants: number;
  readonly initializers: number;
  /** Bytes of all initializers. */
  readonly weightBytes: number;
  /** Size of the file, external data included; absent when nothing was written or read. */
  readonly bytes?: number;
  /** Operator to number of nodes. */
  readonly operators: Readonly<Record<string, number>>;
}

/** The outcome of `--check`. */
export interface CheckReport {
  readonly sets: number;
  /** `unverified`: the runtime could not run the original on any inputs that were tried. */
  readonly verdict: 'equal' | 'unverified';
  readonly notes: readonly string[];
}

/** Everything that a run did, as data; `docs/report.schema.json` is its JSON Schema. */
export interface SimplifyReport {
  readonly tool: 'refold';
  readonly version: string;
  readonly input: ModelFigures;
  readonly output: ModelFigures;
  readonly passes: RunReport['passes'];
  readonly rounds: number;
  /** Nodes at which rules looked for matches. */
  readonly visits: number;
  readonly stopped: RunReport['stopped'];
  /** Nodes that cannot work, as far as inference sees, one sentence each. */
  readonly warnings: readonly string[];
  /** There when the opset was to be raised. */
  readonly opset?: OpsetReport;
  readonly check?: CheckReport;
  readonly milliseconds: Readonly<Record<'read' | 'simplify' | 'check' | 'write', number>>;
}

/** Counts what is in a model. Linear. */
export function figuresOf(model: Model, bytes?: number): ModelFigures {
  const operators = new Map<string, number>();
  let nodes = 0;
  let constants = 0;
  let initializers = 0;
  let weightBytes = 0;
  for (const graph of model.graphs()) {
    for (const value of [...graph.initializers, ...graph.inputs]) {
      const size = sizeOf(value);
      if (size === undefined) continue;
      initializers += 1;
      weightBytes += size;
    }
    for (const node of graph.nodes()) {
      operators.set(node.op, (operators.get(node.op) ?? 0) + 1);
      if (node.is('Constant')) constants += 1;
      else nodes += 1;
    }
  }
  const sorted = [...operators].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return {
    irVersion: model.irVersion,
    opsets: Object.fromEntries([...model.opsets].map(([d, v]) => [d === '' ? 'ai.onnx' : d, v])),
    nodes,
    constants,
    initializers,
    weightBytes,
    ...(bytes === undefined ? {} : { bytes }),
    operators: Object.fromEntries(sorted),
  };
}

function sizeOf(value: Value): number | undefined {
  if (value.tensor) return value.tensor.byteLength;
  if (value.sparse) return value.sparse.values.byteLength + value.sparse.indices.byteLength;
  return undefined;
}

/** A value as `name: float32[N, 3]`, for people. */
export function describeValue(value: Value): string {
  const type = value.type ?? value.declared;
  if (!type) return value.name;
  if (type.kind !== 'tensor') return `${value.name}: ${type.kind}`;
  return `${value.name}: ${type.dtype}${type.shape ? `[${type.shape.map(printDim).join(', ')}]` : '[...]'}`;
}
