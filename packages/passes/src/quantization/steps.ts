import { constantTensor, dtypeOf, type Node, type Value } from '@refold/ir';
import { clipBounds } from '../identities/clip-bounds.ts';
import { nodesBehind } from '../support/computed-constant.ts';
import { producerOf } from '../support/view.ts';
import { type Lanes, lanesOf, oneNumber } from './lanes.ts';

/** What a node does to data with constants. */
export type Step =
  | { readonly kind: 'times' | 'over' | 'plus' | 'minus'; readonly by: Lanes }
  | { readonly kind: 'clip'; readonly low: Lanes | undefined; readonly high: Lanes | undefined };

/** Arithmetic around a `Round`: what is done to the data before, and what is done to whole numbers behind it. */
export interface RoundedData {
  readonly data: Value;
  /** The last one first. */
  readonly before: readonly Step[];
  /** The last one first. */
  readonly behind: readonly Step[];
}

const kinds: ReadonlyMap<string, 'times' | 'over' | 'plus' | 'minus'> = new Map([
  ['Mul', 'times'],
  ['Div', 'over'],
  ['Add', 'plus'],
  ['Sub', 'minus'],
]);

/** The operators of which steps are made. */
export const stepOperators: readonly string[] = [...kinds.keys(), 'Clip', 'Max', 'Min'];

/** Steps on either side of a `Round`, at most: two bounds, a zero point, a scale, and one to spare. */
const MOST = 5;

/**
 * Reads arithmetic that ends in a node backwards, through a `Round`: with as few steps before it as scale the data,
 * then with more.
 */
export function* roundedData(last: Node): Generator<RoundedData> {
  const way = wayToRound(last, MOST);
  const rounded = way?.rounded;
  const behind = way && stepsOf(way.hops);
  if (!rounded || !behind) return;
  const before: Step[] = [];
  let data: Value | undefined = rounded;
  while (data && before.length < MOST) {
    const node: Node | undefined = producerOf(data, ...stepOperators);
    const through = node && operandOfData(node);
    const step: Step | undefined = node && through !== undefined ? stepOf({ node, through }) : undefined;
    if (!node || !step) return;
    before.push(step);
    data = node.inputs[through ?? 0];
    if (data && dtypeOf(data) === 'float32' && before.some(({ kind }) => kind === 'times' || kind === 'over'))
      yield { data, before: [...before], behind };
  }
}

/** A node, and the operand through which the data comes. */
interface Hop {
  readonly node: Node;
  readonly through: number;
}

/** What is rounded, and the nodes on the way from what is given back to there. */
interface Way {
  readonly rounded: Value;
  readonly hops: readonly Hop[];
}

function wayToRound(node: Node, left: number): Way | undefined {
  const rounded = roundedBy(node);
  if (rounded) return { rounded, hops: [] };
  if (left === 0) return undefined;
  const choices = kinds.get(node.opType) === 'times' || isSymmetric(node) ? [0, 1] : [0];
  for (const through of choices) {
    const next = producerOf(node.inputs[through], 'Round', ...stepOperators);
    const way = next && wayToRound(next, left - 1);
    if (way) return { ...way, hops: [{ node, through }, ...way.hops] };
  }
  return undefined;
}

/** What a node rounds: u of Round(u), and of (Round(u) - u) + u, which passes gradients straight through. */
function roundedBy(node: Node): Value | undefined {
  if (node.is('Round')) return node.inputs[0];
  if (!node.is('Add')) return undefined;
  for (const [difference, other] of [node.inputs, node.inputs.toReversed()]) {
    const minus = producerOf(difference, 'Sub');
    const round = producerOf(minus?.inputs[0], 'Round');
    if (other && minus?.inputs[1] === other && round?.inputs[0] === other) return other;
  }
  return undefined;
}

function isSymmetric(node: Node): boolean {
  return node.inputs.length === 2 && (node.is('Mul') || node.is('Add') || node.is('Max') || node.is('Min'));
}

/** The operand that is data: of two constants the larger one, as weights are. */
function operandOfData(node: Node): number | undefined {
  if (!isSymmetric(node)) return 0;
  const [a, b] = node.inputs;
  if (!a || !b) return undefined;
  const [first, second] = [a, b].map((value) => nodesBehind(value) !== undefined);
  if (first !== second) return first ? 1 : 0;
  return first && sizeOf(b) > sizeOf(a) ? 1 : 0;
}

function sizeOf(value: Value): number {
  const tensor = constantTensor(value);
  if (tensor) return tensor.size;
  const shape = value.type?.kind === 'tensor' ? value.type.shape : undefined;
  return (shape ?? []).reduce<number>((size, d) => size * (typeof d === 'number' ? d : 1), 1);
}

function stepsOf(hops: readonly Hop[]): readonly Step[] | undefined {
  const steps: Step[] = [];
  for (const hop of hops) {
    const step = stepOf(hop);
    if (!step) return undefined;
    steps.push(step);
  }
  return steps;
}

function stepOf({ node, through }: Hop): Step | undefined {
  if (node.is('Clip')) return clipStep(node);
  if (node.inputs.length !== 2) return undefined;
  const by = lanesOf(node.inputs[1 - through]);
  if (!by) return undefined;
  const kind = kinds.get(node.opType);
  if (kind) return { kind, by };
  return node.is('Max')
    ? { kind: 'clip', low: by, high: undefined }
    : { kind: 'clip', low: undefined, high: by };
}

function clipStep(node: Node): Step | undefined {
  const bounds = clipBounds(node);
  if (bounds) {
    const [low, high] = [bounds.lo, bounds.hi].map((x) => (x === undefined ? undefined : oneNumber(x)));
    return { kind: 'clip', low, high };
  }
  const [low, high] = [lanesOf(node.inputs[1]), lanesOf(node.inputs[2])];
  return (node.inputs[1] && !low) || (node.inputs[2] && !high) ? undefined : { kind: 'clip', low, high };
}
