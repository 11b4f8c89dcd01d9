import type { Graph } from '../../graph/graph.ts';
import type { ValueType } from '../../types/value-type.ts';
import type { OpContext } from '../context.ts';
import { type Operator, operator } from '../operator.ts';
import { mergeTypes } from './merge-types.ts';

/** Parameters of `If`. */
export type IfView = {
  /** Which branch is taken, when the condition is constant. */
  readonly taken: 'then' | 'else' | undefined;
};

/** `If`: one of two nested graphs without inputs. */
export const ifElse: Operator<IfView> = operator({
  name: 'If',

  view(ctx) {
    const cond = ctx.ints(0);
    if (cond !== undefined && cond.length !== 1) throw ctx.invalid('the condition must have one element');
    return { taken: cond === undefined ? undefined : cond[0] === 0 ? 'else' : 'then' };
  },

  infer(ctx, view) {
    const infer = ctx.facts.inferGraph?.bind(ctx.facts);
    if (infer === undefined) return [];
    const thenBranch = branch(ctx, 'then_branch');
    const elseBranch = branch(ctx, 'else_branch');
    const [thenCount, elseCount] = [thenBranch.outputs.length, elseBranch.outputs.length];
    if (thenCount !== elseCount) {
      throw ctx.invalid(`then_branch has ${thenCount} outputs, else_branch ${elseCount}`);
    }
    // Both are inferred, taken or not, so that the nodes inside get their types.
    const thenTypes = infer(thenBranch, []);
    const elseTypes = infer(elseBranch, []);
    if (view.taken === 'then') return thenTypes;
    if (view.taken === 'else') return elseTypes;
    const types: (ValueType | undefined)[] = [];
    for (let i = 0; i < ctx.outputCount; i += 1) types.push(mergeTypes(thenTypes[i], elseTypes[i]));
    return types;
  },
});

function branch(ctx: OpContext, name: 'then_branch' | 'else_branch'): Graph {
  const graph = ctx.graph(name);
  if (graph === undefined) throw ctx.invalid(`attribute ${name} is missing`);
  if (graph.outputs.length < ctx.outputCount) {
    throw ctx.invalid(`${name} has ${graph.outputs.length} outputs, the node ${ctx.outputCount}`);
  }
  return graph;
}
