import { type DType, newestOpset } from '@refold/ir';
import fc from 'fast-check';
import { generators, OLDEST_OPSET } from '../operators/table.ts';
import { type GeneratedModel, generated } from './generated.ts';
import { buildOptions, type ModelOptions } from './options.ts';
import { PlanArbitrary } from './plan-arbitrary.ts';
import { plans } from './plans.ts';

/** Options of `graphs`. */
export interface GraphOptions extends ModelOptions {
  /** Nodes, roughly: at most so many, or least and most; 1 to 12 when absent. */
  readonly size?: number | readonly [number, number] | undefined;
  /** How deep graphs of If, Loop, Scan and SequenceMap are nested; 2 when absent, 0 or false for none. */
  readonly nested?: number | boolean | undefined;
  /** Whether models have functions of their own, and call them; true when absent. */
  readonly functions?: boolean | undefined;
  /** Operators of nested graphs and of functions; `ops` when absent. */
  readonly innerOps?: readonly string[] | undefined;
}

const usualTypes: readonly DType[] = [
  ...(['float32', 'float64', 'float16', 'int8', 'uint8', 'int32', 'int64', 'bool', 'string'] as const),
];

/**
 * Whole models of random nodes that read each other's results. They shrink by dropping nodes, wherever these
 * stand, and by simplifying attributes and operands of those that stay; every smaller model is valid too.
 */
export function graphs(options: GraphOptions = {}): fc.Arbitrary<GeneratedModel> {
  const { opset, size = 12, nested = 2, functions = true } = options;
  const ops = (options.ops ?? [...generators.keys()]).filter((op) => generators.has(op));
  if (ops.length === 0) throw new Error('the kit makes no nodes of these operators');
  const build = buildOptions(options, usualTypes);
  const drawn = fc.record({
    opset: typeof opset === 'number' ? fc.constant(opset) : fc.constantFrom(...(opset ?? allOpsets())),
    steps: plans({
      ops,
      size: typeof size === 'number' ? [1, size] : size,
      nested: Number(nested === true ? 2 : nested),
      functions,
      innerOps: options.innerOps?.filter((op) => generators.has(op)) ?? ops,
    }),
    shown: fc.array(fc.nat({ max: 0xff }), { maxLength: 8 }),
  });
  return new PlanArbitrary(drawn).map((plan) => generated(plan, build));
}

function allOpsets(): readonly number[] {
  return Array.from({ length: newestOpset() - OLDEST_OPSET + 1 }, (_, i) => OLDEST_OPSET + i);
}
