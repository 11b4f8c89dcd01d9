import {
  elementCount,
  isInteger,
  type Model,
  ModelError,
  type Shape,
  type Value,
  type ValueType,
} from '@refold/ir';
import { Random, seedFor } from '../run/random.ts';
import { sizeName } from '../session/size-name.ts';
import type { NdValue } from '../tensor/nd-array.ts';
import {
  type Binding,
  bindingsFor,
  dimLabel,
  inputType,
  requiredInputs,
  type SizeOptions,
} from './bindings.ts';
import { drawTensor, type Span } from './elements.ts';
import { indexRanges } from './index-ranges.ts';
import type { Style } from './styles.ts';

/** Options of `makeInputs`. */
export interface InputOptions extends SizeOptions {
  /** 0 when absent. Each input draws from a sequence of its own, so that others do not change it. */
  readonly seed?: number | undefined;
  readonly style?: Style | undefined;
  /** Shape of inputs whose rank the model does not state; `[2, 3]` when absent. */
  readonly unknownShape?: readonly number[] | undefined;
  /** Names of initializers to draw other values for; they must be overridable, others are left alone. */
  readonly overrides?: readonly string[] | undefined;
}

/** Elements that are drawn for one input at most: they are doubles while they are drawn, so 2 GiB. */
const MAX_ELEMENTS = 2 ** 28;

/** Items of a sequence that is drawn. */
const SEQUENCE_LENGTH = 2;

/** Names by which exporters call inputs that hold nothing but 0 and 1. */
const zeroOneName = /mask|token_type|segment/i;

/**
 * Values for the inputs of a model: of the right types, of the sizes of `binding` (the likeliest guess when
 * absent), and, for integers that evidently are indices, within the range of what they index. The same
 * model, binding and options give the same values.
 * @throws ModelError `model/unsupported` for an input whose type is not known, or a map; `model/limit` for one that is
 * too large.
 */
export function makeInputs(
  model: Model,
  binding: Binding = bindingsFor(model)[0] ?? new Map(),
  options: InputOptions = {},
): Map<string, NdValue> {
  const feeds = new Map<string, NdValue>();
  const overrides = new Set(options.overrides);
  const extra = model.graph.inputs.filter((value) => value.overridable && overrides.has(value.name));
  for (const input of [...requiredInputs(model), ...extra]) {
    const fixed = options.fixed?.get(input.name);
    if (fixed) {
      feeds.set(input.name, fixed);
      continue;
    }
    const random = new Random(seedFor(input.name, options.seed ?? 0));
    feeds.set(input.name, drawValue(input, inputType(input), { binding, options, random }));
  }
  return feeds;
}

interface Draw {
  readonly binding: Binding;
  readonly options: InputOptions;
  readonly random: Random;
}

function drawValue(input: Value, type: ValueType | undefined, draw: Draw): NdValue {
  switch (type?.kind) {
    case 'tensor': {
      const dims = dimsOf(input, type.shape, draw);
      requireDrawable(input, dims);
      const span = isInteger(type.dtype) ? spanOf(input, draw.binding) : undefined;
      return drawTensor(type.dtype, dims, draw.random, draw.options.style, span);
    }
    case 'sequence':
      return {
        kind: 'sequence',
        items: Array.from({ length: SEQUENCE_LENGTH }, () => drawValue(input, type.of, draw)),
      };
    case 'optional':
      return { kind: 'optional', item: drawValue(input, type.of, draw) };
    default:
      throw new ModelError('model/unsupported', `no values can be drawn for input ${input.name}`, {
        value: input.name,
      });
  }
}

function requireDrawable({ name }: Value, dims: readonly number[]): void {
  if (elementCount(dims) <= MAX_ELEMENTS) return;
  throw new ModelError(
    'model/limit',
    `input ${name} of shape [${dims.join(', ')}] is too large: at most ${MAX_ELEMENTS} elements are drawn`,
    { value: name },
  );
}

function dimsOf(input: Value, shape: Shape | undefined, { binding, options }: Draw): readonly number[] {
  const given = new Map(Object.entries(options.shapes ?? {})).get(input.name);
  if (given) return given;
  if (!shape) return options.unknownShape ?? [2, 3];
  return shape.map((dim, axis) =>
    typeof dim === 'number' ? dim : (binding.get(dimLabel(dim, input, axis)) ?? 1),
  );
}

/** The integers that every reader of an input can take, if that is evident. */
function spanOf(input: Value, binding: Binding): Span | undefined {
  let span: Span | undefined;
  for (const range of indexRanges(input)) {
    const high = typeof range.high === 'number' ? range.high : binding.get(sizeName(range.high) ?? '');
    if (high === undefined) continue;
    span = { low: Math.max(span?.low ?? 0, range.low), high: Math.min(span?.high ?? high, high) };
  }
  return span ?? (zeroOneName.test(input.name) ? { low: 0, high: 2 } : undefined);
}
