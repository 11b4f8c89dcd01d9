import { createSession, fromReals, type NdArray, reals } from '@refold/runtime';
import { build, type IntegerCase } from './integer-case.ts';
import type { OddElement, Verdict } from './judge.ts';

/** Why single elements may differ, and who is right by the text of the specification. */
export interface Explanation {
  readonly name: string;
  readonly ops: readonly string[];
  readonly covers: (element: OddElement, verdict: Verdict) => boolean;
  readonly right: 'ours' | 'theirs' | 'both';
  readonly evidence: string;
}

/** Differences from ONNX Runtime 1.30 that are not ours to mend. */
export const explanations: readonly Explanation[] = [
  {
    name: 'infinity into codes',
    ops: ['QuantizeLinear'],
    covers: ({ at }, { drawn }) => {
      const x = drawn.operands[0]?.array.data[at];
      return typeof x === 'number' && !(Math.abs(x) < 1e9);
    },
    right: 'ours',
    evidence:
      'saturate() of what is out of range is the end of the range, as ONNX Runtime has it for one scale; with several, it casts what int32 does not hold.',
  },
  {
    name: 'one of 256',
    ops: ['QLinearSoftmax'],
    covers: ({ ours, theirs }, { drawn }) =>
      drawn.operands[0]?.array.dims.at(-1) === 1 && ours === 255 && theirs === 0,
    right: 'ours',
    evidence: '1 / (1/256) is 256, which saturates to 255; ONNX Runtime lets it wrap around to 0.',
  },
  {
    name: 'one step at a tie',
    ops: ['QLinearAdd', 'QLinearMul', 'QLinearAveragePool'],
    covers: (element, { drawn }) => Math.abs(element.ours - element.theirs) === 1 && isAtTie(element, drawn),
    right: 'both',
    evidence:
      'These operators have no text that says where to round. ONNX Runtime multiplies by ratios of scales that it has rounded before; we give what DequantizeLinear, the float operator and QuantizeLinear give.',
  },
];

export function explain(element: OddElement, verdict: Verdict): Explanation | undefined {
  return explanations.find((e) => e.ops.includes(verdict.drawn.op) && e.covers(element, verdict));
}

/** The zero point is added before anything is rounded to an integer, which leaves numbers up to 256 that precision. */
const NUDGE = 2 ** -15;

/** Whether a scale that is moved by a few roundings gives what the other engine gave. */
function isAtTie({ at, theirs }: OddElement, drawn: IntegerCase): boolean {
  return drawn.operands.some((operand, i) => {
    if (operand?.array.dtype !== 'float32') return false;
    return [1 - NUDGE, 1 + NUDGE].some((factor) => {
      const moved = fromReals('float32', [], [Number(operand.array.data[0]) * factor]);
      return resultOf(withOperand(drawn, i, moved))[at] === theirs;
    });
  });
}

function withOperand(drawn: IntegerCase, index: number, array: NdArray): IntegerCase {
  const operands = drawn.operands.map((o, i) => (o && i === index ? { ...o, array } : o));
  return { ...drawn, operands };
}

function resultOf(drawn: IntegerCase): ArrayLike<number> {
  const { model, feeds } = build(drawn);
  const [result] = createSession(model).run(feeds).values();
  return result?.kind === 'tensor' ? reals(result) : [];
}
