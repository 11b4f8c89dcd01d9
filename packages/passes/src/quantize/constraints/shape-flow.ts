import { constantTensor, type Node, type Value } from '@refold/ir';

/** Operators whose results say how large a tensor is, or where something lies in it. */
const sources: ReadonlySet<string> = new Set(['Shape', 'Size', 'NonZero', 'NonMaxSuppression', 'Range']);

/** Operands that say sizes, places or counts, by operator. */
const controls: ReadonlyMap<string, readonly number[]> = new Map([
  ['Reshape', [1]],
  ['Expand', [1]],
  ['Tile', [1]],
  ['Slice', [1, 2, 3, 4]],
  ['Pad', [1, 3]],
  ['Gather', [1]],
  ['GatherElements', [1]],
  ['GatherND', [1]],
  ['ScatterElements', [1]],
  ['ScatterND', [1]],
  ['Resize', [1, 2, 3]],
  ['Upsample', [1]],
  ['TopK', [1]],
  ['OneHot', [0, 1]],
  ['Range', [0, 1, 2]],
  ['ConstantOfShape', [0]],
  ['NonMaxSuppression', [0, 1, 2, 3, 4]],
  ['RoiAlign', [1, 2]],
  ['CumSum', [1]],
  ['Trilu', [1]],
]);

/** Operators that compute with such numbers, and with data as well. */
const arithmetic: ReadonlySet<string> = new Set(
  'Abs Add Cast Ceil Clip Concat Cos Div Equal Expand Floor Gather Greater Identity Less Max Min Mod Mul Neg Not Range'
    .concat(
      ' ReduceMax ReduceMin ReduceProd ReduceSum Reshape Round Shape Sin Slice Split Sqrt Squeeze Sub Tile',
    )
    .concat(' Transpose Unsqueeze Where')
    .split(' '),
);

/**
 * The nodes that compute with sizes, places and counts, which no rounding may touch: all that is made of sizes alone,
 * and arithmetic that ends in nothing but operands that steer others. Nodes come with definitions before uses.
 */
export function nodesOfShapes(nodes: readonly Node[]): ReadonlySet<Node> {
  const found = new Set<Node>();
  const sized = new Set<Value>();
  for (const node of nodes) {
    if (!sources.has(node.opType) && !readsOnly(node, sized)) continue;
    found.add(node);
    for (const value of node.outputs) if (value) sized.add(value);
  }
  for (const node of nodes.toReversed()) {
    if (node.domain !== '' || !arithmetic.has(node.opType)) continue;
    const results = node.outputs.filter((v) => v !== undefined);
    if (results.length > 0 && results.every((v) => steers(v, found))) found.add(node);
  }
  return found;
}

/** Whether a node computes with some of these values, and else constants alone. What they fill or pick out is data. */
function readsOnly(node: Node, sized: ReadonlySet<Value>): boolean {
  if (node.domain !== '' || !arithmetic.has(node.opType)) return false;
  const steering = controls.get(node.opType) ?? [];
  const computed = node.inputs.filter(
    (v, i) => v !== undefined && !constantTensor(v) && !steering.includes(i),
  );
  return computed.length > 0 && computed.every((v) => v !== undefined && sized.has(v));
}

/** Whether a value is read, and only to say sizes, places or counts. */
function steers(value: Value, found: ReadonlySet<Node>): boolean {
  let isRead = false;
  for (const { node, index } of value.uses()) {
    if (!node) return false;
    const isControl = node.domain === '' && controls.get(node.opType)?.includes(index) === true;
    if (!isControl && !found.has(node)) return false;
    isRead = true;
  }
  return isRead;
}
