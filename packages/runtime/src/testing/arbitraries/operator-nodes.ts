import fc from 'fast-check';
import { controlOperators, generators, opsetsOf } from '../operators/table.ts';
import { type GeneratedModel, generated } from './generated.ts';
import { buildOptions, type ModelOptions } from './options.ts';
import { PlanArbitrary } from './plan-arbitrary.ts';
import { choices, stepLists } from './plans.ts';

/** Steps in each of the nested graphs of a control operator. */
const INNER_STEPS = 3;

/**
 * Models of one node of the standard domain, with valid attributes and operands. (The nested graphs of a
 * control operator have nodes too, and constants may be nodes.) Every operator comes equally often, at any
 * opset that has it.
 */
export function operatorNodes(options: ModelOptions = {}): fc.Arbitrary<GeneratedModel> {
  const { opset } = options;
  const wanted = typeof opset === 'number' ? [opset] : opset;
  const ops = (options.ops ?? [...generators.keys()]).flatMap((op) => {
    const opsets = opsetsOf(op).filter((v) => wanted?.includes(v) ?? true);
    return generators.has(op) && opsets.length > 0 ? [{ op, opsets }] : [];
  });
  if (ops.length === 0) throw new Error('the kit makes no nodes of these operators at these opsets');
  const build = buildOptions(options);
  const inner = fc.array(stepLists(plainOperators(), INNER_STEPS), { minLength: 2, maxLength: 2 });
  const drawn = fc.constantFrom(...ops).chain(({ op, opsets }) =>
    fc.record({
      opset: fc.constantFrom(...opsets),
      steps: fc.tuple(
        fc.record({
          op: fc.constant(op),
          choices: choices(),
          inner: controlOperators.has(op) ? inner : fc.constant([]),
        }),
      ),
      shown: fc.constant([]),
    }),
  );
  return new PlanArbitrary(drawn).map((plan) => generated(plan, build));
}

function plainOperators(): readonly string[] {
  return [...generators.keys()].filter((op) => !controlOperators.has(op));
}
