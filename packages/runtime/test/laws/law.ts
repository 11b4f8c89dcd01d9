import { constantTensor, Editor, isInteger, type Model, type Node, type Value } from '@refold/ir';
import {
  createSession,
  type NdArray,
  type NdValue,
  type NodeEvent,
  ndFromTensor,
  type RunOptions,
} from '@refold/runtime';
import type { GeneratedModel } from '@refold/runtime/testing';
import { crossing } from './boundary.ts';
import { mismatchOf } from './compare.ts';
import { attributesOnly, type Disagreement } from './disagreement.ts';
import type { Engine, EngineAnswer } from './engine.ts';
import { type Isolated, isolate } from './isolate.ts';
import type { Tier } from './tiers.ts';

/** The reason of a node on which the process of the other engine ended. */
export const CRASHED = 'the process of the engine ended';

/** A node that could not be compared with the other engine. */
export interface Uncompared {
  readonly op: string;
  readonly reason: string;
}

/** What came of one random model. */
export interface Outcome {
  readonly seed: number;
  /** Operators of the nodes that were compared, on every tier. */
  readonly compared: readonly string[];
  readonly uncompared: readonly Uncompared[];
  readonly disagreements: readonly Disagreement[];
}

/** Builds the same random model again: models are changed on the way to the engines. */
export type Rebuild = () => Pick<GeneratedModel, 'model' | 'feeds'>;

type Values = ReadonlyMap<string, NdValue>;

/**
 * Holds the results of every node of the main graph against those of the other engine. Where a node reads
 * values on which the engines differ, within what is allowed, it is run again on the other engine's.
 */
export async function judge(
  seed: number,
  rebuild: Rebuild,
  engine: Engine,
  tiers: readonly Tier[],
): Promise<Outcome> {
  const outcome = {
    seed,
    compared: [] as string[],
    uncompared: [] as Uncompared[],
    disagreements: [] as Disagreement[],
  };
  const { model, feeds } = rebuild();
  const run = observe(model, feeds);
  const nodes = [...model.graph.nodes()];
  if (run.withheld !== undefined) {
    for (const node of nodes) outcome.uncompared.push({ op: nameOf(node), reason: run.withheld });
    return outcome;
  }
  const whole = await askWhole(rebuild, run.values, engine);
  const theirs = whole.kind === 'ran' ? whole.values : undefined;
  // Where the other engine runs the whole model, nodes are compared on its values, else on ours.
  const operands = theirs ?? run.values;
  const runs = tiers.map((tier) => ({ tier, values: runWhole(tier, rebuild) }));
  for (const [index, node] of nodes.entries()) {
    if (node.opType === 'Constant' && node.outputs.every((v) => (v?.useCount ?? 0) > 0)) continue;
    const answer = whole.kind === 'ran' ? whole : await askNode(rebuild, index, run.values, engine);
    if (answer.kind === 'not') {
      outcome.uncompared.push({ op: nameOf(node), reason: answer.reason });
      continue;
    }
    outcome.compared.push(nameOf(node));
    for (const { tier, values } of runs) {
      const built = rebuild();
      const alone = isolate(built.model, index, built.feeds, new Map([...run.values, ...operands]));
      for (const d of compareNode(alone, tier, values, operands, answer.values))
        outcome.disagreements.push({ ...d, seed });
    }
  }
  return outcome;
}

/** All values of the main graph, as a tier computes them. */
export function runWhole(tier: Tier, rebuild: Rebuild, options?: RunOptions): Values {
  const { model, feeds } = rebuild();
  new Editor(model).setOutputs(model.graph, shownIn(model));
  return tier.run(model, feeds, options);
}

const shownIn = (model: Model): Value[] =>
  [...model.graph.nodes()].flatMap((node) => node.outputs.filter((v) => v !== undefined));

const nameOf = (node: Node): string => (node.domain === '' ? node.opType : 'function call');

/** Our own values of the main graph, and a reason not to ask the other engine. */
function observe(
  model: Model,
  feeds: Values,
): { readonly values: Values; readonly withheld: string | undefined } {
  const values = new Map<string, NdValue>();
  let withheld: string | undefined;
  const onNode = (event: NodeEvent): void => {
    withheld ??= danger(event);
    if (event.node.graph !== model.graph) return;
    event.node.outputs.forEach((v, i) => {
      const value = event.outputs[i];
      if (v && value) values.set(v.name, value);
    });
  };
  createSession(model).run(feeds, { onNode });
  return { values, withheld };
}

/** Integer division by 0, or of the least integer by -1, ends the process of the other engine. */
function danger({ node, inputs }: NodeEvent): string | undefined {
  if (!node.is('Div') && !node.is('Mod')) return undefined;
  const [a, b] = inputs;
  if (a?.kind !== 'tensor' || b?.kind !== 'tensor' || !isInteger(b.dtype)) return undefined;
  const bad = (b as NdArray).data.some((x) => x === 0 || x === 0n || x === -1 || x === -1n);
  return bad ? 'an integer division that may end the process' : undefined;
}

type Answer =
  | { readonly kind: 'ran'; readonly values: Values }
  | { readonly kind: 'not'; readonly reason: string };

/** The other engine's values of all of the main graph. */
async function askWhole(rebuild: Rebuild, ours: Values, engine: Engine): Promise<Answer> {
  const { model, feeds } = rebuild();
  if (readsHalves(model)) return { kind: 'not', reason: 'float16 is not rounded between nodes' };
  const made = crossing(model, feeds, shownIn(model), (v) => ours.get(v.name));
  if (!made) return { kind: 'not', reason: 'values that the binding does not exchange' };
  return asValues(await engine.run(made.job), made);
}

/**
 * Whether a node reads float16 that another one computed. ONNX Runtime computes such nodes in float32 and drops the
 * casts between them, so that what a node reads is not what the other one is said to have given.
 */
function readsHalves(model: Model): boolean {
  return shownIn(model).some(
    (v) => v.type?.kind === 'tensor' && v.type.dtype === 'float16' && v.useCount > 0,
  );
}

/** The other engine's results of one node on our operands. */
async function askNode(rebuild: Rebuild, index: number, ours: Values, engine: Engine): Promise<Answer> {
  const { model, feeds } = rebuild();
  const alone = isolate(model, index, feeds, ours);
  const shown = alone.node.outputs.filter((v) => v !== undefined);
  const made = crossing(alone.model, alone.feeds, shown, (v) => ours.get(v.name));
  if (!made) return { kind: 'not', reason: 'values that the binding does not exchange' };
  return asValues(await engine.run(made.job), made);
}

function asValues(answer: EngineAnswer, made: NonNullable<ReturnType<typeof crossing>>): Answer {
  if (answer.kind === 'ran') return { kind: 'ran', values: made.read(answer.outputs) };
  return {
    kind: 'not',
    reason: answer.kind === 'crashed' ? CRASHED : answer.reason,
  };
}

/** Compares the results of one node of one tier, given the operands that the other engine had. */
function compareNode(
  alone: Isolated,
  tier: Tier,
  whole: Values,
  operands: Values,
  theirs: Values,
): readonly Omit<Disagreement, 'seed'>[] {
  const { node } = alone;
  const asBefore = alone.operands.every((name) => identical(whole.get(name), operands.get(name)));
  const results = asBefore ? whole : tier.run(alone.model, alone.feeds);
  const inputs = node.inputs.map((v) => v && operandOf(v, alone.feeds));
  const found: Omit<Disagreement, 'seed'>[] = [];
  node.outputs.forEach((v, output) => {
    if (!v) return;
    const [ours, other] = [results.get(v.name), theirs.get(v.name)];
    const mismatch = mismatchOf(ours, other, { node, inputs, output });
    if (!mismatch) return;
    const op = attributesOnly(node);
    found.push({ tier: tier.name, node, op, inputs, output, ours, theirs: other, ...mismatch });
  });
  return found;
}

function operandOf(value: Value, feeds: Values): NdValue | undefined {
  const constant = constantTensor(value);
  return feeds.get(value.name) ?? (constant && ndFromTensor(constant));
}

/** Whether two values are the same to the last bit, but for the bits of NaN. */
function identical(a: NdValue | undefined, b: NdValue | undefined): boolean {
  if (a?.kind === 'sequence' && b?.kind === 'sequence')
    return a.items.length === b.items.length && a.items.every((item, i) => identical(item, b.items[i]));
  if (a?.kind !== 'tensor' || b?.kind !== 'tensor') return a === b;
  if (a.dtype !== b.dtype || a.dims.join() !== b.dims.join()) return false;
  for (let i = 0; i < a.data.length; i += 1) if (!Object.is(a.data[i], b.data[i])) return false;
  return true;
}
