import { constantTensor, type Model, type Node, RefoldError } from '@refold/ir';
import { MIXED_BITS } from '../constraints/bits.ts';
import { PREPARED_OPSET } from '../flow/clean.ts';
import { gather } from '../flow/gather.ts';
import {
  cleaned,
  type FloatLayer,
  floatLayers,
  type MethodOptions,
  type Sizes,
  ticker,
  written,
} from '../flow/method-run.ts';
import type { SampleOptions } from '../flow/options.ts';
import { countsByOperator } from '../flow/report.ts';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { collectorFor } from '../round/collector-for.ts';
import type { GramCollector } from '../round/gram.ts';
import type { WeightCodeType, WeightFormat, WeightOnlyOptions } from './options.ts';
import { quantizeWeights } from './weight-only.ts';

/** Bits of the codes of weights. */
export type WeightBits = 4 | 8;

export interface WeightQuantizationOptions
  extends Omit<WeightOnlyOptions, 'type' | 'grams'>,
    Omit<SampleOptions, 'statistics'>,
    MethodOptions {
  /** Bits of all codes; 4 when absent. */
  readonly bits?: WeightBits;
  /** Bits of others, by the name of a node, of its result, or of the weight. */
  readonly bitsByName?: ReadonlyMap<string, WeightBits>;
  /** Whether codes have no zero points; false when absent. */
  readonly symmetric?: boolean;
  /** The kernels that samples run on; `fast` when absent. */
  readonly tier?: 'reference' | 'fast';
  /** Threads that share the work of running samples, with the fast kernels; 1 when absent. */
  readonly threads?: number;
}

/** What quantizing weights did to a model, as data. */
export interface WeightQuantizationReport {
  readonly method: 'weights';
  readonly format: WeightFormat;
  readonly block: number;
  readonly weights: number;
  /** Samples by which weights were rounded. */
  readonly samples: number;
  /** Nodes whose weights are codes, by operator, the most frequent first. */
  readonly quantized: Readonly<Record<string, number>>;
  /** Products with weights that stay in floats. */
  readonly float: readonly FloatLayer[];
  /** Bytes of all constants. */
  readonly bytes: Sizes;
}

/**
 * Quantizes the weights of a model in place, from cleaning and fusing it to writing the nodes: see `quantizeWeights`.
 * With samples, weights are rounded so that the outputs of their layers change least on these.
 * @throws RefoldError where the opset cannot be raised; `usage/unknown-name` for bits of what is no layer;
 * `usage/data` for samples that hold NaN or infinities; `usage/aborted` when the signal fired.
 */
export async function weightQuantization(
  model: Model,
  options: WeightQuantizationOptions = {},
): Promise<WeightQuantizationReport> {
  const { format = 'qdq', block = 32 } = options;
  const editor = cleaned(model, format === 'qdq' ? MIXED_BITS : PREPARED_OPSET, options);
  const types = new TypesByName(options);
  types.requireKnown(model);
  const seen = options.samples && (await momentsOf(model, options));
  const grams = seen && ((layer: LinearLayer) => seen.grams.of(layer));
  const typed = { ...options, type: (node: Node) => types.of(node), ...(grams ? { grams } : {}) };
  const { weights, quantized, float, bytes } = written(editor, options, () => quantizeWeights(editor, typed));
  return {
    method: 'weights',
    format,
    block,
    weights,
    samples: seen?.samples ?? 0,
    quantized: countsByOperator(quantized),
    float: floatLayers(float),
    bytes,
  };
}

async function momentsOf(
  model: Model,
  options: WeightQuantizationOptions,
): Promise<{ readonly grams: GramCollector; readonly samples: number }> {
  const grams = collectorFor(model.graph.nodes(), true, () => undefined);
  const { tier = 'fast', threads } = options;
  const watching = { tier, threads, onNode: grams.see.bind(grams) };
  const { statistics } = await gather(model, new Map(), options, watching, ticker(options.signal));
  return { grams, samples: statistics.samples };
}

/** The types of codes of nodes. */
class TypesByName {
  private readonly options: WeightQuantizationOptions;

  constructor(options: WeightQuantizationOptions) {
    this.options = options;
  }

  of(node: Node): WeightCodeType {
    const { bits = 4, bitsByName = new Map<string, WeightBits>(), symmetric = false } = this.options;
    const own = namesOf(node).find((name) => bitsByName.has(name));
    const found = (own === undefined ? undefined : bitsByName.get(own)) ?? bits;
    return symmetric ? `int${found}` : `uint${found}`;
  }

  requireKnown(model: Model): void {
    const names = new Set(this.options.bitsByName?.keys());
    if (names.size === 0) return;
    for (const graph of model.graphs())
      for (const node of graph.nodes()) for (const name of namesOf(node)) names.delete(name);
    const [unknown] = names;
    if (unknown === undefined) return;
    const hint = 'names are those of the prepared model: see refold show';
    throw new RefoldError('usage/unknown-name', `there is no layer or weight '${unknown}'`, {}, hint);
  }
}

/** Names by which bits are asked for. */
function namesOf(node: Node): readonly string[] {
  const weights = node.inputs.filter((v) => v !== undefined && constantTensor(v) !== undefined);
  const names = [...node.outputs, ...weights].flatMap((v) => v?.name ?? []);
  return [node.name, ...names].filter((name) => name !== '');
}
