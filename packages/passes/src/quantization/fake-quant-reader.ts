import { dtypeOf, type Node, shapeOf, type Value } from '@refold/ir';
import { type LaneCodes, laneCodes } from './arithmetic-codes.ts';
import { codeRanges } from './codes.ts';
import type { Lanes } from './lanes.ts';
import { type RoundedData, roundedData, type Step } from './steps.ts';

/** Types of the codes that arithmetic has; fewer bits than 8 are a part of these. */
export type ArithmeticCodes = 'int8' | 'uint8' | 'int16' | 'uint16';

/** Data that goes through codes by arithmetic: (clip(round(x / s) + z, low, high) - z) * s, however it is spelled. */
export interface FakeQuant {
  readonly data: Value;
  readonly dtype: ArithmeticCodes;
  /** One scale and zero point, or one for each index of the axis. */
  readonly scales: readonly number[];
  readonly zeroPoints: readonly number[];
  readonly axis: number | undefined;
  /** The least and the largest code. */
  readonly low: number;
  readonly high: number;
}

/** Arithmetic that looks like fake quantization and cannot be, as scales are positive, and 0 has a code. */
export interface BrokenFakeQuant {
  readonly broken: 'scale' | 'zero-point';
  /** As in "its scale is 0". */
  readonly why: string;
}

/**
 * Reads the arithmetic that ends in a node as fake quantization. Data is divided by a scale, or multiplied by its
 * reciprocal; a zero point may be added before rounding or behind it; codes may be clipped before or behind, as codes or
 * as numbers, or the data may. Rounding is half to even as `Round` has it: `Floor(x + 0.5)` is something else.
 * Undefined for arithmetic that is no fake quantization.
 */
export function readFakeQuant(node: Node): FakeQuant | BrokenFakeQuant | undefined {
  if (dtypeOf(node.outputs[0]) !== 'float32') return undefined;
  for (const found of roundedData(node)) {
    const lanes = [...found.before, ...found.behind].flatMap(numbersOf);
    const axis = axisOf(found.data, lanes);
    if (!axis) continue;
    const codes = Array.from({ length: axis.length }, (_, lane) => laneCodes(found, lane));
    const [first] = codes;
    if (!first || !isClipped(found)) continue;
    const fake = fakeQuantOf(found.data, axis, codes);
    if (fake) return fake;
  }
  return undefined;
}

function fakeQuantOf(
  data: Value,
  { axis }: LaneAxis,
  codes: readonly (LaneCodes | undefined)[],
): FakeQuant | BrokenFakeQuant | undefined {
  const lanes = codes.filter((c) => c !== undefined);
  const [first] = lanes;
  if (!first || lanes.length < codes.length) return undefined;
  for (const { scale, zeroPoint, low, high } of lanes) {
    if (!(scale >= 2 ** -126 && scale < Number.POSITIVE_INFINITY))
      return { broken: 'scale', why: `its scale is ${scale}` };
    const why = `its zero point ${zeroPoint} is not in the range of its codes, [${low}, ${high}]`;
    if (zeroPoint < low || zeroPoint > high) return { broken: 'zero-point', why };
  }
  const { low, high } = first;
  const form = formOf(low, high);
  if (!form || lanes.some((lane) => lane.low !== low || lane.high !== high)) return undefined;
  return {
    data,
    dtype: form.dtype,
    scales: lanes.map(({ scale }) => scale),
    zeroPoints: lanes.map(({ zeroPoint }) => zeroPoint + form.shift),
    axis,
    low: low + form.shift,
    high: high + form.shift,
  };
}

interface CodeForm {
  readonly dtype: ArithmeticCodes;
  /** What is added to codes so that they are codes of the type. */
  readonly shift: number;
}

/** The type whose codes a range is part of; where none is, codes are counted from the least one on. */
function formOf(low: number, high: number): CodeForm | undefined {
  const signs = low < 0 ? (['int8', 'int16'] as const) : (['uint8', 'uint16'] as const);
  const forms: readonly CodeForm[] = [
    { dtype: signs[0], shift: 0 },
    { dtype: 'uint8', shift: -low },
    { dtype: signs[1], shift: 0 },
    { dtype: 'uint16', shift: -low },
  ];
  return forms.find(({ dtype, shift }) => {
    const [least, largest] = codeRanges.get(dtype) ?? [0, 0];
    return low + shift >= least && high + shift <= largest;
  });
}

interface LaneAxis {
  readonly axis: number | undefined;
  readonly length: number;
}

/** The axis of the data along which numbers differ; undefined where they would change its shape, or differ along several. */
function axisOf(data: Value, lanes: readonly Lanes[]): LaneAxis | undefined {
  const shape = shapeOf(data);
  let found: LaneAxis = { axis: undefined, length: 1 };
  for (const { axis, rank, values } of lanes) {
    if (rank > (shape?.length ?? 0)) return undefined;
    if (axis === undefined) continue;
    const index: number = (shape?.length ?? 0) - axis;
    if (shape?.[index] !== values.length) return undefined;
    if (found.axis !== undefined && found.axis !== index) return undefined;
    found = { axis: index, length: values.length };
  }
  return found;
}

function numbersOf(step: Step): readonly Lanes[] {
  return step.kind === 'clip' ? [step.low, step.high].filter((x) => x !== undefined) : [step.by];
}

function isClipped({ before, behind }: RoundedData): boolean {
  return [...before, ...behind].some(({ kind }) => kind === 'clip');
}
