import type { OperatorSchema, ParamValue } from '@refold/ir';
import type { ParamTest } from '@refold/matcher';
import { NoInstance } from '../no-instance.ts';
import type { Draft } from './draft.ts';

/** A value of a parameter that passes a test, for an operand with these sizes. */
export function drawnParam(
  draft: Draft,
  test: ParamTest,
  param: string,
  op: string,
  schema: OperatorSchema | undefined,
  dims: readonly number[],
): ParamValue {
  const rank = op === 'Unsqueeze' ? dims.length + listLength(test) : dims.length;
  if (typeof test !== 'object') return axisSpelling(draft, param, test, rank);
  if (isList(test)) return test.map((x) => Number(axisSpelling(draft, param, x, rank)));
  if ('absent' in test) return undefined;
  if ('oneOf' in test) {
    const one = draft.choices.any(test.oneOf) ?? 0;
    return typeof one === 'object' ? [...one] : axisSpelling(draft, param, one, rank);
  }
  if ('axes' in test) return drawnAxes(draft, test.axes, test.capture, dims.length);
  return captured(draft, test.capture, () => inventedParam(draft, param, op, schema, rank));
}

function isList(test: ParamTest): test is readonly number[] {
  return Array.isArray(test);
}

function listLength(test: ParamTest): number {
  return Array.isArray(test) ? test.length : 1;
}

/** Axes may be counted from either end. */
function axisSpelling(
  draft: Draft,
  param: string,
  value: string | number | boolean,
  rank: number,
): string | number | boolean {
  if (typeof value !== 'number' || (param !== 'axis' && param !== 'axes')) return value;
  if (value >= rank || value < -rank) throw new NoInstance(`axis ${value} of rank ${rank}`);
  if (draft.choices.flag()) return value;
  return value < 0 ? value + rank : value - rank;
}

function drawnAxes(
  draft: Draft,
  kind: 'last' | 'trailing' | 'spatial' | 'all' | 'channel',
  capture: string | undefined,
  rank: number,
): readonly number[] {
  const axes = capture === undefined ? fresh() : captured(draft, capture, fresh);
  if (!isNumbers(axes)) throw new NoInstance('axes that are none');
  if (axes.length === 0) throw new NoInstance(`no ${kind} axes in rank ${rank}`);
  const negative = draft.choices.flag();
  return axes.map((axis) => {
    const counted = axis < 0 ? axis + rank : axis;
    return negative ? counted - rank : counted;
  });

  function fresh(): readonly number[] {
    if (rank === 0) throw new NoInstance('a scalar has no axes');
    const run = (from: number): readonly number[] =>
      Array.from({ length: Math.max(0, rank - from) }, (_, i) => from + i);
    if (kind === 'trailing') return run(draft.choices.below(3) < 2 ? rank - 1 : draft.choices.below(rank));
    if (kind === 'last') return [rank - 1];
    if (kind === 'channel') return rank > 1 ? [1] : [];
    return kind === 'spatial' ? run(2) : run(0);
  }
}

function isNumbers(value: ParamValue): value is readonly number[] {
  return Array.isArray(value) && value.every((x) => typeof x === 'number');
}

/** What a capture holds already, what the hint says of it, or something new. */
function captured(draft: Draft, name: string, invent: () => ParamValue): ParamValue {
  const { params } = draft.scopeOf(name);
  if (!params.has(name)) params.set(name, draft.valueHint(name) ?? invent());
  return params.get(name);
}

/** A value for a parameter that may be anything: most often another one than the default. */
function inventedParam(
  draft: Draft,
  param: string,
  op: string,
  schema: OperatorSchema | undefined,
  rank: number,
): ParamValue {
  const formal = schema?.attributes.get(param);
  if (param === 'axis') return draft.choices.below(Math.max(1, rank));
  if (param === 'axes') return [draft.choices.below(Math.max(1, rank))];
  if (param === 'perm') return draft.choices.shuffled([...new Array(rank).keys()]);
  if (formal?.type === 'float') {
    const usual = typeof formal.default === 'number' ? formal.default : 1;
    return draft.choices.any([usual, 0.5, 2, 0.25]) ?? usual;
  }
  if (formal?.default !== undefined) return formal.default;
  if (formal?.type === 'int') return draft.choices.below(2);
  if (formal?.required) throw new NoInstance(`${op}.${param}: no value without a hint`);
  return undefined;
}
