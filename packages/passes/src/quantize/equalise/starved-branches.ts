import type { Value } from '@refold/ir';
import type { Statistics } from '../classes/form-classes.ts';
import type { Member } from '../classes/member.ts';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import type { Collected } from '../constraints/collect.ts';
import type { LinearLayer } from '../layers/linear-layer.ts';
import { minMax } from '../observers/min-max.ts';
import type { QuantizeOptions } from '../quantize.ts';
import { classesFor } from '../settle.ts';
import type { Histogram } from '../statistics/histogram.ts';
import type { Target } from '../targets/target.ts';
import { type Branch, branchOf, isScalableBranch } from './branch.ts';
import { bestExponent } from './branch-exponent.ts';
import { isForeseeable } from './moved-statistics.ts';

/** A branch that is left with too few levels beside others with which it must share a scale, and its way out. */
export interface StarvedBranch {
  /** On the branch, where it meets the others. */
  readonly value: Value;
  /** The branch is to be multiplied by `2 ** exponent`. */
  readonly exponent: number;
  /** How it fares as it is, and the name of the class. */
  readonly member: Member;
  readonly className: string;
}

/** What is known of a model when classes are formed. */
export interface StarvedCase {
  readonly collected: Collected;
  readonly target: Target;
  readonly statistics: Statistics;
  readonly options: QuantizeOptions;
  /** Whether the model can be run again, to see what does not follow from what was seen. */
  readonly canLookAgain: boolean;
}

/** The branches of a model for which the first step of the ladder is open, and pays. Each is named once. */
export function starvedBranches(given: StarvedCase): readonly StarvedBranch[] {
  const { collected, target, statistics, options } = given;
  const values = collected.table.values();
  const scalable = (key: string): boolean => {
    const value = values.get(key);
    return value !== undefined && isScalableBranch(value);
  };
  const observer = options.observer ?? minMax;
  const { classes } = classesFor(collected, target, statistics, { ...options, observer, scalable });
  const found = new Map<Value, StarvedBranch>();
  for (const quantized of classes) {
    for (const member of quantized.members) {
      const value = member.step?.step === 'equalise' ? values.get(member.value) : undefined;
      const branch = value && branchOf(value);
      if (!branch || found.has(branch.source.value) || !mayMove(branch, given)) continue;
      const exponent = exponentFor(branch, member, quantized, given);
      if (exponent > 0)
        found.set(branch.source.value, { value, exponent, member, className: quantized.name });
    }
  }
  return [...found.values()];
}

/** A branch stays as it is where the scale of a value is given, and where nobody could tell what becomes of a value. */
function mayMove(branch: Branch, { collected, options, canLookAgain }: StarvedCase): boolean {
  const { table } = collected;
  const isGiven = (value: Value): boolean => options.overrides?.has(table.keyOf(value)) === true;
  return (canLookAgain || isForeseeable(branch)) && !branch.reach.lanes.some(({ value }) => isGiven(value));
}

function exponentFor(
  branch: Branch,
  { value, step }: Member,
  { theta }: QuantizedClass,
  { collected, target, statistics }: StarvedCase,
): number {
  const seen = statistics.get(value);
  if (!seen || step?.step !== 'equalise') return 0;
  const dataOf = ({ node }: LinearLayer): Histogram | undefined => {
    const [data] = node.inputs;
    return data && statistics.get(collected.table.keyOf(data));
  };
  return bestExponent({ branch, seen, theta, weights: target.weights, dataOf }, step.exponent);
}
