import { type DType, dtypeCode, tensorType, type Value } from '@refold/ir';
import type { Operand, SequenceOperand } from '../build/scope.ts';
import { hasElements, type Site } from '../build/site.ts';
import type { Family, Generator } from './generator.ts';

/** Element types of the tensors in sequences that input `index` may be. */
function itemTypes(s: Site, index: number): readonly DType[] {
  const parameter = s.schema.inputs[index]?.type ?? '';
  const inner = (s.schema.types.get(parameter) ?? []).flatMap(
    (text) => /^seq\((.*)\)$/.exec(text)?.slice(1) ?? [],
  );
  return s.data(inner.flatMap((text) => s.typesOf(text)));
}

/** Lets later nodes read the sequence that a node made. */
function keep(
  s: Site,
  values: readonly (Value | undefined)[],
  dtype: DType,
  items: SequenceOperand['items'],
): void {
  const [value] = values;
  if (value) s.scope.keepSequence({ value, dtype, items });
}

const construct: Generator = (s) => {
  const first = s.value(s.data(s.types(0)), { rank: [1, 4] });
  const more = Array.from({ length: s.choices.below(3) }, () =>
    s.choices.flag() ? s.like(first.dtype, first.dims) : s.value([first.dtype], { rank: [1, 4] }),
  );
  const items = [first, ...more];
  keep(
    s,
    s.node(items),
    first.dtype,
    items.map((x) => x.dims),
  );
};

/** A place in a sequence, from either end; `beyond` allows the place after the last item. */
function position(s: Site, count: number, index: number, beyond = 0): Operand {
  return s.known(s.dtype(s.types(index)), [], [s.choices.between(-count, count - 1 + beyond)]);
}

const at: Generator = (s) => {
  const sequence = s.sequence(itemTypes(s, 0), 1);
  s.node([sequence, position(s, sequence.items.length, 1)]);
};

const insert: Generator = (s) => {
  const sequence = s.sequence(itemTypes(s, 0));
  const tensor = s.value([sequence.dtype], { rank: [1, 3] });
  const place = s.maybe(() => position(s, sequence.items.length, 2, 1));
  // Where the new one stands matters to nobody but the node.
  const all = [...sequence.items, tensor.dims];
  const alike = all.every((d) => d.join() === all[0]?.join());
  const made = s.node([sequence, tensor, place]);
  if (alike || place === undefined) keep(s, made, sequence.dtype, all);
};

const erase: Generator = (s) => {
  const sequence = s.sequence(itemTypes(s, 0), 1);
  s.node([sequence, s.maybe(() => position(s, sequence.items.length, 1))]);
};

const empty: Generator = (s) => {
  const types = (s.schema.types.get('S') ?? []).flatMap((text) => /^seq\((.*)\)$/.exec(text)?.slice(1) ?? []);
  const dtype = s.dtype(s.data(types.flatMap((text) => s.typesOf(text))));
  keep(s, s.node([], { dtype: dtypeCode(dtype) }), dtype, []);
};

const length: Generator = (s) => void s.node([s.sequence(itemTypes(s, 0))]);

const splitTo: Generator = (s) => {
  const x = s.value(s.data(s.types(0)), { rank: [1, 3], fits: hasElements });
  const axis = s.axis(x.dims.length);
  const size = x.dims.at(axis) ?? 1;
  const form = s.choices.below(3);
  if (form === 0) return void s.node([x], { axis, keepdims: s.flag() });
  const dtype = s.dtype(s.types(1));
  if (form === 1) return void s.node([x, s.known(dtype, [], [s.choices.between(1, size)])], { axis });
  const first = s.choices.between(1, size);
  const sizes = first === size ? [first] : [first, size - first];
  s.node([x, s.known(dtype, [sizes.length], sizes)], { axis });
};

const concatFrom: Generator = (s) => {
  const sequence = s.sequence(itemTypes(s, 0), 1, true);
  const rank = sequence.items[0]?.length ?? 1;
  const stack = s.choices.flag() || rank === 0 ? 1 : undefined;
  const axis = s.choices.below(stack ? rank + 1 : rank);
  s.node([sequence], { axis, new_axis: stack });
};

/** A value in an optional, or none. */
function optionalInput(s: Site, least: number): Value {
  const array = s.array(s.dtype(s.data(['float32', 'int64', 'bool'])), s.dims([0, 3]));
  const item = least === 0 && s.choices.rarely(3) ? undefined : array;
  const type = { kind: 'optional', of: tensorType(array.dtype, array.dims) } as const;
  return s.scope.fedValue({ kind: 'optional', item }, type);
}

const optional: Generator = (s) => void s.node([s.value(s.data(['float32', 'int64', 'bool']))]);

const hasElement: Generator = (s) => void s.node([optionalInput(s, 0)]);

const getElement: Generator = (s) => void s.node([optionalInput(s, 1)]);

export const sequenceFamily: Family = {
  SequenceConstruct: construct,
  SequenceAt: at,
  SequenceInsert: insert,
  SequenceErase: erase,
  SequenceEmpty: empty,
  SequenceLength: length,
  SplitToSequence: splitTo,
  ConcatFromSequence: concatFrom,
  Optional: optional,
  OptionalHasElement: hasElement,
  OptionalGetElement: getElement,
};
