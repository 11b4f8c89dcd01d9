import { type DType, isFloat, tensorFloats, tensorOf, type Value } from '@refold/ir';
import type { PatternData } from '@refold/matcher';
import { NoInstance } from '../no-instance.ts';
import { type Draft, dimsOf, dtypeOf } from './draft.ts';
import { numberOf, type Want } from './leaves.ts';
import type { Building, Part } from './step.ts';

type NaryPattern = Extract<PatternData, { readonly kind: 'sum' | 'product' }>;

/** A term with its sign, or a factor that stands above or below the line. */
interface Operand {
  readonly value: Value;
  readonly positive: boolean;
}

/** A sum or product in some order, bracketing and spelling. */
export function* naryOf(draft: Draft, p: NaryPattern, want: Want | undefined): Building {
  const isSum = p.kind === 'sum';
  const neutral = isSum ? 0 : 1;
  const constants = p.parts.filter((part) => part.of.kind === 'constant');
  const bare = constants.length + (p.literal === neutral ? 0 : 1) > 1;
  const operands: Operand[] = [];
  // Values and constants last: they take the type of what they are combined with.
  for (const part of p.parts.toSorted((a, b) => Number(isLeaf(a.of)) - Number(isLeaf(b.of)))) {
    const dtype = operands.length > 0 && isLeaf(part.of) ? dtypeOfAny(draft, operands) : undefined;
    const change = p.literal === neutral && constants.length === 1 ? inverse(draft, p, part.of) : undefined;
    const make = function* (): Building {
      return yield { pattern: part.of, want, bare, change, dtype };
    };
    const times = change ? -part.times : part.times;
    operands.push(...(isSum ? yield* termsOf(times, make) : yield* factorsOf(draft, times, make)));
  }
  if (p.literal !== neutral) operands.push(...numbersOf(draft, p, dtypeOfAny(draft, operands)));
  if (p.rest !== undefined) operands.push(...restOf(draft, p.rest));
  const result = combine(draft, operands, isSum);
  return result.positive ? result.value : turned(draft, result.value, isSum);
}

function isLeaf(p: PatternData): boolean {
  return p.kind === 'value' || p.kind === 'constant';
}

type Make = () => Building;
type Operands = Generator<Part, readonly Operand[], Value | undefined>;

function present(value: Value | undefined): Value {
  if (!value) throw new NoInstance('an operand is missing');
  return value;
}

/** `make`, as often as it is added, or taken away. */
function* termsOf(times: number, make: Make): Operands {
  const operands: Operand[] = [];
  for (let i = 0; i < Math.abs(times); i += 1) {
    operands.push({ value: present(yield* make()), positive: times > 0 });
  }
  return operands;
}

/** `make` with an exponent: as a product of itself, as a power, or under a root. */
function* factorsOf(draft: Draft, times: number, make: Make): Operands {
  const operands: Operand[] = [];
  const positive = times > 0;
  const size = Math.abs(times);
  const whole = Math.floor(size);
  if (whole >= 2 && isFloat(draft.dtype) && draft.choices.flag()) {
    const base = present(yield* make());
    operands.push({ value: draft.node('Pow', [base, scalar(draft, whole, base)]), positive });
  } else {
    for (let i = 0; i < whole; i += 1) operands.push({ value: present(yield* make()), positive });
  }
  if (size === whole) return operands;
  if (size - whole !== 0.5) throw new NoInstance(`an exponent of ${times}`);
  const base = present(yield* make());
  if (draft.choices.below(4) === 3) {
    const power = draft.node('Pow', [base, scalar(draft, positive ? 0.5 : -0.5, base)]);
    return [...operands, { value: power, positive: true }];
  }
  return [...operands, { value: draft.node('Sqrt', [base]), positive }];
}

/** Now and then the one constant of a pattern is written the other way round: x - (-c), x / (1 / c). */
function inverse(draft: Draft, p: NaryPattern, of: PatternData): ((x: number) => number) | undefined {
  if (of.kind !== 'constant' || draft.choices.below(6) < 5) return undefined;
  const known = of.name === undefined ? undefined : draft.scopeOf(of.name).values.get(of.name);
  const given = of.name === undefined ? of.test.value : (draft.valueHint(of.name) ?? of.test.value);
  if (known || of.test.splat !== true || typeof given !== 'number') return undefined;
  if (p.kind === 'sum') return (x) => -x;
  const exact = Number.isInteger(Math.log2(Math.abs(given)));
  return exact && isFloat(draft.dtype) ? (x) => 1 / x : undefined;
}

/** The number of a sum or product, in one piece or in two. */
function numbersOf(draft: Draft, p: NaryPattern, dtype: DType): readonly Operand[] {
  const { literal } = p;
  const number = (x: number): Value => numberOf(draft, dtype, [], [x], 'c');
  const exact = p.tol === 'exact';
  switch (draft.choices.below(4)) {
    case 1:
      if (p.kind === 'sum') return [{ value: number(-literal), positive: false }];
      if (isFloat(dtype) && (!exact || rounded(dtype, 1 / rounded(dtype, 1 / literal)) === literal)) {
        return [{ value: number(1 / literal), positive: false }];
      }
      break;
    case 2:
      if (!isFloat(dtype)) break;
      return p.kind === 'sum'
        ? [
            { value: number(literal / 2), positive: true },
            { value: number(literal / 2), positive: true },
          ]
        : [
            { value: number(literal * 2), positive: true },
            { value: number(0.5), positive: true },
          ];
  }
  return [{ value: number(literal), positive: true }];
}

function rounded(dtype: DType, x: number): number {
  return tensorFloats(tensorOf(dtype, [], [x]))[0] ?? Number.NaN;
}

function restOf(draft: Draft, name: string): readonly Operand[] {
  const count = draft.choices.below(3);
  return Array.from({ length: count }, () => ({
    value: draft.input(name, draft.dtype, draft.sizes.usual),
    positive: true,
  }));
}

/** Takes two operands at a time until one is left. */
function combine(draft: Draft, all: readonly Operand[], isSum: boolean): Operand {
  const [same, other] = isSum ? (['Add', 'Sub'] as const) : (['Mul', 'Div'] as const);
  const left = [...all];
  const take = (): Operand => {
    const [operand] = left.splice(draft.choices.below(left.length), 1);
    if (!operand) throw new NoInstance('nothing is left to combine');
    return operand;
  };
  while (left.length > 1) {
    let [a, b] = [take(), take()];
    if (a.positive !== b.positive && draft.choices.below(4) === 3) {
      if (!a.positive) a = { value: turned(draft, a.value, isSum), positive: true };
      else b = { value: turned(draft, b.value, isSum), positive: true };
    }
    const op = a.positive === b.positive ? same : other;
    left.push({ value: draft.node(op, [a.value, b.value]), positive: a.positive });
  }
  return take();
}

/** Minus a term, or one over a factor. */
function turned(draft: Draft, value: Value, isSum: boolean): Value {
  if (isSum) return draft.node('Neg', [value]);
  switch (draft.choices.below(3)) {
    case 1:
      return draft.node('Div', [besideOf(draft, 1, value), value]);
    case 2:
      return draft.node('Pow', [value, besideOf(draft, -1, value)]);
    default:
      return draft.node('Reciprocal', [value]);
  }
}

/** A number of the shape of a single element that it is combined with, so that neither widens the other. */
function besideOf(draft: Draft, x: number, value: Value): Value {
  const dims = dimsOf(value);
  return numberOf(draft, dtypeOf(value), dims.every((d) => d === 1) ? dims : [], [x], 'c');
}

/** A number of the type of what it is combined with. */
function scalar(draft: Draft, x: number, beside: Value): Value {
  return numberOf(draft, dtypeOf(beside), [], [x], 'c');
}

function dtypeOfAny(draft: Draft, operands: readonly Operand[]): DType {
  const type = operands[0]?.value.type;
  return type?.kind === 'tensor' ? type.dtype : draft.dtype;
}
