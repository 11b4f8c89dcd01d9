import { constantTensor, type Node, type Value } from '@refold/ir';
import type { Bits, BitsByName } from '../constraints/bits.ts';
import { operandsOf } from '../constraints/operands.ts';
import { settle } from '../settle.ts';
import type { Target } from '../targets/target.ts';
import { bitsOf } from '../theta/format.ts';
import { errorsWithout, type Subject } from './count-errors.ts';
import { type LayerError, layerErrors } from './layer-errors.ts';
import { leastCount } from './least-count.ts';
import type { OutputErrors } from './output-errors.ts';

/** Weights that get codes of 4 bits within a budget. */
export interface SmallWeights {
  readonly weights: readonly Value[];
  /** Their bits, and those that were asked for. */
  readonly bits: BitsByName;
  /** By how many bytes their codes are smaller. */
  readonly saved: number;
  /** Noise over signal of the worst output with them. */
  readonly after: number;
}

const SMALL: Bits = 4;
const noBits: BitsByName = new Map();

/** Whether the target has codes of 4 bits for weights. */
export function hasSmallWeights({ weights }: Target): boolean {
  return weights.types.some((type) => bitsOf(type) === SMALL);
}

/**
 * The weights that get codes of 4 bits, so that the model is smaller and noise over signal of every output still within a
 * budget: those that cost the outputs least for the bytes that they save, as many as there can be. Layers that share
 * weights get them together. What was asked for otherwise stays. The model is as before afterwards. Takes the errors of
 * layers twice, and log2 of the number of weights measurements on all samples.
 */
export function smallWeightsFor(subject: Subject, outputs: OutputErrors, budget: number): SmallWeights {
  const asked = subject.options?.bits ?? noBits;
  const withSmall = (weights: readonly Value[]): Subject => ({
    ...subject,
    options: {
      ...subject.options,
      bits: new Map([...asked, ...weights.map(({ name }) => [name, SMALL] as const)]),
    },
  });
  const candidates = weightsOf(subject, asked);
  const before = layerErrors(subject, outputs);
  const after = layerErrors(withSmall([...candidates.keys()]), outputs);
  const dearest = byPrice(candidates, before, after);
  const measure = (count: number): number =>
    errorsWithout(withSmall(dearest.slice(count)), outputs, new Set()).noiseToSignal;
  const least = leastCount(dearest.length, budget, measure);
  const weights = dearest.slice(least.count);
  return {
    weights,
    bits: withSmall(weights).options?.bits ?? noBits,
    saved: weights.reduce((sum, value) => sum + bytesSaved(value), 0),
    after: least.measure,
  };
}

/** Weights that may have fewer bits, and the nodes on codes that read them. */
function weightsOf(
  { model, target, statistics, options }: Subject,
  asked: BitsByName,
): ReadonlyMap<Value, readonly Node[]> {
  const { collected } = settle(model, target, statistics, options);
  const found = new Map<Value, Node[]>();
  for (const node of collected.quantized) {
    for (const { input } of operandsOf(node).weights ?? []) {
      const value = node.inputs[input];
      if (!value || !constantTensor(value) || asked.has(node.name) || asked.has(value.name)) continue;
      found.set(value, [...(found.get(value) ?? []), node]);
    }
  }
  return found;
}

/** Weights by what the outputs lose for each byte that is saved, the dearest first. */
function byPrice(
  candidates: ReadonlyMap<Value, readonly Node[]>,
  before: readonly LayerError[],
  after: readonly LayerError[],
): readonly Value[] {
  const lossOf = (errors: readonly LayerError[]): ReadonlyMap<Node, number> =>
    new Map(
      errors.flatMap(({ layer, noiseToSignal }) => [...layer.nodes].map((node) => [node, noiseToSignal])),
    );
  const [many, few] = [lossOf(before), lossOf(after)];
  const priced = [...candidates].map(([value, nodes]) => {
    const added = nodes.reduce(
      (sum, node) => sum + Math.max(0, (few.get(node) ?? 0) - (many.get(node) ?? 0)),
      0,
    );
    return { value, price: added / bytesSaved(value) };
  });
  priced.sort((a, b) => b.price - a.price || (a.value.name < b.value.name ? -1 : 1));
  return priced.map(({ value }) => value);
}

function bytesSaved(value: Value): number {
  return Math.floor((constantTensor(value)?.size ?? 0) / 2);
}
