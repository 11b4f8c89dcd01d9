import { count, f, i, n, type Row, row, s } from './row.ts';

/** Operators that move elements, or look them up. */
export const shapeRows: readonly Row[] = [
  row('Constant', 9, 'y = Constant <value = float[2] {1.0, 2.0}> ()', [], [1, 2]),
  row('Constant', 11, 'y = Constant <value = float[2] {1.0, 2.0}> ()', [], [1, 2]),
  row('Constant', 12, 'y = Constant <value_floats = [1.0, 2.5]> ()', [], [1, 2.5]),
  row('Constant', 28, 'y = Constant <value_int = 3> ()', [], [3]),

  row(
    'DepthToSpace',
    7,
    'y = DepthToSpace <blocksize = 2> (a)',
    [count([1, 8, 1, 1])],
    [1, 3, 5, 7, 2, 4, 6, 8],
  ),
  row(
    'DepthToSpace',
    11,
    'y = DepthToSpace <blocksize = 2, mode = "CRD"> (a)',
    [count([1, 8, 1, 1])],
    [1, 2, 3, 4, 5, 6, 7, 8],
  ),
  row(
    'DepthToSpace',
    28,
    'y = DepthToSpace <blocksize = 2, mode = "DCR"> (a)',
    [count([1, 8, 1, 1])],
    [1, 3, 5, 7, 2, 4, 6, 8],
  ),
  row(
    'SpaceToDepth',
    7,
    'y = SpaceToDepth <blocksize = 2> (a)',
    [count([1, 2, 2, 2])],
    [1, 5, 2, 6, 3, 7, 4, 8],
  ),
  row(
    'SpaceToDepth',
    28,
    'y = SpaceToDepth <blocksize = 2, mode = "CRD"> (a)',
    [count([1, 2, 2, 2])],
    [1, 2, 3, 4, 5, 6, 7, 8],
  ),

  row('GatherND', 11, 'y = GatherND (a, b)', [count([2, 2]), ['int64', [2, 2], [0, 0, 1, 1]]], [1, 4]),
  row(
    'GatherND',
    12,
    'y = GatherND <batch_dims = 1> (a, b)',
    [count([2, 2]), ['int64', [2, 1], [1, 0]]],
    [2, 3],
  ),

  row('Pad', 7, 'y = Pad <pads = [1, 0], value = 9.0> (a)', [count([2])], [9, 1, 2]),
  row('Pad', 11, 'y = Pad (a, b, c)', [count([2]), i(0, 1), s(9)], [1, 2, 9]),
  row('Pad', 18, 'y = Pad (a, b, , c)', [count([1, 2]), i(1, 0), i(-1)], [0, 1, 2]),
  row('Pad', 28, 'y = Pad <mode = "wrap"> (a, b)', [count([3]), i(1, 1)], [3, 1, 2, 3, 1]),

  row('Reshape', 7, 'c = Reshape (a, b) y = Shape (c)', [count([2, 3]), i(0, -1)], [2, 3]),
  row('Reshape', 14, 'c = Reshape <allowzero = 1> (a, b) y = Shape (c)', [count([0, 3]), i(3, 0)], [3, 0]),

  row('ScatterElements', 11, 'y = ScatterElements (a, b, c)', [f([2], 1, 2), i(1), f([1], 5)], [1, 5]),
  row(
    'ScatterElements',
    16,
    'y = ScatterElements <reduction = "add"> (a, b, c)',
    [f([2], 1, 2), i(1), f([1], 5)],
    [1, 7],
  ),
  row(
    'ScatterElements',
    18,
    'y = ScatterElements <reduction = "max"> (a, b, c)',
    [f([2], 1, 2), i(1), f([1], 5)],
    [1, 5],
  ),
  row('ScatterND', 11, 'y = ScatterND (a, b, c)', [f([2], 1, 2), ['int64', [1, 1], [1]], f([1], 5)], [1, 5]),
  row(
    'ScatterND',
    16,
    'y = ScatterND <reduction = "mul"> (a, b, c)',
    [f([2], 1, 2), ['int64', [1, 1], [1]], f([1], 5)],
    [1, 10],
  ),
  row(
    'ScatterND',
    18,
    'y = ScatterND <reduction = "min"> (a, b, c)',
    [f([2], 1, 2), ['int64', [1, 1], [1]], f([1], 5)],
    [1, 2],
  ),

  row('Shape', 7, 'y = Shape (a)', [count([2, 3, 4])], [2, 3, 4]),
  row('Shape', 15, 'y = Shape <start = 1, end = -1> (a)', [count([2, 3, 4])], [3]),

  row('Slice', 7, 'y = Slice <starts = [1], ends = [9], axes = [0]> (a)', [count([3])], [2, 3]),
  row('Slice', 10, 'y = Slice (a, b, c, , d)', [count([3]), i(-1), i(-9), i(-2)], [3, 1]),

  row('Split', 7, 'y, y2 = Split <split = [1, 2]> (a)', [count([3])], [1], [2, 3]),
  row('Split', 13, 'y, y2 = Split (a, b)', [count([3]), i(1, 2)], [1], [2, 3]),
  row('Split', 18, 'y, y2 = Split <num_outputs = 2> (a)', [count([3])], [1, 2], [3]),

  row('Squeeze', 7, 'c = Squeeze <axes = [0]> (a) y = Shape (c)', [count([1, 2, 1])], [2, 1]),
  row('Squeeze', 13, 'c = Squeeze (a, b) y = Shape (c)', [count([1, 2, 1]), i(-1)], [1, 2]),
  row('Unsqueeze', 7, 'c = Unsqueeze <axes = [0, 2]> (a) y = Shape (c)', [count([2])], [1, 2, 1]),
  row('Unsqueeze', 13, 'c = Unsqueeze (a, b) y = Shape (c)', [count([2]), i(-1)], [2, 1]),

  row('TopK', 7, 'y, y2 = TopK <k = 2> (a)', [f([3], 5, 7, 6)], [7, 6], [1, 2]),
  row('TopK', 10, 'y, y2 = TopK (a, b)', [f([3], 5, 7, 6), i(2)], [7, 6], [1, 2]),
  row('TopK', 11, 'y, y2 = TopK <largest = 0> (a, b)', [f([3], 5, 7, 6), i(2)], [5, 6], [0, 2]),

  row('Range', 11, 'y = Range (a, b, c)', [n(1), n(6), n(2)], [1, 3, 5]),
  row('Range', 27, 'y = Range <stash_type = 1> (a, b, c)', [s(1), s(2), s(0.5)], [1, 1.5]),

  row('Upsample', 7, 'y = Upsample <scales = [1.0, 1.0, 1.0, 2.0]> (a)', [count([1, 1, 1, 2])], [1, 1, 2, 2]),
  row('Upsample', 9, 'y = Upsample (a, b)', [count([1, 1, 1, 2]), f([4], 1, 1, 1, 2)], [1, 1, 2, 2]),

  // Opset 10 divides plainly; later ones have half pixels unless they are told otherwise.
  row(
    'Resize',
    10,
    'y = Resize <mode = "linear"> (a, b)',
    [f([1, 1, 1, 2], 1, 3), f([4], 1, 1, 1, 2)],
    [1, 2, 3, 3],
  ),
  row(
    'Resize',
    11,
    'y = Resize <mode = "linear"> (a, b, c)',
    [f([1, 1, 1, 2], 1, 3), f([0]), f([4], 1, 1, 1, 2)],
    [1, 1.5, 2.5, 3],
  ),
  row(
    'Resize',
    13,
    'y = Resize <mode = "nearest"> (a, , , b)',
    [f([1, 1, 1, 2], 1, 3), i(1, 1, 1, 4)],
    [1, 1, 3, 3],
  ),
  row(
    'Resize',
    18,
    'y = Resize <mode = "linear", axes = [3], antialias = 1> (a, , b)',
    [f([1, 1, 1, 2], 1, 3), f([1], 2)],
    [1, 1.5, 2.5, 3],
  ),
  row(
    'Resize',
    19,
    'y = Resize <mode = "linear", axes = [3], coordinate_transformation_mode = "half_pixel_symmetric"> (a, , b)',
    [f([1, 1, 1, 2], 1, 3), f([1], 2)],
    [1, 1.5, 2.5, 3],
  ),

  // Before opset 16 there was no shift by half a pixel.
  row(
    'RoiAlign',
    10,
    'y = RoiAlign <sampling_ratio = 1> (a, b, c)',
    [f([1, 1, 2, 2], 1, 2, 3, 4), f([1, 4], 0, 0, 1, 1), i(0)],
    [2.5],
  ),
  row(
    'RoiAlign',
    16,
    'y = RoiAlign <sampling_ratio = 1> (a, b, c)',
    [f([1, 1, 2, 2], 1, 2, 3, 4), f([1, 4], 0, 0, 1, 1), i(0)],
    [1],
  ),

  // A sample 3/4 of the way between two pixels; the names of the modes changed with opset 20.
  row(
    'GridSample',
    16,
    'y = GridSample <mode = "bilinear", align_corners = 1> (a, b)',
    [f([1, 1, 1, 2], 1, 3), f([1, 1, 1, 2], 0.5, 0)],
    [2.5],
  ),
  row(
    'GridSample',
    20,
    'y = GridSample <mode = "linear", align_corners = 1> (a, b)',
    [f([1, 1, 1, 2], 1, 3), f([1, 1, 1, 2], 0.5, 0)],
    [2.5],
  ),

  row('OptionalHasElement', 15, 'o = Optional (a) y = OptionalHasElement (o)', [count([1])], [1]),
  row(
    'OptionalHasElement',
    18,
    'y = OptionalHasElement () y2 = OptionalHasElement (a)',
    [count([1])],
    [0],
    [1],
  ),
];
