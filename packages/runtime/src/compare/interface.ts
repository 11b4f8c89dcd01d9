import type { Model, Value, ValueType } from '@refold/ir';

/**
 * What a caller would notice of two models without running them: names and order of required inputs and
 * outputs, their element types and ranks. Undefined when there is nothing.
 */
export function interfaceDifference(original: Model, result: Model): string | undefined {
  return (
    listDifference('input', required(original), required(result)) ??
    listDifference('output', original.graph.outputs, result.graph.outputs)
  );
}

/** Names of initializers that callers may override, in both models and in the original alone. */
export function overridesOf(
  original: Model,
  result: Model,
): { readonly kept: readonly string[]; readonly dropped: readonly string[] } {
  const left = new Set(result.graph.inputs.filter((value) => value.overridable).map((value) => value.name));
  const names = original.graph.inputs.filter((value) => value.overridable).map((value) => value.name);
  return {
    kept: names.filter((name) => left.has(name)),
    dropped: names.filter((name) => !left.has(name)),
  };
}

function required(model: Model): readonly Value[] {
  return model.graph.inputs.filter((value) => !value.tensor && !value.sparse);
}

function listDifference(what: string, before: readonly Value[], after: readonly Value[]): string | undefined {
  const names = (values: readonly Value[]): string => values.map((v) => v.name).join(', ');
  if (before.length !== after.length || before.some((v, i) => v.name !== after[i]?.name)) {
    return `${what}s ${names(before)} became ${names(after)}`;
  }
  for (const [i, value] of before.entries()) {
    const reason = typeDifference(typeOf(value), typeOf(after[i]));
    if (reason !== undefined) return `${what} ${value.name}: ${reason}`;
  }
  return undefined;
}

function typeOf(value: Value | undefined): ValueType | undefined {
  return value?.type ?? value?.declared;
}

function typeDifference(before: ValueType | undefined, after: ValueType | undefined): string | undefined {
  if (!before || !after) return undefined;
  if (before.kind !== after.kind) return `a ${before.kind} became a ${after.kind}`;
  if (before.kind !== 'tensor' || after.kind !== 'tensor') return undefined;
  if (before.dtype !== after.dtype) return `${before.dtype} became ${after.dtype}`;
  const [a, b] = [before.shape?.length, after.shape?.length];
  return a !== undefined && b !== undefined && a !== b ? `rank ${a} became ${b}` : undefined;
}
