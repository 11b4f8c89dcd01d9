import { type Model, RefoldError } from '@refold/ir';
import { checkEquivalent } from '@refold/runtime';
import type { SimplifyOptions } from './options.ts';
import type { CheckReport } from './report/report.ts';

/**
 * Runs original and result on seeded inputs and compares. Throws `check/different` when they differ.
 */
export function checkResult(
  original: Model,
  result: Model,
  sets: number,
  options: SimplifyOptions,
): CheckReport {
  const found = checkEquivalent(original, result, {
    sets,
    seed: options.seed ?? 0,
    shapes: shapesByName(original, options.checkShapes),
    ...(options.tolerance ? { tolerance: options.tolerance } : {}),
    session: options.signal ? { signal: options.signal } : {},
  });
  if (found.verdict === 'different') {
    const what = found.differences.map((d) => d.message).join('; ');
    throw new RefoldError('check/different', `the result differs from the original: ${what}`);
  }
  return { sets: found.sets, verdict: found.verdict, notes: found.notes };
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
