import type { Anchored, Starts } from './anchor.ts';
import { addTo } from './grouped.ts';
import type { Kinds } from './kinds.ts';
import type { Accept, Forest, PredicateTree, Question, State } from './predicate-tree.ts';
import type { Place } from './skeleton.ts';

/** A skeleton on its way through the tree: which places have been found, and what has been asked. */
interface Trail {
  readonly rule: number;
  readonly places: readonly Place[];
  /** The register of each place that has been found. */
  readonly found: ReadonlyMap<Place, number>;
  /** Tests of parameters and constants that have been made, by place. */
  readonly asked: ReadonlySet<string>;
}

/** A question that a trail may ask next, and where it leads when the answer is as wanted. */
interface Ask {
  /** Equal for equal questions, whatever answer is wanted. */
  readonly key: string;
  /** Smaller is asked first among questions that equally many trails ask. */
  readonly rank: number;
  readonly question: QuestionBody;
  /** Equal for equal answers. */
  readonly answer: string;
  readonly ops: readonly string[];
  readonly after: () => Trail;
}

type QuestionBody =
  | { readonly kind: 'step'; readonly from: number; readonly up: boolean; readonly of: Place }
  | { readonly kind: 'constant'; readonly at: number; readonly operand: number | 'any' }
  | { readonly kind: 'parameter'; readonly at: number; readonly of: Place; readonly index: number };

interface Draft {
  readonly state: { -readonly [K in keyof State]: State[K] };
  readonly trails: readonly Trail[];
}

/**
 * Merges skeletons into one tree for each operator at which they are anchored, when it is first asked for: a graph has
 * few of all operators. In each state the question that most of the skeletons share is asked first; skeletons that do
 * not ask it go on beside it.
 */
export function mergedForest(starts: Starts, kinds: Kinds): Forest {
  const made = new Map<number, MergedTree | undefined>();
  const treeOf = (kind: number): MergedTree | undefined => {
    if (made.has(kind)) return made.get(kind);
    const anchored = starts.at(kind);
    const rules = [...new Set(anchored.map((a) => a.rule))];
    const tree = anchored.length > 0 ? { ...mergedTree(anchored, kinds), rules } : undefined;
    made.set(kind, tree);
    return tree;
  };
  return {
    tree: treeOf,
    get states() {
      return [...starts.kinds].reduce((sum, kind) => sum + (treeOf(kind)?.states ?? 0), 0);
    },
  };
}

interface MergedTree extends PredicateTree {
  readonly states: number;
}

function mergedTree(
  all: readonly Anchored[],
  kinds: Kinds,
): { readonly start: State; readonly states: number } {
  const trails = all.map(
    ({ rule, skeleton, anchor }): Trail => ({
      rule,
      places: skeleton.places,
      found: new Map([[anchor, 0]]),
      asked: new Set(),
    }),
  );
  const start = draft(1, undefined, trails);
  const open = [start];
  let states = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    states += 1;
    open.push(...fill(next, kinds));
  }
  return { start: start.state, states };
}

function draft(registers: number, reached: State['reached'], trails: readonly Trail[]): Draft {
  return { state: { registers, reached, questions: [], accepts: [] }, trails };
}

/** Asks the questions of a state, and gives back the states that they lead to. */
function fill({ state, trails }: Draft, kinds: Kinds): readonly Draft[] {
  const accepts = new Map<string, Accept>();
  let open: { readonly trail: Trail; readonly asks: readonly Ask[] }[] = [];
  for (const trail of trails) {
    const asks = asksOf(trail);
    const root = trail.places[0];
    if (asks.length > 0) open.push({ trail, asks });
    else if (root) {
      const register = trail.found.get(root) ?? 0;
      accepts.set(`${trail.rule} ${register}`, { rule: trail.rule, root: register });
    }
  }
  state.accepts = [...accepts.values()];
  const questions: Question[] = [];
  const made: Draft[] = [];
  while (open.length > 0) {
    const key = mostShared(open.map((o) => o.asks));
    const asks: Ask[] = [];
    const others: typeof open = [];
    for (const one of open) {
      const ask = firstAnswer(one.asks, key);
      if (ask) asks.push(ask);
      else others.push(one);
    }
    const [question, drafts] = asked(asks, state.registers, kinds);
    if (question) questions.push(question);
    made.push(...drafts);
    open = others;
  }
  state.questions = questions;
  return made;
}

/** Of several operands in any order, all choose the same one first, so that they share it. */
function firstAnswer(asks: readonly Ask[], key: string): Ask | undefined {
  let first: Ask | undefined;
  for (const ask of asks) if (ask.key === key && (!first || ask.answer < first.answer)) first = ask;
  return first;
}

function mostShared(all: readonly (readonly Ask[])[]): string {
  const counts = new Map<string, { count: number; readonly rank: number }>();
  for (const asks of all) {
    for (const key of new Set(asks.map((a) => a.key))) {
      const known = counts.get(key);
      if (known) known.count += 1;
      else counts.set(key, { count: 1, rank: asks.find((a) => a.key === key)?.rank ?? 0 });
    }
  }
  let best = '';
  let most = { count: 0, rank: 0 };
  for (const [key, one] of counts) {
    const isBetter = one.count > most.count || (one.count === most.count && one.rank < most.rank);
    if (isBetter || (one.count === most.count && one.rank === most.rank && key < best)) {
      best = key;
      most = one;
    }
  }
  return best;
}

/** A question of a state, and the states to which its answers lead. */
type Asked = readonly [question: Question | undefined, drafts: readonly Draft[]];

/** One question for all who ask it, and a state for each answer that they want. */
function asked(asks: readonly Ask[], registers: number, kinds: Kinds): Asked {
  const question = asks[0]?.question;
  if (!question) return [undefined, []];
  if (question.kind === 'step') return step(question, asks, registers, kinds);
  const next = after(asks, registers, undefined);
  const { at } = question;
  if (question.kind === 'constant') {
    return [{ kind: 'constant', at, operand: question.operand, next: next.state }, [next]];
  }
  const param = question.of.params[question.index];
  return [param && { kind: 'parameter', at, name: param.name, test: param.test, next: next.state }, [next]];
}

function step(
  { from, up, of }: Extract<QuestionBody, { kind: 'step' }>,
  asks: readonly Ask[],
  registers: number,
  kinds: Kinds,
): Asked {
  const edge = of.above?.edge;
  if (!edge) return [undefined, []];
  const byAnswer = new Map<string, Ask[]>();
  for (const ask of asks) addTo(byAnswer, ask.answer, ask);
  const table = new Map<number, State[]>();
  const drafts: Draft[] = [];
  for (const same of byAnswer.values()) {
    const next = after(same, registers + 1, { from, up });
    drafts.push(next);
    for (const op of same[0]?.ops ?? []) addTo(table, kinds.add(op), next.state);
  }
  return [{ kind: 'step', from, up, edge, table }, drafts];
}

/** The state in which all have the answer that they want. */
function after(asks: readonly Ask[], registers: number, reached: State['reached']): Draft {
  return draft(
    registers,
    reached,
    asks.map((ask) => ask.after()),
  );
}

/** Everything that a trail may ask next; nothing once all its places are found and tested. */
function asksOf(trail: Trail): readonly Ask[] {
  const asks: Ask[] = [];
  const { places, found } = trail;
  for (const place of places) {
    const register = found.get(place);
    if (register === undefined) {
      const parent = place.above && found.get(place.above.place);
      if (parent !== undefined) asks.push(stepAsk(trail, place, parent, place, false));
      continue;
    }
    const above = place.above?.place;
    if (above && !found.has(above)) asks.push(stepAsk(trail, place, register, above, true));
    asks.push(...testAsks(trail, place, register));
  }
  return asks;
}

/** `of` is the lower end of the edge, `to` the end that is not found yet. */
function stepAsk(trail: Trail, of: Place, from: number, to: Place, up: boolean): Ask {
  const via = of.above?.edge.via;
  return {
    key: `${up ? 'up' : 'down'} ${from} ${of.above?.edge.key ?? ''}`,
    // Readers are few, fixed operands are one; operands and terms in any order are choices.
    rank: up ? 0 : typeof via === 'number' ? 1 : via === 'any' ? 2 : 3,
    question: { kind: 'step', from, up, of },
    answer: to.ops.join(),
    ops: to.ops,
    after: () => ({ ...trail, found: new Map(trail.found).set(to, trail.found.size) }),
  };
}

function testAsks(trail: Trail, place: Place, at: number): readonly Ask[] {
  const asks: Ask[] = [];
  const once = (key: string) => (): Trail => ({ ...trail, asked: new Set(trail.asked).add(key) });
  const add = (key: string, rank: number, question: QuestionBody): void => {
    if (!trail.asked.has(key)) asks.push({ key, rank, question, answer: '', ops: [], after: once(key) });
  };
  for (const operand of place.constants) {
    add(`constant ${at} ${operand}`, 1.5, { kind: 'constant', at, operand });
  }
  place.params.forEach((param, index) => {
    add(`parameter ${at} ${param.key}`, 4, { kind: 'parameter', at, of: place, index });
  });
  return asks;
}
