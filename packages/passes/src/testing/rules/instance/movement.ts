import { tensorOf, type Value } from '@refold/ir';
import type { PatternData } from '@refold/matcher';
import { NoInstance } from '../no-instance.ts';
import { type Draft, dimsOf } from './draft.ts';
import type { Want } from './leaves.ts';
import type { Building } from './step.ts';

type Permuted = Extract<PatternData, { readonly kind: 'permuted' }>;
type Reshaped = Extract<PatternData, { readonly kind: 'reshaped' }>;

/** A value with its axes in another order, by one Transpose or by two. */
export function* permutedOf(draft: Draft, p: Permuted, want: Want | undefined): Building {
  const before = (): readonly number[] => {
    const after = want?.() ?? draft.sizes.usual;
    const order = permOf(draft, p, after.length);
    return order.map((_, axis) => after[order.indexOf(axis)] ?? 1);
  };
  const value = yield { pattern: p.of, want: want && before };
  if (!value) throw new NoInstance('nothing to permute');
  const rank = dimsOf(value).length;
  const perm = permOf(draft, p, rank);
  if (draft.choices.below(3) < 2) return transpose(draft, value, perm);
  const first = draft.choices.shuffled([...perm.keys()]);
  const between = transpose(draft, value, first);
  return transpose(
    draft,
    between,
    perm.map((axis) => first.indexOf(axis)),
  );
}

function transpose(draft: Draft, value: Value, perm: readonly number[]): Value {
  const isReversed = perm.every((axis, i) => axis === perm.length - 1 - i);
  const attributes =
    isReversed && draft.choices.flag() ? [] : [{ name: 'perm', type: 'ints', value: perm } as const];
  return draft.node('Transpose', [value], attributes);
}

function permOf(draft: Draft, { order }: Permuted, rank: number): readonly number[] {
  if (order.kind === 'capture') {
    const { params } = draft.scopeOf(order.name);
    const known = params.get(order.name) ?? draft.valueHint(order.name);
    const perm = Array.isArray(known)
      ? known.map(Number)
      : draft.choices.shuffled([...new Array(rank).keys()]);
    params.set(order.name, perm);
    return perm;
  }
  const first = rank - order.axes.length;
  if (first < 0 || (order.kind === 'axes' && first > 0)) throw new NoInstance(`an order for rank ${rank}`);
  return Array.from({ length: rank }, (_, i) => (i < first ? i : first + (order.axes[i - first] ?? 0)));
}

type Equation = Reshaped['from'];

/** A value in another shape, by Reshape to numbers, or with a 0 or -1 in them. */
export function* reshapedOf(draft: Draft, p: Reshaped, want: Want | undefined): Building {
  const before = (): readonly number[] => {
    if (want) draft.sizes.solve(namesOf(p.to), want());
    return draft.sizes.shape(namesOf(p.from));
  };
  const value = yield { pattern: p.of, want: before };
  if (!value) throw new NoInstance('nothing to reshape');
  const dims = dimsOf(value);
  draft.sizes.solve(namesOf(p.from), dims);
  const to = draft.sizes.shape(namesOf(p.to));
  if (dims.reduce((a, d) => a * d, 1) !== to.reduce((a, d) => a * d, 1)) {
    throw new NoInstance(`[${dims.join()}] is no [${to.join()}]`);
  }
  const asked = [...to];
  const at = draft.choices.below(asked.length + 1);
  if (at < asked.length) asked[at] = asked[at] === dims[at] && draft.choices.flag() ? 0 : -1;
  return draft.node('Reshape', [value, draft.initializer(tensorOf('int64', [asked.length], asked), 'shape')]);
}

/** Each dimension as a name, a number, or a product of these. */
function namesOf(side: Equation): readonly string[] {
  return side.map((factors) => (factors === '...' ? '...' : factors.join('*') || '1'));
}
