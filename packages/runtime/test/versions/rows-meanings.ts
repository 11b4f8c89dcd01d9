import { count, f, i, n, type Row, row } from './row.ts';

/** Versions that are written as before and allow, or mean, something else. */
export const meaningRows: readonly Row[] = [
  // Negative axes and indices, from opset 11 on.
  row('Flatten', 11, 'b = Flatten <axis = -1> (a) y = Shape (b)', [count([2, 3, 4])], [6, 4]),
  row('ArgMax', 11, 'y = ArgMax <axis = -1, keepdims = 0> (a)', [f([2, 2], 1, 2, 4, 3)], [1, 0]),
  row('Concat', 11, 'b = Concat <axis = -1> (a, a) y = Shape (b)', [count([2, 3])], [2, 6]),
  row('Gather', 11, 'y = Gather <axis = -1> (a, b)', [count([2, 2]), i(-1)], [2, 4]),
  row('OneHot', 11, 'y = OneHot (a, b, c)', [i(-1), n(3), f([2], 0, 9)], [0, 0, 9]),
  row('ReduceMax', 11, 'y = ReduceMax <axes = [-1]> (a)', [count([2, 2])], [2, 4]),
  row('Split', 11, 'y, y2 = Split <axis = -1> (a)', [count([1, 2])], [1], [2]),
  row('Softmax', 11, 'y = Softmax <axis = -1> (a)', [f([2, 2], 0, 0, 0, 0)], [0.5, 0.5, 0.5, 0.5]),
  row('Squeeze', 11, 'b = Squeeze <axes = [-1]> (a) y = Shape (b)', [count([1, 2, 1])], [1, 2]),
  row('Unsqueeze', 11, 'b = Unsqueeze <axes = [-1]> (a) y = Shape (b)', [count([2])], [2, 1]),

  // Element types that came later.
  row('Clip', 12, 'y = Clip (a, b, b)', [i(1, 9), n(5)], [5, 5]),
  row(
    'Equal',
    19,
    'x = Cast <to = 8> (a) z = Cast <to = 8> (b) y = Equal (x, z)',
    [i(1, 2), i(1, 3)],
    [1, 0],
  ),
  row('Max', 8, 'y = Max (a, b)', [f([2, 1], 1, 5), f([2], 3, 4)], [3, 4, 5, 5]),
  row('Max', 12, 'y = Max (a, b)', [i(1, 5), i(3, 4)], [3, 5]),
  row('MaxPool', 12, 'y = MaxPool <kernel_shape = [2]> (a)', [['int8', [1, 1, 3], [-5, -3, -4]]], [-3, -3]),
  row('Mod', 28, 'y = Mod (a, b)', [f([1], -7), f([1], 3)], [2]),
  row('Pow', 12, 'y = Pow (a, b)', [i(2, 3), f([2], 3, 2)], [8, 9]),
  row('ReduceMax', 20, 'y = ReduceMax (a)', [['bool', [2], [0, 1]]], [1]),
  row('ReduceMin', 20, 'y = ReduceMin (a)', [['bool', [2], [0, 1]]], [0]),
  row('Relu', 14, 'y = Relu (a)', [['int8', [2], [-3, 3]]], [0, 3]),

  // Broadcasting of slopes and of what is added.
  row('PRelu', 9, 'y = PRelu (a, b)', [f([2, 2], -1, -2, 3, -4), f([2, 1], 10, 100)], [-10, -20, 3, -400]),
  row('Gemm', 9, 'y = Gemm (a, b, c)', [count([2, 1]), count([1, 2]), f([2, 1], 10, 20)], [11, 12, 22, 24]),
  row('Sum', 8, 'y = Sum (a, b)', [f([2, 1], 1, 2), f([2], 10, 20)], [11, 21, 12, 22]),

  // With ceil_mode no window starts behind the data.
  row(
    'MaxPool',
    11,
    'y = MaxPool <kernel_shape = [1], strides = [2], ceil_mode = 1> (a)',
    [count([1, 1, 2])],
    [1],
  ),
  // Chunks are equal but for the last, which may be smaller.
  row('Split', 28, 'y, y2, y3 = Split <num_outputs = 3> (a)', [count([7])], [1, 2, 3], [4, 5, 6], [7]),
];
