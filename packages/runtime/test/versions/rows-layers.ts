import { count, f, i, n, type Row, row } from './row.ts';

/** One tree: x <= 0.5 leads to the first leaf, all else to the second. */
const stump = `nodes_treeids = [0, 0, 0], nodes_nodeids = [0, 1, 2], nodes_featureids = [0, 0, 0],
  nodes_modes = ["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids = [1, 0, 0], nodes_falsenodeids = [2, 0, 0]`;
const targets = 'n_targets = 1, target_treeids = [0, 0], target_nodeids = [1, 2], target_ids = [0, 0]';
const classes = `classlabels_int64s = [7, 8], class_treeids = [0, 0], class_nodeids = [1, 2], class_ids = [0, 1]`;

/** What a sum over a sequence does in a nested graph. */
const sum = 'body = sum (float s, float x) => (s2, o) { s2 = Add (s, x) o = Identity (s2) }';

/** Numbers whose meaning depends on which axis is the sequence and which the batch. */
const sequences = count([2, 2, 1]);

/** Operators with windows, states, nested graphs or heads, and trees. */
export const layerRows: readonly Row[] = [
  row('AveragePool', 7, 'y = AveragePool <kernel_shape = [2]> (a)', [f([1, 1, 3], 1, 3, 5)], [2, 4]),
  row(
    'AveragePool',
    10,
    'y = AveragePool <kernel_shape = [2], strides = [2], ceil_mode = 1> (a)',
    [f([1, 1, 3], 1, 3, 5)],
    [2, 5],
  ),
  row(
    'AveragePool',
    19,
    'y = AveragePool <kernel_shape = [2], dilations = [2]> (a)',
    [f([1, 1, 3], 1, 3, 5)],
    [3],
  ),
  row('MaxPool', 7, 'y = MaxPool <kernel_shape = [2]> (a)', [f([1, 1, 3], 1, 3, 5)], [3, 5]),
  row(
    'MaxPool',
    8,
    'y, y2 = MaxPool <kernel_shape = [1, 1], storage_order = 1> (a)',
    [count([1, 1, 2, 2])],
    [1, 2, 3, 4],
    [0, 2, 1, 3],
  ),
  row(
    'MaxPool',
    10,
    'y, y2 = MaxPool <kernel_shape = [2], dilations = [2], ceil_mode = 1> (a)',
    [f([1, 1, 3], 1, 3, 5)],
    [5],
    [2],
  ),
  row('LpPool', 7, 'y = LpPool <kernel_shape = [2], p = 1> (a)', [f([1, 1, 3], 1, -3, 5)], [4, 8]),
  row(
    'LpPool',
    18,
    'y = LpPool <kernel_shape = [2], p = 1, dilations = [2]> (a)',
    [f([1, 1, 3], 1, -3, 5)],
    [6],
  ),

  row(
    'RNN',
    7,
    'y, y2 = RNN <hidden_size = 1, activations = ["Relu"]> (a, b, c)',
    [sequences, f([1, 1, 1], 1), f([1, 1, 1], 1)],
    [1, 2, 4, 6],
    [4, 6],
  ),
  row(
    'RNN',
    14,
    'y, y2 = RNN <hidden_size = 1, activations = ["Relu"], layout = 1> (a, b, c)',
    [sequences, f([1, 1, 1], 1), f([1, 1, 1], 1)],
    [1, 3, 3, 7],
    [3, 7],
  ),
  // With nothing but the candidate the state is the input.
  row(
    'GRU',
    7,
    'y, y2 = GRU <hidden_size = 1, activations = ["Relu", "Relu"]> (a, b, c)',
    [sequences, f([1, 3, 1], 0, 0, 1), f([1, 3, 1], 0, 0, 0)],
    [1, 2, 3, 4],
    [3, 4],
  ),
  row(
    'GRU',
    14,
    'y, y2 = GRU <hidden_size = 1, activations = ["Relu", "Relu"], layout = 1> (a, b, c)',
    [sequences, f([1, 3, 1], 0, 0, 1), f([1, 3, 1], 0, 0, 0)],
    [1, 2, 3, 4],
    [2, 4],
  ),
  row(
    'LSTM',
    7,
    'y, y2 = LSTM <hidden_size = 1, activations = ["Relu", "Relu", "Relu"]> (a, b, c, d)',
    [sequences, f([1, 4, 1], 0, 0, 0, 1), f([1, 4, 1], 0, 0, 0, 0), f([1, 8], 1, 1, 0, 0, 0, 0, 0, 0)],
    [1, 2, 3, 4],
    [3, 4],
  ),
  row(
    'LSTM',
    14,
    'y, y2 = LSTM <hidden_size = 1, activations = ["Relu", "Relu", "Relu"], layout = 1> (a, b, c, d)',
    [sequences, f([1, 4, 1], 0, 0, 0, 1), f([1, 4, 1], 0, 0, 0, 0), f([1, 8], 1, 1, 0, 0, 0, 0, 0, 0)],
    [1, 2, 3, 4],
    [2, 4],
  ),

  row(
    'Loop',
    7,
    'y = Loop <body = step (int64 k, bool go, float v) => (go2, v2) { go2 = Identity (go) v2 = Add (v, v) }> (a, b, c)',
    [n(3), ['bool', [], [1]], f([1], 1)],
    [8],
  ),
  row(
    'Loop',
    11,
    'y = Loop <body = step (int64 k, bool go) => (go2, k2) { go2 = Identity (go) k2 = Add (k, k) }> (a, b)',
    [n(3), ['bool', [], [1]]],
    [0, 2, 4],
  ),
  // In opset 8 states and sequences have a batch axis in front, and lengths before them.
  row(
    'Scan',
    8,
    `y, y2 = Scan <num_scan_inputs = 1, ${sum}> ( , a, b)`,
    [f([2], 10, 20), count([2, 3])],
    [16, 35],
    [11, 13, 16, 24, 29, 35],
  ),
  row(
    'Scan',
    9,
    `y, y2 = Scan <num_scan_inputs = 1, scan_input_directions = [1], ${sum}> (a, b)`,
    [f([], 10), count([3])],
    [16],
    [13, 15, 16],
  ),

  row(
    'Attention',
    23,
    'y = Attention (a, b, c)',
    [f([1, 1, 1, 1], 1), f([1, 1, 2, 1], 0, 0), f([1, 1, 2, 1], 1, 3)],
    [2],
  ),
  row(
    'Attention',
    24,
    'y = Attention (a, b, c, , , , d)',
    [f([1, 1, 1, 1], 1), f([1, 1, 2, 1], 0, 0), f([1, 1, 2, 1], 1, 3), i(1)],
    [1],
  ),
  row(
    'Attention',
    25,
    'y = Attention <left_window_size = 0, right_window_size = 0> (a, b, c)',
    [f([1, 1, 2, 1], 1, 1), f([1, 1, 2, 1], 0, 0), f([1, 1, 2, 1], 1, 3)],
    [1, 3],
  ),

  row(
    'TreeEnsembleRegressor',
    1,
    `y = ai.onnx.ml.TreeEnsembleRegressor <${stump}, nodes_values = [0.5, 0.0, 0.0], ${targets}, target_weights = [10.0, 20.0]> (a)`,
    [f([2, 1], 0.5, 1)],
    [10, 20],
  ),
  row(
    'TreeEnsembleRegressor',
    3,
    `y = ai.onnx.ml.TreeEnsembleRegressor <${stump}, nodes_values_as_tensor = double[3] {0.5, 0.0, 0.0}, ${targets}, target_weights_as_tensor = double[2] {10.0, 20.0}, base_values_as_tensor = double[1] {1.0}> (a)`,
    [['float64', [2, 1], [0.5, 1]]],
    [11, 21],
  ),
  row(
    'TreeEnsembleClassifier',
    1,
    `y, y2 = ai.onnx.ml.TreeEnsembleClassifier <${stump}, nodes_values = [0.5, 0.0, 0.0], ${classes}, class_weights = [0.75, 0.5]> (a)`,
    [f([2, 1], 0.5, 1)],
    [7, 8],
    [0.75, 0, 0, 0.5],
  ),
  row(
    'TreeEnsembleClassifier',
    3,
    `y, y2 = ai.onnx.ml.TreeEnsembleClassifier <${stump}, nodes_values_as_tensor = double[3] {0.5, 0.0, 0.0}, ${classes}, class_weights_as_tensor = double[2] {0.75, 0.5}> (a)`,
    [['float64', [2, 1], [0.5, 1]]],
    [7, 8],
    [0.75, 0, 0, 0.5],
  ),
];
