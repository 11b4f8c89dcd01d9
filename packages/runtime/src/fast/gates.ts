import type { Value } from '@refold/ir';
import { floatsOf, type Surroundings } from './site.ts';
import type { TracedStep } from './trace.ts';
import { type UnaryCall, unaryCall } from './unary.ts';

/** Steps that together apply one function to a value that nothing else reads. */
export interface Gate {
  /** In order; the result of the last one is that of the function. */
  readonly steps: readonly TracedStep[];
  readonly call: UnaryCall;
}

/** A function of `x` that is written as several nodes, the first and another one of which read `x`. */
export function gateOf(around: Surroundings, x: Value): Gate | undefined {
  const readers = around.readers(x);
  if (readers.length !== 2) return undefined;
  return sigmoidGate(around, x, readers) ?? erfGate(around, x, readers);
}

/** x · Sigmoid(x) and x · HardSigmoid(x). */
function sigmoidGate(around: Surroundings, x: Value, readers: readonly TracedStep[]): Gate | undefined {
  const first = readers.find(({ op }) => op.node.is('Sigmoid') || op.node.is('HardSigmoid'));
  const last = first && productWith(around, x, readers, first);
  if (!first || !last) return undefined;
  const steps = [first, last];
  if (first.op.node.is('Sigmoid')) return { steps, call: unaryCall('silu', 1) };
  const slope = Math.fround(1 / 6);
  if (first.op.float('alpha') !== slope || first.op.float('beta') !== 0.5) return undefined;
  return { steps, call: unaryCall('hardSwish') };
}

/** Gelu as exporters write it: x · (1 + Erf(x / √2)) · ½. */
function erfGate(around: Surroundings, x: Value, readers: readonly TracedStep[]): Gate | undefined {
  const scaled = readers.find((reader) => {
    const factor = numberBeside(around, reader, x);
    const quotient = reader.op.node.is('Div') && reader.op.node.inputs[0] === x;
    return (quotient && factor === ROOT) || (reader.op.node.is('Mul') && factor === INVERSE);
  });
  const erf = scaled && next(around, scaled, 'Erf');
  const sum = erf && next(around, erf, 'Add');
  if (!scaled || !erf || !sum || numberBeside(around, sum, resultOf(erf)) !== 1) return undefined;
  const product = productWith(around, x, readers, sum, scaled);
  const half = product && next(around, product, 'Mul');
  if (!product || !half || numberBeside(around, half, resultOf(product)) !== 0.5) return undefined;
  return { steps: [scaled, erf, sum, product, half], call: unaryCall('gelu', Number.NEGATIVE_INFINITY) };
}

const ROOT: number = Math.fround(Math.SQRT2);
const INVERSE: number = Math.fround(Math.SQRT1_2);

function resultOf({ step }: TracedStep): Value | undefined {
  return step.results[0];
}

/** The only reader of a step's result, if it is of that operator. */
function next(around: Surroundings, step: TracedStep, name: string): TracedStep | undefined {
  const result = resultOf(step);
  const reader = result && around.onlyReader(result);
  return reader?.op.node.is(name) ? reader : undefined;
}

/** The reader of `x` other than `start` that multiplies it with the result of `factor`, which nothing else reads. */
function productWith(
  around: Surroundings,
  x: Value,
  readers: readonly TracedStep[],
  factor: TracedStep,
  start: TracedStep = factor,
): TracedStep | undefined {
  const product = next(around, factor, 'Mul');
  const other = readers.find((reader) => reader !== start);
  return product && product === other && product.op.node.inputs.includes(x) ? product : undefined;
}

/** The constant number that a step combines a value with. */
function numberBeside(
  around: Surroundings,
  { op }: TracedStep,
  value: Value | undefined,
): number | undefined {
  const other = op.node.inputs.find((input) => input !== value);
  const data = other && floatsOf(around.storage, other);
  const rank = other && around.storage.dimsIfKnown(other)?.length;
  return data?.length === 1 && (rank ?? 0) <= (op.rank(0) ?? 0) ? data[0] : undefined;
}
