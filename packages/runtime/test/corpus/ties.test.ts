import { openModel } from '@refold/ir/node';
import { createSession, loadFastKernels, type NdArray, type NodeEvent, reals } from '@refold/runtime';
import { expect, test } from 'vitest';
import { type CorpusModel, publishedModels } from './models.ts';

// Tiers, and engines, differ on these models by far more than rounding errors. What makes that of them is a quantizer:
// an operand that lies in the middle between two codes, as near as float32 tells.

/** The numbers that a quantizer was given, in steps of its scale, and the codes that it made of them. */
interface Quantized {
  readonly steps: Float64Array;
  readonly codes: ArrayLike<number>;
}

/** What quantizers with one scale did, in the order in which they ran, by their results. Those of constants may not run. */
function quantizersOf(one: CorpusModel, tier: 'fast' | 'reference'): ReadonlyMap<string, Quantized> {
  const found = new Map<string, Quantized>();
  const onNode = ({ node, inputs, outputs }: NodeEvent): void => {
    const [x, scale] = inputs;
    const [y] = outputs;
    if (!node.is('QuantizeLinear') || x?.kind !== 'tensor' || scale?.kind !== 'tensor') return;
    if (y?.kind !== 'tensor' || scale.size !== 1) return;
    const [step = 1] = Array.from(reals(scale));
    const steps = Float64Array.from(reals(x), (v) => v / step);
    found.set(node.outputs[0]?.name ?? '', { steps, codes: codesOf(y) });
  };
  const [set] = one.sets();
  if (set) createSession(openModel(one.path), { tier }).run(set.feeds, { onNode });
  return found;
}

const codesOf = (y: NdArray): Float64Array => Float64Array.from(reals(y));

/** How far a number lies from the middle between two integers. */
const toTie = (x: number): number => Math.abs(Math.abs(x - Math.floor(x)) - 0.5);

/** The second one is large. */
const names = process.env.REFOLD_CORPUS ? ['ocr_cls_qdq', 'turn_smart_qdq'] : ['ocr_cls_qdq'];
const models = publishedModels().filter(({ name }) => names.includes(name));
await loadFastKernels();

test.skipIf(models.length === 0).each(models.map((one) => [one.name, one] as const))(
  'the first codes of %s on which tiers differ are neighbours, of numbers in the middle between them (needs ../shared)',
  (_, one) => {
    const [reference, fast] = [quantizersOf(one, 'reference'), quantizersOf(one, 'fast')];
    const differing = [...reference].map(([name, { steps, codes }]) => {
      const others = fast.get(name)?.codes ?? codes;
      return Array.from(codes).flatMap((code, i) =>
        code === others[i] ? [] : [{ tie: toTie(steps[i] as number), by: Math.abs(code - (others[i] ?? 0)) }],
      );
    });
    const first = differing.find((places) => places.length > 0) ?? [];
    expect(first.length).toBeGreaterThan(0);
    expect(Math.max(...first.map(({ by }) => by))).toBe(1);
    expect(Math.max(...first.map(({ tie }) => tie))).toBeLessThan(1e-5);
  },
);
