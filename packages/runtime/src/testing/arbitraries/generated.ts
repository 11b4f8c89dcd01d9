import { type Model, printModel } from '@refold/ir';
import fc from 'fast-check';
import type { NdValue } from '../../tensor/nd-array.ts';
import { feedsText } from '../assert/describe.ts';
import { buildPlan, type Plan } from '../build/plan.ts';
import type { BuildOptions } from '../build/scope.ts';

/** A random model, and inputs that it can run on: of the right types and sizes, with valid indices. */
export interface GeneratedModel {
  readonly model: Model;
  readonly feeds: ReadonlyMap<string, NdValue>;
  /** The steps that it was made by. */
  readonly plan: Plan;
}

/** The model of a plan. A property may edit it: fast-check shows it as it was, in textual syntax, and runs on copies. */
export function generated(plan: Plan, options: BuildOptions): GeneratedModel {
  const { model, feeds } = buildPlan(plan, options);
  return Object.assign(
    { model, feeds, plan },
    {
      [fc.toStringMethod]: () => textOf(buildPlan(plan, options)),
      [fc.cloneMethod]: () => generated(plan, options),
    },
  );
}

/** A model in textual syntax, and its inputs. */
export function textOf({ model, feeds }: Pick<GeneratedModel, 'model' | 'feeds'>): string {
  return `${printModel(model)}\n${feedsText(feeds)}`;
}
