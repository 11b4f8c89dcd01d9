import { reals } from '@refold/runtime';
import { type Disagreement, tensorAt } from './disagreement.ts';
import {
  allDiffering,
  apart,
  isDouble,
  isIntegerResult,
  largestRead,
  readsAbove,
  readsNaN,
  readsNonFinite,
  smallBesideLargest,
  squaresLeaveRange,
} from './facts.ts';

/** Why the engines may differ, and who is right. */
export interface Explanation {
  readonly name: string;
  /** Empty for all operators. */
  readonly ops: readonly string[];
  /** Whether this is what a disagreement is about. */
  readonly covers: (d: Disagreement) => boolean;
  /** Whose result the text of the specification asks for; `both` where it says nothing. */
  readonly right: 'ours' | 'theirs' | 'both';
  /** What the specification says, and what was measured. */
  readonly evidence: string;
}

const names = (text: string): readonly string[] => text.split(' ');

const windows = names('BlackmanWindow HammingWindow HannWindow');
const sampling = names('Resize Upsample GridSample RoiAlign DeformConv AffineGrid');
const pools = names('MaxPool GlobalMaxPool MaxRoiPool');

/** Disagreements with ONNX Runtime 1.30 that are not ours to mend. */
export const explanations: readonly Explanation[] = [
  // ---------------------------------------------------------------- NaN and infinities
  {
    name: 'NaN has no place in an order',
    ops: [
      ...pools,
      ...names('ReduceMax ReduceMin ArgMax ArgMin Hardmax TopK Unique ScatterElements ScatterND RoiAlign'),
    ],
    covers: readsNaN,
    right: 'both',
    evidence:
      'The specification is silent. The reference (numpy) lets NaN win, as we do; in ONNX Runtime it wins or is skipped, depending on kernel and vector width.',
  },
  {
    name: 'the sign of NaN',
    ops: ['Sign'],
    covers: (d) => allDiffering(d, (a) => Number.isNaN(a)),
    right: 'both',
    evidence:
      'NaN is not more than 0, not less and not equal. The reference gives NaN; ONNX Runtime too, but 0 in float16.',
  },
  {
    name: 'the largest of nothing but -infinity',
    ops: pools,
    covers: (d) => allDiffering(d, (a) => a === Number.NEGATIVE_INFINITY),
    right: 'ours',
    evidence: 'ONNX Runtime starts its search at the lowest finite number.',
  },
  {
    name: 'Clip without bounds',
    ops: ['Clip'],
    covers: (d) => allDiffering(d, (a) => Math.abs(a) === Number.POSITIVE_INFINITY),
    right: 'both',
    evidence:
      'The text names the largest finite number as the default bound; the function body has no bound where none is given, so that infinity stays.',
  },
  {
    name: 'weight 0 times infinity',
    ops: sampling,
    covers: readsNonFinite,
    right: 'both',
    evidence:
      'A sample that is infinite or NaN and has weight 0: the product is NaN where it is computed, and nothing where it is left out. The specification does not say.',
  },
  {
    name: 'padding times infinity',
    ops: names('Conv ConvTranspose AveragePool LpPool'),
    covers: readsNonFinite,
    right: 'both',
    evidence:
      'ONNX Runtime multiplies the zeros of the padding with infinite weights; we leave the padding out of the sum.',
  },
  {
    name: 'infinity and NaN in long sums',
    ops: names('DFT STFT Attention LinearAttention'),
    covers: readsNonFinite,
    right: 'both',
    evidence:
      'Which results become NaN depends on which products with 0 are computed, and so on the algorithm.',
  },
  {
    name: 'NaN that activations lose',
    ops: names('GRU LSTM RNN'),
    covers: readsNonFinite,
    right: 'ours',
    evidence:
      'Gates, and what goes into them, are NaN or infinite there. ONNX Runtime clamps arguments of its approximations, and takes NaN for a bound.',
  },
  {
    name: 'NaN and infinity among scores',
    ops: names('Softmax LogSoftmax SoftmaxCrossEntropyLoss'),
    covers: (d) => readsNonFinite(d) && allDiffering(d, (a) => Number.isNaN(a)),
    right: 'ours',
    evidence:
      'By the formula such a row is NaN throughout. In float64 ONNX Runtime passes NaN over, and gives probabilities above 1, or -infinity beside infinity.',
  },
  {
    name: 'what is left where a transform is 0',
    ops: names('DFT STFT'),
    covers: (d) => {
      const noise = 1e-6 * largestRead(d);
      return allDiffering(d, (a, b) => Math.abs(a) <= noise && Math.abs(b) <= noise);
    },
    right: 'ours',
    evidence: 'Sums that cancel leave the rounding errors of float32 factors in ONNX Runtime.',
  },
  {
    name: 'infinity into codes',
    ops: names('QuantizeLinear DynamicQuantizeLinear'),
    covers: (d) => readsNonFinite(d) || readsAbove(d, 2 ** 31),
    right: 'ours',
    evidence:
      'saturate() of what is out of range is the end of the range; ONNX Runtime casts infinity and NaN to an integer.',
  },
  {
    name: 'numbers out of the range of an integer',
    ops: names('Cast CastLike'),
    covers: (d) => isIntegerResult(d) && (readsNonFinite(d) || readsAbove(d, 127)),
    right: 'both',
    evidence: 'ONNX calls the result undefined.',
  },

  // ---------------------------------------------------------------- range and precision on the way
  {
    name: 'squares that leave the range',
    ops: names(
      'LpNormalization LpPool GlobalLpPool ReduceL2 ReduceSumSquare LayerNormalization InstanceNormalization GroupNormalization RMSNormalization LRN MeanVarianceNormalization BatchNormalization',
    ),
    covers: squaresLeaveRange,
    right: 'ours',
    evidence:
      'Squares of float32 stay in the range of double, in which we compute; ONNX Runtime squares in float32, to infinity or 0.',
  },
  {
    name: 'overflow on the way',
    ops: [],
    covers: (d) =>
      readsAbove(d, 2 ** 60) && allDiffering(d, (a, b) => !Number.isFinite(b) || Math.abs(a) > 2 ** 60),
    right: 'ours',
    evidence:
      'Sums and products leave the range of float32 in ONNX Runtime, and not that of double. The result is in range.',
  },
  {
    name: 'running sums',
    ops: names('LRN CumSum'),
    covers: (d) => readsNonFinite(d) || readsAbove(d, 2 ** 11),
    right: 'ours',
    evidence:
      'ONNX Runtime adds what enters a window and takes away what leaves it: after a large number the small ones are lost, and infinity minus infinity is NaN.',
  },
  {
    name: 'variance as a difference',
    ops: ['MeanVarianceNormalization'],
    covers: (d) =>
      smallBesideLargest(d, 1e-3) ||
      allDiffering(d, (a, b) => Number.isNaN(b) || Math.abs(b) > Math.abs(a) || apart(a, b) < 1e-2),
    right: 'both',
    evidence:
      'The function body has E[x^2] - E[x]^2, which loses digits in float32 (in double it does not), and adds 1e-9 to its root. ONNX Runtime leaves that out, and gives NaN for constant data.',
  },
  {
    name: 'Softplus overflows',
    ops: names('Softplus GRU LSTM RNN'),
    covers: (d) =>
      d.node.is('Softplus')
        ? allDiffering(d, (_, b) => b === Number.POSITIVE_INFINITY)
        : d.op.stringsAttribute('activations')?.includes('Softplus') === true &&
          (readsAbove(d, 88) || allDiffering(d, (_, b) => !Number.isFinite(b))),
    right: 'ours',
    evidence:
      'log(1 + exp x) is about x for large x. ONNX Runtime computes it as it is written in float64 and in recurrent operators, and gets infinity.',
  },
  {
    name: 'NaN to the power of 0',
    ops: ['Pow'],
    covers: (d) => isDouble(d) && readsNaN(d) && allDiffering(d, (a) => a === 1),
    right: 'both',
    evidence: 'C and numpy give 1, and ONNX Runtime does in float32. In float64 it gives NaN.',
  },
  {
    name: 'coefficients of windows in float64',
    ops: windows,
    covers: (d) => isDouble(d) && allDiffering(d, (a, b) => Math.abs(a - b) < 1e-7),
    right: 'ours',
    evidence:
      'The formulas have decimal coefficients; ONNX Runtime rounds them to float32 even where the result is float64.',
  },
  {
    name: 'one sixth in float64',
    ops: ['HardSwish'],
    covers: (d) => isDouble(d) && allDiffering(d, (a, b) => apart(a, b) < 1e-5),
    right: 'both',
    evidence: 'The text says 1/6; the function body hands it on as an attribute, which is a float32.',
  },
  {
    name: 'float64 with factors in float32',
    ops: [...sampling, ...names('DFT STFT Attention Gelu')],
    covers: (d) => isDouble(d) && smallBesideLargest(d, 1e-6),
    right: 'ours',
    evidence:
      'Twiddle factors, coordinates, weights and scales are float32 in ONNX Runtime even where the data are float64.',
  },
  {
    name: 'Shrink in float32',
    ops: ['Shrink'],
    covers: (d) => isDouble(d) || isIntegerResult(d),
    right: 'ours',
    evidence: 'ONNX Runtime computes all types in float32: float64 loses digits, int32 its largest numbers.',
  },
  {
    name: 'digits of floats',
    ops: names('Cast CastLike'),
    covers: (d) =>
      d.ours?.kind === 'tensor' &&
      d.ours.dtype === 'string' &&
      allDiffering(d, (a, b) => apart(a, b) < 1e-7 || Math.fround(a) === Math.fround(b)),
    right: 'ours',
    evidence:
      'The text asks for plain digits, and not for how many. ONNX Runtime writes eight, of float64 too; ours are the fewest that give the number back.',
  },

  // ---------------------------------------------------------------- integers
  {
    name: 'integer overflow in reductions',
    ops: names(
      'ReduceSum ReduceProd ReduceSumSquare ReduceL1 ReduceL2 ReduceMean ReduceLogSum ReduceLogSumExp CumSum',
    ),
    covers: isIntegerResult,
    right: 'both',
    evidence:
      'ONNX does not say what happens. We wrap; ONNX Runtime computes some reductions in floats, and saturates.',
  },
  {
    name: 'integers between pixels',
    ops: names('Resize Upsample'),
    covers: isIntegerResult,
    right: 'both',
    evidence:
      'Nothing is said of how interpolated integers are rounded. We cut off exact sums; ONNX Runtime cuts off sums in float32, and with antialias rounds and saturates to uint8.',
  },

  {
    name: 'remainders by way of double',
    ops: ['Mod'],
    covers: (d) => isIntegerResult(d) && d.op.int('fmod') === 1,
    right: 'ours',
    evidence:
      'ONNX Runtime takes the remainder of 64-bit integers as fmod of doubles, which loses their last bits.',
  },

  // ---------------------------------------------------------------- corners of single operators
  {
    name: 'windows of one point',
    ops: windows,
    covers: (d) =>
      d.ours?.kind === 'tensor' && d.ours.size === 1 && allDiffering(d, (_, b) => Number.isNaN(b)),
    right: 'ours',
    evidence: 'A symmetric window divides by N - 1 = 0 in ONNX Runtime. The reference gives a number.',
  },
  {
    name: 'splitting the empty string',
    ops: ['StringSplit'],
    covers: (d) => tensorAt(d, 0)?.data.some((x) => x === '') ?? false,
    right: 'ours',
    evidence: 'With a delimiter the reference (Python) gives one empty part; ONNX Runtime gives none.',
  },
  {
    name: 'the mask of old Dropout',
    ops: ['Dropout'],
    covers: (d) => d.output === 1 && d.op.version < 12,
    right: 'both',
    evidence:
      'Before opset 12 nothing is said of the mask at inference; from 12 on it is all true, which is what we give always. ONNX Runtime gives all false.',
  },
  {
    name: 'reductions of nothing',
    ops: names('ReduceL1 ReduceL2 ReduceSum ReduceProd ReduceSumSquare ArgMax ArgMin'),
    covers: (d) => tensorAt(d, 0)?.size === 0 && d.elements.length === 0,
    right: 'ours',
    evidence: 'For empty data ONNX Runtime keeps a reduced axis that is counted from the back.',
  },
  {
    name: 'text in blocks',
    ops: names('Gather If Loop Scan SequenceMap'),
    covers: (d) => d.elements.length > 0 && d.elements.every((e) => e.theirs === ''),
    right: 'ours',
    evidence: 'Of every block of strings that is moved as a whole, ONNX Runtime copies only the first.',
  },
  {
    name: 'the last bin of a short one-sided spectrum',
    ops: ['DFT'],
    covers: (d) => d.op.int('inverse') === 1 && d.op.int('onesided') === 1 && tensorAt(d, 1) !== undefined,
    right: 'ours',
    evidence:
      'For a longer signal than the bins tell, missing bins are 0 (the reference, numpy). ONNX Runtime takes the last one given for the middle of the spectrum.',
  },
  {
    name: 'cropping an axis that keeps its size',
    ops: ['Resize'],
    covers: (d) => d.op.string('coordinate_transformation_mode') === 'tf_crop_and_resize',
    right: 'ours',
    evidence:
      'By the formula the region decides. ONNX Runtime leaves an axis as it is when its size before and after is the same.',
  },
  {
    name: 'backwards from INT_MAX',
    ops: ['Slice'],
    covers: slicesBackFromFar,
    right: 'ours',
    evidence:
      'With a negative step ends are clamped to [-1, n - 1], so INT_MAX is an empty slice; the text names INT_MIN for slicing back to the start. ONNX Runtime takes INT_MAX for that too.',
  },
];

function slicesBackFromFar(d: Disagreement): boolean {
  const [ends, steps] = [tensorAt(d, 2), tensorAt(d, 4)];
  if (!ends || !steps) return false;
  const far = Array.from(reals(ends), (end) => end >= 2 ** 31 - 1);
  return Array.from(reals(steps)).some((step, i) => step < 0 && far[i]);
}

/** The explanation of a disagreement, if there is one. */
export function explanationOf(d: Disagreement): Explanation | undefined {
  return explanations.find((e) => (e.ops.length === 0 || e.ops.includes(d.node.opType)) && e.covers(d));
}
