import { type Model, type Tensor, tensorKey, type Value } from '@refold/ir';
import { graphPass, type Pass } from '../manager/pass.ts';

/** Equal initializers of the main graph become one: same type, same shape, same bits. */
export const mergeInitializers: Pass = graphPass({
  name: 'duplicates/initializers',
  summary: 'merge initializers that are equal bit for bit',
  run: ({ model, editor, tick }) => {
    let changes = 0;
    for (const group of groupsOfEqual(candidates(model))) {
      tick();
      const [first, ...rest] = group;
      if (!first) continue;
      for (const value of rest) {
        if (value.isGraphOutput) continue;
        editor.replaceAllUses(value, first);
        editor.removeInitializer(value);
        changes += 1;
      }
    }
    return changes;
  },
});

interface Candidate {
  readonly value: Value;
  readonly tensor: Tensor;
}

/** Initializers that no caller can override; those of nested graphs keep to themselves. */
function candidates(model: Model): Candidate[] {
  const found: Candidate[] = [];
  for (const value of model.graph.initializers) {
    if (value.tensor && !value.overridable && value.useCount > 0) found.push({ value, tensor: value.tensor });
  }
  return found;
}

/** Tensors of more bytes are looked at in a few places before they are read. */
const LARGE = 4096;

/** A few bytes of a large tensor; nothing of a small one. */
function sample({ data, byteLength }: Tensor): string {
  if (byteLength <= LARGE || !data?.slice) return '';
  const places = [0, Math.floor(byteLength / 2), byteLength - 64];
  return places.map((at) => data.slice?.(at, 64).join()).join();
}

/** Groups of two and more; bytes are only read where type, shape, length and samples agree. */
function groupsOfEqual(all: readonly Candidate[]): readonly (readonly Value[])[] {
  const byForm = groupBy(all, ({ tensor }) => `${tensor.dtype}[${tensor.dims.join()}]${tensor.byteLength}`);
  const alike = byForm.flatMap((form) => groupBy(form, ({ tensor }) => sample(tensor)));
  return alike.flatMap((some) =>
    groupBy(some, ({ tensor }) => tensorKey(tensor)).map((g) => g.map((c) => c.value)),
  );
}

function groupBy(
  all: readonly Candidate[],
  keyOf: (c: Candidate) => string,
): readonly (readonly Candidate[])[] {
  const groups = new Map<string, Candidate[]>();
  for (const c of all) {
    const key = keyOf(c);
    const group = groups.get(key);
    if (group) group.push(c);
    else groups.set(key, [c]);
  }
  return [...groups.values()].filter((g) => g.length > 1);
}
