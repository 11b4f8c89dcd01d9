import {
  constantTensor,
  type Graph,
  ModelError,
  type Node,
  OpContext,
  type Tensor,
  type Value,
} from '@refold/ir';
import type { Kernel } from '../kernels/kernel.ts';
import { captures } from '../plan/captures.ts';
import { planNode } from '../plan/plan.ts';
import { Frame } from '../run/frame.ts';
import { Interpreter, type Values } from '../run/interpreter.ts';
import { ValueFacts } from '../run/operand-facts.ts';
import { newProgram } from '../session/session.ts';
import { ndFromTensor, tensorFromNd } from '../tensor/codec.ts';
import type { NdArray } from '../tensor/nd-array.ts';
import { isDeterministic } from './deterministic.ts';
import { hasNonFinite, hazardOf } from './hazards.ts';

/** Why a node is not evaluated. */
export type Refusal =
  /** It may give other results in each run. */
  | 'random'
  /** No kernel, a result that is not a tensor, or an operand that is not constant. */
  | 'unsupported'
  /** It takes more memory or time than allowed. */
  | 'limit'
  /** ONNX leaves the result open, or engines disagree on it. */
  | 'engine-dependent'
  /** An infinity or NaN that came from finite numbers. */
  | 'non-finite'
  /** It fails on these operands, as it would at run time. */
  | 'invalid';

/** The results of a node, or why it has none. */
export type Evaluation =
  | { readonly kind: 'done'; readonly outputs: readonly (Tensor | undefined)[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: string };

/** Options of `evaluateNode`. */
export interface EvaluateOptions {
  /** Bytes that results and what is between may take; 256 MiB when absent. */
  readonly memoryLimit?: number | undefined;
  /** Milliseconds; 10 seconds when absent. */
  readonly timeLimit?: number | undefined;
  /** Whether infinities and NaNs may come from finite operands; false when absent. */
  readonly allowNonFinite?: boolean | undefined;
  /** Data of the values that nested graphs read from around; `constantTensor` when absent. */
  readonly constantOf?: ((value: Value) => Tensor | undefined) | undefined;
  readonly kernels?: readonly Kernel[] | undefined;
}

const MEMORY_LIMIT: number = 256 * 2 ** 20;
const TIME_LIMIT = 10_000;

/**
 * Computes the results of one node from constant operands, if they are the same on every engine: for
 * constant folding. Calls of functions and nodes with nested graphs are evaluated too, when everything
 * that they read is constant. Never throws for reasons that lie in the model.
 */
export function evaluateNode(
  node: Node,
  operands: readonly (Tensor | undefined)[],
  options: EvaluateOptions = {},
): Evaluation {
  const { graph } = node;
  if (!graph) return refused('unsupported', 'the node is not part of a graph');
  if (!isDeterministic(node)) return refused('random', `${node.op} may give other results in each run`);
  try {
    return evaluate(node, graph, operands, options);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const limit = error.code === 'model/limit';
    return refused(
      limit ? 'limit' : error.code === 'model/unsupported' ? 'unsupported' : 'invalid',
      error.message,
    );
  }
}

function evaluate(
  node: Node,
  graph: Graph,
  operands: readonly (Tensor | undefined)[],
  options: EvaluateOptions,
): Evaluation {
  const program = newProgram(options.kernels);
  const memoryLimit = options.memoryLimit ?? MEMORY_LIMIT;
  let hazard: string | undefined;
  const run = new Interpreter(program, {
    memoryLimit,
    timeLimit: options.timeLimit ?? TIME_LIMIT,
    // Nodes of nested graphs and function bodies have operands only once they run.
    onNode: (event) => {
      hazard ??= hazardOf(event.node, event.inputs, event.op);
    },
  });
  const frame = frameOf(graph, run);
  const { constantOf = constantTensor } = options;
  for (const value of captures(node)) {
    const tensor = constantOf(value);
    if (!tensor) return refused('unsupported', `a nested graph reads ${value.name}, which is not constant`);
    frame.of(value.graph)?.bind(value, ndFromTensor(tensor));
  }
  const step = planNode(node, graph, program.kernels);
  const inputs = operands.map((tensor) => tensor && ndFromTensor(tensor));
  const op = new OpContext(node, step.schema, new ValueFacts(inputs));
  hazard = hazardOf(node, inputs, op);
  if (hazard !== undefined) return refused('engine-dependent', hazard);
  const results = run.execute(step, op, inputs, frame);
  if (hazard !== undefined) return refused('engine-dependent', hazard);

  const arrays = onlyTensors(results);
  if (!arrays) return refused('unsupported', 'a result is not a tensor');
  const outputs = arrays.map((array) => array && tensorFromNd(array));
  const bytes = outputs.reduce((sum, tensor) => sum + (tensor?.byteLength ?? 0), 0);
  if (bytes > memoryLimit) return refused('limit', `the results take ${bytes} bytes`);
  const finite = (): boolean => !inputs.some((a) => a && hasNonFinite(a)) && !hasNonFiniteAttribute(node);
  if (options.allowNonFinite !== true && arrays.some((a) => a && hasNonFinite(a)) && finite()) {
    return refused('non-finite', 'finite operands give an infinity or NaN');
  }
  return { kind: 'done', outputs };
}

/** An empty frame for a graph, with one for each graph around it. */
function frameOf(graph: Graph, run: Interpreter): Frame {
  const around: Graph[] = [];
  for (let g: Graph | undefined = graph; g; g = g.outer) around.push(g);
  let frame: Frame | undefined;
  for (const g of around.reverse()) frame = new Frame(g, run.ledger, frame, frame);
  return frame ?? new Frame(graph, run.ledger);
}

function refused(refusal: Refusal, reason: string): Evaluation {
  return { kind: 'refused', refusal, reason };
}

function onlyTensors(values: Values): readonly (NdArray | undefined)[] | undefined {
  const arrays: (NdArray | undefined)[] = [];
  for (const value of values) {
    if (value && value.kind !== 'tensor') return undefined;
    arrays.push(value);
  }
  return arrays;
}

/** Whether the node itself writes an infinity or NaN down, as ConstantOfShape does for masks. */
function hasNonFiniteAttribute(node: Node): boolean {
  for (const a of node.attributes.values()) {
    if (a.type === 'float' && !Number.isFinite(a.value)) return true;
    if (a.type === 'floats' && !a.value.every(Number.isFinite)) return true;
    if (a.type === 'tensor' && !a.value.strings && hasNonFinite(ndFromTensor(a.value))) return true;
  }
  return false;
}
