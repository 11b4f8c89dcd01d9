import {
  createSession,
  type NdArray,
  type NdValue,
  Random,
  reals,
  type SessionOptions,
} from '@refold/runtime';
import { crossing } from '../laws/boundary.ts';
import type { Engine } from '../laws/engine.ts';
import { build, type IntegerCase } from './integer-case.ts';
import { microsoftCases } from './microsoft-cases.ts';
import { standardCases } from './standard-cases.ts';

const draws = [...standardCases, ...microsoftCases];

/** The case of a seed: operators come in turn. */
export function caseOf(seed: number): IntegerCase {
  const draw = draws[seed % draws.length];
  if (!draw) throw new Error('no operator');
  return draw(new Random(seed));
}

/** An element that the engines disagree on. */
export interface OddElement {
  readonly output: number;
  readonly at: number;
  readonly ours: number;
  readonly theirs: number;
}

export interface Verdict {
  readonly seed: number;
  readonly drawn: IntegerCase;
  /** Elements that were compared, to the bit. */
  readonly compared: number;
  readonly odd: readonly OddElement[];
  /** Why the other engine did not run it. */
  readonly refused: string | undefined;
}

/** Runs a case on both engines. */
export async function judge(seed: number, engine: Engine, options: SessionOptions): Promise<Verdict> {
  const drawn = caseOf(seed);
  const { model, feeds } = build(drawn);
  const ours = createSession(model, options).run(feeds);
  const theirs = build(drawn);
  const shown = theirs.node.outputs.filter((v) => v !== undefined);
  const made = crossing(theirs.model, theirs.feeds, shown, (value) => ours.get(value.name));
  if (!made) throw new Error(`case ${seed} cannot be handed over`);
  const answer = await engine.run(made.job);
  if (answer.kind !== 'ran') {
    const refused = answer.kind === 'crashed' ? 'the process ended' : answer.reason;
    return { seed, drawn, compared: 0, odd: [], refused };
  }
  const given = made.read(answer.outputs);
  const odd: OddElement[] = [];
  let compared = 0;
  [...ours.entries()].forEach(([name, value], output) => {
    const [a, b] = [arrayOf(value), arrayOf(given.get(name))];
    if (a.dtype !== b.dtype || a.dims.join() !== b.dims.join())
      throw new Error(`case ${seed}: ${name} has another type`);
    const [x, y] = [reals(a), reals(b)];
    compared += x.length;
    for (let at = 0; at < x.length; at += 1) {
      const [p, q] = [x[at] as number, y[at] as number];
      if (p !== q && !(Number.isNaN(p) && Number.isNaN(q))) odd.push({ output, at, ours: p, theirs: q });
    }
  });
  return { seed, drawn, compared, odd, refused: undefined };
}

function arrayOf(value: NdValue | undefined): NdArray {
  if (value?.kind !== 'tensor') throw new Error('no tensor');
  return value;
}
