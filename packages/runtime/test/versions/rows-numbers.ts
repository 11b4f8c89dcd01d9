import { count, f, i, type Row, row, s } from './row.ts';

const third = Math.fround(1 / 3);

/** Values of each reduction of 1 and 3. */
const reductions: Readonly<Record<string, number>> = {
  ReduceL1: 4,
  ReduceL2: Math.fround(Math.sqrt(10)),
  ReduceLogSum: Math.fround(Math.log(4)),
  ReduceLogSumExp: Math.fround(Math.log(Math.exp(1) + Math.exp(3))),
  ReduceMax: 3,
  ReduceMean: 2,
  ReduceMin: 1,
  ReduceProd: 3,
  ReduceSumSquare: 10,
};

/** Operators that compute element by element, reduce or normalise. */
export const numberRows: readonly Row[] = [
  ...Object.entries(reductions).flatMap(([op, value]) => [
    row(op, 7, `y = ${op} <axes = [1]> (a)`, [f([1, 2], 1, 3)], [value]),
    row(op, 18, `y = ${op} (a, b)`, [f([1, 2], 1, 3), i(-1)], [value]),
    row(op, 18, `y = ${op} (a)`, [f([1, 2], 1, 3)], [value]),
  ]),
  row('ReduceSum', 12, 'y = ReduceSum <axes = [0]> (a)', [count([2, 2])], [4, 6]),
  row('ReduceSum', 13, 'y = ReduceSum (a, b)', [count([2, 2]), i(0)], [4, 6]),
  row('ReduceSum', 13, 'y = ReduceSum <noop_with_empty_axes = 1> (a)', [count([2])], [1, 2]),

  ...['ArgMax', 'ArgMin'].flatMap((op) => [
    row(op, 7, `y = ${op} (a)`, [f([3], 5, 5, 5)], [0]),
    row(op, 12, `y = ${op} <select_last_index = 1> (a)`, [f([3], 5, 5, 5)], [2]),
  ]),

  // Up to opset 12 all axes from 1 on are normalised as one, from 13 on the last one alone.
  row('Softmax', 12, 'y = Softmax (a)', [f([1, 2, 2], 0, 0, 0, 0)], [0.25, 0.25, 0.25, 0.25]),
  row('Softmax', 13, 'y = Softmax (a)', [f([1, 2, 2], 0, 0, 0, 0)], [0.5, 0.5, 0.5, 0.5]),
  row(
    'LogSoftmax',
    12,
    'b = LogSoftmax (a) y = Exp (b)',
    [f([1, 2, 2], 0, 0, 0, 0)],
    [0.25, 0.25, 0.25, 0.25],
  ),
  row('LogSoftmax', 13, 'b = LogSoftmax (a) y = Exp (b)', [f([1, 2, 2], 0, 0, 0, 0)], [0.5, 0.5, 0.5, 0.5]),
  row('Hardmax', 12, 'y = Hardmax (a)', [f([1, 2, 2], 1, 2, 3, 4)], [0, 0, 0, 1]),
  row('Hardmax', 13, 'y = Hardmax (a)', [f([1, 2, 2], 1, 2, 3, 4)], [0, 1, 0, 1]),

  row('Clip', 7, 'y = Clip <min = 0.0, max = 6.0> (a)', [f([3], -1, 3, 9)], [0, 3, 6]),
  row('Clip', 11, 'y = Clip (a, , b)', [f([3], -1, 3, 9), s(6)], [-1, 3, 6]),

  row('Cast', 7, 'y = Cast <to = 6> (a)', [f([2], 1.7, -1.7)], [1, -1]),
  row('Cast', 19, 'y = Cast <to = 17, saturate = 0> (a)', [f([2], 1000, 1)], [Number.NaN, 1]),
  // E8M0 has only powers of two: 1.2 goes up, down, or to the nearest.
  row('Cast', 24, 'y = Cast <to = 24, round_mode = "up"> (a)', [f([1], 1.2)], [2]),
  row('Cast', 25, 'y = Cast <to = 24, round_mode = "down"> (a)', [f([1], 1.2)], [1]),
  row('Cast', 28, 'y = Cast <to = 24, round_mode = "nearest"> (a)', [f([1], 1.2)], [1]),
  row('CastLike', 15, 'y = CastLike (a, b)', [f([2], 1.7, -1.7), i(0)], [1, -1]),
  row(
    'CastLike',
    19,
    'z = Cast <to = 17> (a) y = CastLike <saturate = 0> (a, z)',
    [f([2], 1000, 1)],
    [Number.NaN, 1],
  ),
  row('CastLike', 24, 'z = Cast <to = 24> (a) y = CastLike <round_mode = "down"> (a, z)', [f([1], 1.2)], [1]),

  row('Dropout', 7, 'y = Dropout <ratio = 0.5> (a)', [count([2])], [1, 2]),
  row('Dropout', 10, 'y, y2 = Dropout (a)', [count([2])], [1, 2], [1, 1]),
  row('Dropout', 12, 'y, y2 = Dropout (a, b, c)', [count([2]), s(0), ['bool', [], [1]]], [1, 2], [1, 1]),

  row('Gemm', 7, 'y = Gemm <transB = 1> (a, b, c)', [count([1, 2]), count([1, 2]), f([1], 10)], [15]),
  row('Gemm', 11, 'y = Gemm <transB = 1> (a, b)', [count([1, 2]), count([1, 2])], [5]),

  row(
    'BatchNormalization',
    7,
    'y = BatchNormalization <epsilon = 0.0> (a, b, c, d, e)',
    [f([1, 1, 2], 3, 5), f([1], 2), f([1], 1), f([1], 3), f([1], 4)],
    [1, 3],
  ),
  row(
    'BatchNormalization',
    9,
    'y = BatchNormalization <epsilon = 0.0> (a, b, c, d, e)',
    [f([1, 1, 2], 3, 5), f([1], 2), f([1], 1), f([1], 3), f([1], 4)],
    [1, 3],
  ),
  // In training mean 4 and variance 1 are those of the batch; the running ones move by a quarter.
  row(
    'BatchNormalization',
    14,
    'y, y2, y3 = BatchNormalization <epsilon = 0.0, training_mode = 1, momentum = 0.75> (a, b, c, d, e)',
    [f([1, 1, 2], 3, 5), f([1], 2), f([1], 1), f([1], 8), f([1], 5)],
    [-1, 3],
    [7],
    [4],
  ),

  // Scales are one for each group before opset 21, one for each channel from then on.
  row(
    'GroupNormalization',
    18,
    'y = GroupNormalization <num_groups = 1, epsilon = 0.0> (a, b, c)',
    [f([1, 2, 1], 1, 3), f([1], 2), f([1], 5)],
    [3, 7],
  ),
  row(
    'GroupNormalization',
    21,
    'y = GroupNormalization <num_groups = 1, epsilon = 0.0> (a, b, c)',
    [f([1, 2, 1], 1, 3), f([2], 2, 4), f([2], 5, 6)],
    [3, 10],
  ),

  row('DFT', 17, 'y = DFT <axis = 1> (a)', [f([1, 2, 1], 1, 3)], [4, 0, -2, 0]),
  row('DFT', 20, 'y = DFT (a, , b)', [f([1, 2, 1], 1, 3), ['int64', [], [1]]], [4, 0, -2, 0]),

  row(
    'QuantizeLinear',
    10,
    'y = QuantizeLinear (a, b, c)',
    [f([2], 1, 2.5), s(0.5), ['uint8', [], [1]]],
    [3, 6],
  ),
  row(
    'QuantizeLinear',
    13,
    'y = QuantizeLinear <axis = 0> (a, b, c)',
    [f([2], 1, 2.5), f([2], 0.5, 1), ['uint8', [2], [1, 0]]],
    [3, 2],
  ),
  row(
    'QuantizeLinear',
    19,
    'z = Cast <to = 17> (c) y = QuantizeLinear <saturate = 0> (a, b, z)',
    [f([2], 1000, 2), s(1), s(0)],
    [Number.NaN, 2],
  ),
  row(
    'QuantizeLinear',
    21,
    'y = QuantizeLinear <axis = 0, block_size = 2, output_dtype = 3> (a, b)',
    [f([4], 1, 2, 3, 4), f([2], 1, 0.5)],
    [1, 2, 6, 8],
  ),
  // 3.4995 is 3.5 in float16.
  row(
    'QuantizeLinear',
    23,
    'y = QuantizeLinear <precision = 10, output_dtype = 2> (a, b)',
    [f([1], 3.4995), s(1)],
    [4],
  ),
  row('QuantizeLinear', 23, 'y = QuantizeLinear <output_dtype = 2> (a, b)', [f([1], 3.4995), s(1)], [3]),
  row(
    'DequantizeLinear',
    10,
    'y = DequantizeLinear (a, b, c)',
    [['uint8', [2], [3, 6]], s(0.5), ['uint8', [], [1]]],
    [1, 2.5],
  ),
  row(
    'DequantizeLinear',
    13,
    'y = DequantizeLinear <axis = 0> (a, b)',
    [['uint8', [2], [3, 6]], f([2], 0.5, 1)],
    [1.5, 6],
  ),
  row('DequantizeLinear', 19, 'y = DequantizeLinear (a, b)', [['int32', [2], [3, -6]], s(0.5)], [1.5, -3]),
  row(
    'DequantizeLinear',
    21,
    'y = DequantizeLinear <axis = 0, block_size = 2> (a, b)',
    [['uint8', [4], [1, 2, 3, 4]], f([2], 1, 0.5)],
    [1, 2, 1.5, 2],
  ),
  row(
    'DequantizeLinear',
    23,
    'y = DequantizeLinear <output_dtype = 10> (a, b)',
    [['uint8', [1], [1]], s(third)],
    [0.333251953125],
  ),
  row(
    'QLinearMatMul',
    10,
    'y = QLinearMatMul (a, b, c, d, e, f, g, h)',
    [
      ['uint8', [1, 1], [6]],
      s(0.5),
      ['uint8', [], [2]],
      ['uint8', [1, 1], [5]],
      s(1),
      ['uint8', [], [1]],
      s(2),
      ['uint8', [], [1]],
    ],
    [5],
  ),
  row(
    'QLinearMatMul',
    21,
    'y = QLinearMatMul (a, b, c, d, e, f, g, h)',
    [
      ['uint8', [1, 1], [6]],
      s(0.5),
      ['uint8', [], [2]],
      ['uint8', [1, 1], [5]],
      s(1),
      ['uint8', [], [1]],
      s(2),
      ['uint8', [], [1]],
    ],
    [5],
  ),

  row(
    'LabelEncoder',
    1,
    'x = Cast <to = 8> (a) y = ai.onnx.ml.LabelEncoder <classes_strings = ["4", "5"], default_int64 = -3> (x)',
    [i(5, 9)],
    [1, -3],
  ),
  row(
    'LabelEncoder',
    2,
    'y = ai.onnx.ml.LabelEncoder <keys_int64s = [5], values_floats = [0.5], default_float = -1.0> (a)',
    [i(5, 9)],
    [0.5, -1],
  ),
  row(
    'LabelEncoder',
    4,
    'y = ai.onnx.ml.LabelEncoder <keys_tensor = int64[1] {5}, values_tensor = double[1] {0.25}, default_tensor = double[1] {-2.0}> (a)',
    [i(5, 9)],
    [0.25, -2],
  ),
];
