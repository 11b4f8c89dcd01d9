import { type CodeType, codeTypes, middleOf } from '../theta/format.ts';
import { powerAbove, sameTheta, type Theta } from '../theta/theta.ts';
import { type Grain, joinGrains } from './grain.ts';

/**
 * What a class must be able to do: a semilattice, so that it does not matter in which order, or how often, the
 * demands of its points are joined.
 */
export interface Demand {
  /** The types of codes that are left, as a set of bits in the order of `codeTypes`. */
  readonly types: number;
  readonly symmetric: boolean;
  readonly powerOfTwo: boolean;
  readonly narrow: boolean;
  readonly grain: Grain;
  /** What the scale is fixed to; `conflict` when it is fixed to different ones. */
  readonly fixed: Theta | 'conflict' | undefined;
}

/** Asks for nothing. */
export const noDemand: Demand = {
  types: 2 ** codeTypes.length - 1,
  symmetric: false,
  powerOfTwo: false,
  narrow: false,
  grain: { kind: 'any' },
  fixed: undefined,
};

export function joinDemands(a: Demand, b: Demand): Demand {
  return {
    types: a.types & b.types,
    symmetric: a.symmetric || b.symmetric,
    powerOfTwo: a.powerOfTwo || b.powerOfTwo,
    narrow: a.narrow || b.narrow,
    grain: joinGrains(a.grain, b.grain),
    fixed: joinFixed(a.fixed, b.fixed),
  };
}

function joinFixed(a: Demand['fixed'], b: Demand['fixed']): Demand['fixed'] {
  if (a === undefined || b === undefined) return a ?? b;
  return a !== 'conflict' && b !== 'conflict' && sameTheta(a, b) ? a : 'conflict';
}

export function setOfTypes(types: readonly CodeType[]): number {
  return types.reduce((set, type) => set | (1 << codeTypes.indexOf(type)), 0);
}

export function hasType(set: number, type: CodeType): boolean {
  return (set & (1 << codeTypes.indexOf(type))) !== 0;
}

/** Why no scale and zero point can do what is asked; undefined when some can. */
export function conflictOf(demand: Demand): 'types' | 'fixed' | 'fixed-form' | undefined {
  const { fixed, types } = demand;
  if (fixed === 'conflict') return 'fixed';
  if (types === 0) return 'types';
  if (fixed === undefined) return undefined;
  const { format, scale, zeroPoint } = fixed;
  const fits =
    hasType(types, format.dtype) &&
    (!demand.symmetric || zeroPoint === middleOf(format.dtype)) &&
    (!demand.powerOfTwo || scale === powerAbove(scale));
  return fits ? undefined : 'fixed-form';
}
