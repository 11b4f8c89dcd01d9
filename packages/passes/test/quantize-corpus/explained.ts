import type { Property } from './judge.ts';

type Reason = readonly [models: RegExp, property: Property, why: string];

const own = 'it comes with codes of its own, whose scales and nodes are kept as they are';

const filling =
  'missing: a filling of NaN keeps in floats all that it is united with; to a second run the others come with codes, and what is left gets codes of its own';

/** Properties that do not hold of some models, and why that is right, or what is missing. */
const reasons: readonly Reason[] = [
  [/_qdq$|_qoperator$/, 'no-islands', own],
  [/_qdq$|_qoperator$/, 'same-scale', own],
  [/nmr_painn/, 'idempotent', filling],
];

/** Why a property may not hold of a model; undefined when there is no reason. */
export function explanationOf(model: string, property: Property | undefined): string | undefined {
  return reasons.find(([models, of]) => of === property && models.test(model))?.[2];
}
