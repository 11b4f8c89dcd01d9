import { type Model, RefoldError } from '@refold/ir';
import { openModel } from '@refold/ir/node';
import { createSession, type NdValue, type SessionOptions, toleranceFor } from '@refold/runtime';
import { compareOutputs } from '../../src/compare/end-to-end.ts';
import type { InputSet } from '../../src/compare/input-sets.ts';
import { movement } from '../../src/compare/unsteadiness.ts';
import type { CorpusModel } from './models.ts';

type Tier = NonNullable<SessionOptions['tier']>;

/** What came of a set of inputs on one of our tiers. */
export interface Outcome {
  readonly model: CorpusModel;
  readonly set: string;
  readonly tier: Tier;
  /** The largest distance of an output, as a share of its largest element. */
  readonly distance: number;
  /** Processor seconds of the run. */
  readonly seconds: number;
  /** Outputs that are as unsteady under one rounding step of inputs or weights, so that they are compared loosely. */
  readonly loosely: readonly string[];
  /** What is different; empty when the outputs agree within the tolerance of their types. */
  readonly differences: readonly string[];
}

/** Runs a model on all of its sets on a tier, and compares with what is wanted. */
export function judge(one: CorpusModel, tier: Tier): readonly Outcome[] {
  const sets = one.sets();
  if (sets.length === 0) return [];
  const model = openModel(one.path);
  const session = createSession(model, { tier });
  return sets.map((set) => {
    const start = process.cpuUsage();
    try {
      const got = session.run(set.feeds);
      const { user, system } = process.cpuUsage(start);
      return { model: one, tier, seconds: (user + system) / 1e6, ...compare(model, set, got, tier) };
    } catch (error) {
      if (!(error instanceof RefoldError)) throw error;
      const outcome = { model: one, set: set.label, tier, seconds: 0, loosely: [] };
      return { ...outcome, distance: Number.POSITIVE_INFINITY, differences: [error.message] };
    }
  });
}

function compare(
  model: Model,
  { label, feeds, outputs: wanted }: InputSet,
  got: ReadonlyMap<string, NdValue>,
  tier: Tier,
): Pick<Outcome, 'set' | 'distance' | 'loosely' | 'differences'> {
  // How unsteady the model is by itself, our runs tell.
  const outputs = new Map([...got].filter(([name]) => wanted.has(name)));
  const loosely: string[] = [];
  const tolerance = toleranceFor(model);
  const found = compareOutputs(model, { label, feeds, outputs }, wanted, tolerance, { tier }, loosely);
  const missing = [...wanted.keys()].filter((name) => !got.has(name));
  const differences = [...missing.map((name) => `${name} is missing`), ...found.map((f) => f.message)];
  let distance = 0;
  for (const [name, want] of wanted) {
    const own = got.get(name);
    if (own) distance = Math.max(distance, movement(want, own));
  }
  return { set: label, distance, loosely, differences };
}
