import type { Model } from '@refold/ir';
import type { SessionOptions } from '../session/session.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import { compareValues, type Difference } from './compare-values.ts';
import type { InputSet } from './input-sets.ts';
import type { Tolerance } from './tolerance.ts';
import { movementsOf } from './unsteadiness.ts';

/** What is different, and on which inputs. */
export interface FoundDifference {
  /** Absent when the models differ without being run. */
  readonly set?: string | undefined;
  readonly output?: string | undefined;
  readonly message: string;
  readonly difference?: Difference | undefined;
}

/**
 * Compares the outputs of two models on one set of inputs. Where they differ by more than the tolerance, the
 * original is run again with its numbers moved by one rounding step; if that moves the output as much, a note says
 * so, and it is not a difference. Where every step of the two agrees on equal operands, as the caller knows, more is
 * put down to rounding without that.
 */
export function compareOutputs(
  original: Model,
  set: InputSet,
  outputs: ReadonlyMap<string, NdValue>,
  tolerance: Tolerance,
  runs: SessionOptions,
  notes: string[],
  everyStepAgrees = false,
): readonly FoundDifference[] {
  const differences: FoundDifference[] = [];
  let moves: ReadonlyMap<string, number> | undefined;
  for (const [name, want] of set.outputs) {
    const got = outputs.get(name);
    if (!got) {
      differences.push({ set: set.label, output: name, message: `output ${name} is missing` });
      continue;
    }
    const difference = compareValues(want, got, tolerance);
    if (!difference) continue;
    if (everyStepAgrees && difference.kind === 'value' && isWithin(want, got, tolerance, LOOSEST)) {
      notes.push(
        `output ${name} (${set.label}): every step agrees, so what is more than the tolerance is rounding`,
      );
      continue;
    }
    if (difference.kind === 'value' || difference.kind === 'shape') {
      moves ??= movementsOf(original, set, runs);
      if (isOwnUnsteadiness(want, got, tolerance, moves.get(name) ?? 0)) {
        notes.push(`output ${name} (${set.label}): as unsteady in the original itself, so compared loosely`);
        continue;
      }
    }
    differences.push({
      set: set.label,
      output: name,
      message: `output ${name}: ${difference.message} (${set.label})`,
      difference,
    });
  }
  return differences;
}

/** How much further than the original moves under one rounding step a result may lie. */
const SLACK = 8;

/** No unsteadiness excuses more than this share of the largest output. */
const LOOSEST = 0.05;

function isOwnUnsteadiness(want: NdValue, got: NdValue, tolerance: Tolerance, moved: number): boolean {
  if (moved === Number.POSITIVE_INFINITY) return true;
  const allowed = SLACK * moved;
  if (allowed <= tolerance.share / 4) return false;
  return isWithin(want, got, tolerance, Math.min(allowed, LOOSEST));
}

function isWithin(want: NdValue, got: NdValue, tolerance: Tolerance, share: number): boolean {
  return compareValues(want, got, { ...tolerance, share: Math.max(tolerance.share, share) }) === undefined;
}
