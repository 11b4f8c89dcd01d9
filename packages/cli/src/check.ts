import { type Model, RefoldError } from '@refold/ir';
import { type CheckOptions, checkEquivalent, compareModels } from '@refold/runtime';
import type { SimplifyOptions } from './options.ts';
import type { CheckReport } from './report/report.ts';

/**
 * Runs original and result on seeded inputs and compares: with the fast kernels, and with the reference ones, which
 * decide, where these see a difference or do not run. Throws `check/different` when they differ.
 */
export function checkResult(
  original: Model,
  result: Model,
  sets: number,
  options: SimplifyOptions,
): CheckReport {
  const how: How = {
    sets,
    seed: options.seed ?? 0,
    shapes: shapesByName(original, options.checkShapes),
    ...(options.tolerance ? { tolerance: options.tolerance } : {}),
    session: options.signal ? { signal: options.signal } : {},
  };
  const fast = checkEquivalent(original, result, { ...how, session: { ...how.session, tier: 'fast' } });
  const found = fast.verdict === 'equal' ? fast : checkEquivalent(original, result, how);
  if (found.verdict === 'different') {
    const what = [...found.differences.map((d) => d.message), ...firstPlace(original, result, how)];
    throw new RefoldError('check/different', `the result differs from the original: ${what.join('; ')}`);
  }
  return { sets: found.sets, verdict: found.verdict, notes: found.notes };
}

type How = Omit<CheckOptions, 'given'>;

/** Where two models part first, as far as that can be told. */
function firstPlace(original: Model, result: Model, how: How): readonly string[] {
  const { divergence } = compareModels(original, result, how);
  const node = divergence?.gotNode;
  return divergence && node
    ? [`the first value that differs is ${divergence.value}, by ${node.op} ${node.name}`]
    : [];
}

/** The name of an only input may be empty; others must be inputs. */
function shapesByName(
  model: Model,
  shapes: SimplifyOptions['checkShapes'],
): Record<string, readonly number[]> {
  const inputs = model.graph.inputs;
  return Object.fromEntries(
    [...(shapes ?? [])].map(([name, dims]) => {
      const known = name === '' && inputs.length === 1 ? inputs[0] : inputs.find((v) => v.name === name);
      if (!known) throw new RefoldError('usage/unknown-name', `the model has no input '${name}'`);
      return [known.name, dims];
    }),
  );
}
