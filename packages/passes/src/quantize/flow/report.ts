import type { Node, Value } from '@refold/ir';
import type { KeepList } from '../analyse/keep-list.ts';
import type { SmallWeights } from '../analyse/small-weights.ts';
import type { Origin } from '../classes/constraint.ts';
import type { Diagnostic } from '../classes/diagnostic.ts';
import type { Classes } from '../classes/form-classes.ts';
import type { Member } from '../classes/member.ts';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import type { Emission } from '../emit/emit.ts';
import { exponentsOf } from '../equalise/moved-statistics.ts';
import type { Range } from '../statistics/range.ts';
import type { CodeType } from '../theta/format.ts';
import type { TriedObserver } from './measured-observer.ts';
import type { RescuedBranch } from './rescue.ts';

/** A value in a class, and its range. */
export interface MemberReport extends Range, Omit<Member, 'range' | 'step'> {
  /** The power of two by which it was multiplied so that it fits beside the others. */
  readonly multipliedBy?: number;
  /** The way out that is open to it, where it loses too much. */
  readonly step?: string;
}

/** Values that share one scale and zero point. */
export interface ClassReport {
  readonly name: string;
  readonly dtype: CodeType;
  readonly scale: number;
  readonly zeroPoint: number;
  /** Whether constants of the class have a scale for each index of an axis instead. */
  readonly perAxis: boolean;
  readonly members: readonly MemberReport[];
  /** Why these share. */
  readonly rules: readonly Origin[];
}

/** What it takes so that outputs keep to a budget of noise over signal. */
export interface KeptReport {
  /** Layers that stay with floats, by the names of their results, those that would cost most first. */
  readonly layers: readonly string[];
  /** Layers whose data and results have codes of 16 bits, those that gain most first. */
  readonly wide: readonly string[];
  readonly budget: number;
  /** Noise over signal of the worst output with nothing of this, and with all. */
  readonly before: number;
  readonly after: number;
  readonly met: boolean;
}

export function keptReport({ layers, wide, before, after, met }: KeepList, budget: number): KeptReport {
  const namesOf = (list: typeof layers): readonly string[] => list.map(({ name }) => name);
  return { layers: namesOf(layers), wide: namesOf(wide), budget, before, after, met };
}

/** Weights that have codes of 4 bits, as far as the budget allows. */
export interface SmallReport {
  /** By their names, those that would cost the outputs most for the bytes that they save first. */
  readonly weights: readonly string[];
  /** Bytes by which their codes are smaller than with 8 bits. */
  readonly saved: number;
  /** Noise over signal of the worst output with them, and with all that the budget takes. */
  readonly after: number;
}

export function smallReport({ weights, saved, after }: SmallWeights): SmallReport {
  return { weights: weights.map(({ name }) => name), saved, after };
}

/** What quantizing did to a model, as data. */
export interface QuantizationReport {
  readonly target: string;
  readonly observer: string;
  /** The ways to choose ranges that were tried, and what the outputs lose with each; none when one was asked for. */
  readonly tried: readonly TriedObserver[];
  /** What stays with floats for the sake of a budget; absent when there is none. */
  readonly kept?: KeptReport;
  /** Weights of 4 bits; absent when these were not asked for, or the budget is not met without. */
  readonly small?: SmallReport;
  /** Normalizations whose outliers went into weights; absent when that was not asked for. */
  readonly migrated?: number;
  /** Samples of which the statistics are. */
  readonly samples: number;
  /** Nodes that run on codes and nodes that stay with floats, by operator, the most frequent first. */
  readonly quantized: Readonly<Record<string, number>>;
  readonly float: Readonly<Record<string, number>>;
  /** Values that go through codes, uses at which they are requantized, and constants that are codes now. */
  readonly written: { readonly values: number; readonly requantized: number; readonly constants: number };
  /** Classes that were written, in the order of their names. */
  readonly classes: readonly ClassReport[];
  readonly diagnostics: readonly Note[];
}

/** A diagnostic without the rules that lead to it. */
export type Note = Pick<Diagnostic, 'code' | 'at' | 'message'>;

export interface ReportParts {
  readonly target: string;
  readonly observer: string;
  readonly tried: readonly TriedObserver[];
  readonly kept: KeptReport | undefined;
  readonly small: SmallReport | undefined;
  readonly migrated: number | undefined;
  readonly samples: number;
  /** Nodes that run on codes, and all others, before anything was written. */
  readonly quantized: readonly Node[];
  readonly float: readonly Node[];
  readonly classes: Classes;
  readonly branches: readonly RescuedBranch[];
  /** What there is to say of the run as a whole. */
  readonly notes: readonly Note[];
  readonly keyOf: (value: Value) => string;
  readonly emission: Emission;
}

export function reportOf(parts: ReportParts): QuantizationReport {
  const {
    target,
    observer,
    tried,
    kept,
    small,
    migrated,
    samples,
    quantized,
    float,
    classes,
    branches,
    keyOf,
    emission,
  } = parts;
  const { values, requantized, constants } = emission;
  const factors = factorsOf(branches, keyOf);
  const notes = [...parts.notes, ...branches.map(equalised), ...classes.diagnostics, ...emission.diagnostics];
  return {
    target,
    observer,
    tried,
    ...(kept ? { kept } : {}),
    ...(small ? { small } : {}),
    ...(migrated === undefined ? {} : { migrated }),
    samples,
    quantized: countsByOperator(quantized),
    float: countsByOperator(float),
    written: { values, requantized, constants },
    classes: classes.classes.filter((c) => emission.classes.has(c)).map((c) => classReport(c, factors)),
    diagnostics: notes.map(({ code, at, message }) => ({ code, at, message })),
  };
}

/** By which powers of two values were multiplied. */
export function factorsOf(
  branches: readonly RescuedBranch[],
  keyOf: (value: Value) => string,
): ReadonlyMap<string, number> {
  return new Map([...exponentsOf(branches)].map(([value, e]) => [keyOf(value), 2 ** e]));
}

function equalised({ member, className, exponent }: RescuedBranch): Note {
  const { value, levels, loss } = member;
  const message =
    `'${value}' is multiplied by ${2 ** exponent}, and divided by it behind: it would have ${levels.toPrecision(3)}` +
    ` levels in the class of '${className}' and lose ${loss.toExponential(1)} of its signal`;
  return { code: 'equalised', at: value, message };
}

/** A class as data; `factors` are powers of two by which values were multiplied. */
export function classReport(
  { name, theta, grain, members, rules }: QuantizedClass,
  factors: ReadonlyMap<string, number>,
): ClassReport {
  return {
    name,
    dtype: theta.format.dtype,
    scale: theta.scale,
    zeroPoint: theta.zeroPoint,
    perAxis: grain.kind === 'axis',
    members: members.map(({ range, step, ...member }) => ({
      ...member,
      ...range,
      ...multiplied(factors.get(member.value)),
      ...(step ? { step: step.step } : {}),
    })),
    rules,
  };
}

function multiplied(by: number | undefined): Pick<MemberReport, 'multipliedBy'> {
  return by === undefined ? {} : { multipliedBy: by };
}

export function countsByOperator(nodes: readonly Node[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { domain, opType } of nodes) {
    const name = domain === '' ? opType : `${domain}:${opType}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
