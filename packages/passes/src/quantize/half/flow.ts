import { dtypeOf, type Model, type Value } from '@refold/ir';
import { PREPARED_OPSET } from '../flow/clean.ts';
import { gather } from '../flow/gather.ts';
import { cleaned, type MethodOptions, resultName, type Sizes, ticker, written } from '../flow/method-run.ts';
import type { SampleOptions } from '../flow/options.ts';
import { countsByOperator } from '../flow/report.ts';
import { convertToHalf, type HalfOptions } from './convert.ts';
import type { HalfType } from './half-type.ts';
import type { KeepReason } from './variables.ts';

/** The first opset with bfloat16 in `Conv`, pooling and others. */
const BFLOAT16_OPSET = 22;

export interface HalfConversionOptions
  extends Omit<HalfOptions, 'seen'>,
    Omit<SampleOptions, 'statistics'>,
    MethodOptions {
  /** The kernels that samples run on; `fast` when absent. */
  readonly tier?: 'reference' | 'fast';
}

/** What converting to 16 bits did to a model, as data. */
export interface HalfConversionReport {
  readonly to: HalfType;
  /** Samples by which it was decided what fits. */
  readonly samples: number;
  /** Nodes that compute with 16 bits, by operator, the most frequent first. */
  readonly converted: Readonly<Record<string, number>>;
  /** Nodes that stay in float32, by the name of their result, and why. */
  readonly kept: readonly {
    readonly node: string;
    readonly operator: string;
    readonly reason: KeepReason;
  }[];
  readonly casts: number;
  readonly constants: number;
  /** Bytes of all constants. */
  readonly bytes: Sizes;
}

/**
 * Converts a model to floats of 16 bits in place, from cleaning and fusing it to writing the casts: see
 * `convertToHalf`. With samples, what leaves the range of the type on them stays in float32.
 * @throws RefoldError where the opset cannot be raised; `usage/data` for samples that hold NaN or infinities;
 * `usage/aborted` when the signal fired.
 */
export async function halfConversion(
  model: Model,
  options: HalfConversionOptions = {},
): Promise<HalfConversionReport> {
  const { to = 'float16', tier = 'fast', samples, signal } = options;
  const editor = cleaned(model, to === 'bfloat16' ? BFLOAT16_OPSET : PREPARED_OPSET, options);
  const seen = samples && (await gather(model, floatValues(model), options, { tier }, ticker(signal)));
  const histograms = seen?.statistics.values;
  const seenOf = histograms && ((value: Value) => histograms.get(keyOf(value)));
  const { converted, kept, casts, constants, bytes } = written(editor, options, () =>
    convertToHalf(editor, { ...options, ...(seenOf ? { seen: seenOf } : {}) }),
  );
  return {
    to,
    samples: seen?.statistics.samples ?? 0,
    converted: countsByOperator(converted),
    kept: kept.map(({ node, reason }) => ({ node: resultName(node), operator: node.opType, reason })),
    casts,
    constants,
    bytes,
  };
}

/** All values that are float32, by a key: names may occur in several nested graphs. */
function floatValues(model: Model): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  const add = (value: Value | undefined): void => {
    if (value && dtypeOf(value) === 'float32') found.set(keyOf(value), value);
  };
  for (const graph of model.graphs()) {
    if (graph.inFunction) continue;
    graph.inputs.forEach(add);
    for (const node of graph.nodes()) node.outputs.forEach(add);
  }
  return found;
}

function keyOf(value: Value): string {
  return String(value.id);
}
