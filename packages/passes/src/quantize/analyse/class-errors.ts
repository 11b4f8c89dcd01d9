import type { Origin } from '../classes/constraint.ts';
import type { Classes } from '../classes/form-classes.ts';
import type { Member } from '../classes/member.ts';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import type { Theta } from '../theta/theta.ts';
import { byNoise, type ErrorMetrics } from './error-sums.ts';
import type { ValueError } from './graph-errors.ts';

/** A member of a class: what its histogram foretells, and what was measured. */
export interface MemberError {
  readonly member: Member;
  /** In the graph as a whole; undefined for constants and values of nested graphs. */
  readonly measured: ValueError | undefined;
  /** The channel that fares worst. */
  readonly worstChannel: { readonly channel: number; readonly metrics: ErrorMetrics } | undefined;
}

/** What a class loses, by the histograms of calibration and as it was measured on samples. Errors are noise over signal. */
export interface ClassError {
  /** What it is the error of. */
  readonly of: QuantizedClass;
  readonly name: string;
  readonly theta: Theta;
  readonly rules: readonly Origin[];
  readonly members: readonly MemberError[];
  /** The largest measured noise over signal of a member. */
  readonly noiseToSignal: number;
}

/** Errors by class, the class with the worst member first: a small branch beside a large one is seen by itself. */
export function classErrors(classes: Classes, errors: readonly ValueError[]): readonly ClassError[] {
  const byValue = new Map(errors.map((e) => [e.value, e]));
  return classes.classes
    .map((of) => {
      const { name, theta, rules, members } = of;
      const found = members.map((member) => memberError(member, byValue.get(member.value)));
      const noiseToSignal = Math.max(0, ...found.map((m) => m.measured?.noiseToSignal ?? 0));
      return { of, name, theta, rules, members: found, noiseToSignal };
    })
    .toSorted(byNoise);
}

function memberError(member: Member, measured: ValueError | undefined): MemberError {
  let worstChannel: MemberError['worstChannel'];
  measured?.channels.forEach((metrics, channel) => {
    if (worstChannel && metrics.noiseToSignal <= worstChannel.metrics.noiseToSignal) return;
    worstChannel = { channel, metrics };
  });
  return { member, measured, worstChannel };
}
