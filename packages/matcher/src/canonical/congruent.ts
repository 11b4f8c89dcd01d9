import { type Attribute, type Node, schemaOf, type Tensor, type Value } from '@refold/ir';
import { constantOf } from './constant-of.ts';

/** How many pairs of values are compared before the answer is no. */
const MAX_PAIRS = 64;

/** Constants of more bytes are equal only when they share them. */
const MAX_BYTES = 1 << 16;

/**
 * Whether two values are the same in every run: one value, constants equal bit for bit, or results of the same
 * deterministic operator with the same attributes and congruent operands. `false` may mean "too deep to say".
 */
export function congruent(a: Value, b: Value): boolean {
  const pending: (readonly [Value, Value])[] = [[a, b]];
  const seen = new Set<string>();
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [x, y] = pair;
    if (x === y) continue;
    const key = `${x.id} ${y.id}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > MAX_PAIRS) return false;
    const left = constantOf(x);
    const right = constantOf(y);
    if (left && right && sameTensor(left, right)) continue;
    if (!sameProducers(x, y)) return false;
    const p = x.producer?.inputs ?? [];
    const q = y.producer?.inputs ?? [];
    for (let i = 0; i < Math.max(p.length, q.length); i += 1) {
      const s = p[i];
      const t = q[i];
      if (s && t) pending.push([s, t]);
      else if (s || t) return false;
    }
  }
  return true;
}

/** Whether two tensors are equal bit for bit. Large ones are equal only when they share their bytes. */
export function sameTensor(a: Tensor, b: Tensor): boolean {
  if (a === b) return true;
  if (a.dtype !== b.dtype || a.dims.length !== b.dims.length) return false;
  if (!a.dims.every((d, i) => d === b.dims[i])) return false;
  if (a.data && a.data === b.data) return true;
  if (a.byteLength > MAX_BYTES || b.byteLength > MAX_BYTES) return false;
  if (a.strings || b.strings) return a.strings?.every((s, i) => s === b.strings?.[i]) ?? false;
  const x = a.bytes();
  const y = b.bytes();
  return x.length === y.length && x.every((byte, i) => byte === y[i]);
}

function sameProducers(a: Value, b: Value): boolean {
  const p = a.producer;
  const q = b.producer;
  if (!p || !q || a.index !== b.index) return false;
  if (p.opType !== q.opType || p.domain !== q.domain || p.overload !== q.overload) return false;
  return isDeterministic(p) && isDeterministic(q) && sameAttributes(p, q);
}

/** Whether a node is known to give the same results for the same operands. */
export function isDeterministic(node: Node): boolean {
  const graph = node.graph;
  if (!graph || graph.model.functionOf(node) || node.graphs.length > 0) return false;
  return schemaOf(node.domain, node.opType, graph.opset(node.domain) ?? 0)?.determinism === 'yes';
}

/** Whether two nodes of one operator have the same attributes, defaults of the schema filled in. */
function sameAttributes(a: Node, b: Node): boolean {
  if (a.attributes.size === 0 && b.attributes.size === 0) return true;
  const schema = schemaOf(a.domain, a.opType, a.graph?.opset(a.domain) ?? 0);
  for (const name of new Set([...a.attributes.keys(), ...b.attributes.keys()])) {
    const x = a.attributes.get(name);
    const y = b.attributes.get(name);
    const fallback = schema?.attributes.get(name)?.default;
    if (x && y ? !sameAttribute(x, y) : !isDefault(x ?? y, fallback)) return false;
  }
  return true;
}

function isDefault(attribute: Attribute | undefined, fallback: unknown): boolean {
  if (!attribute || fallback === undefined) return false;
  switch (attribute.type) {
    case 'float':
      return typeof fallback === 'number' && attribute.value === Math.fround(fallback);
    case 'int':
      return Number(attribute.value) === fallback;
    case 'string':
      return attribute.value === fallback;
    case 'ints':
      return Array.isArray(fallback) && sameList(attribute.value.map(Number), fallback);
    case 'floats':
      return Array.isArray(fallback) && sameList(attribute.value, fallback.map(Math.fround));
    case 'strings':
      return Array.isArray(fallback) && sameList(attribute.value, fallback);
    default:
      return false;
  }
}

/** Whether two attributes of one name say the same; those that are no plain data only when they are one object. */
export function sameAttribute(a: Attribute, b: Attribute): boolean {
  if (a.type !== b.type) return false;
  if (a.value === b.value) return true;
  switch (a.type) {
    case 'float':
    case 'string':
    case 'undefined':
      return Object.is(a.value, b.value);
    case 'int':
      return b.type === 'int' && BigInt(a.value) === BigInt(b.value);
    case 'tensor':
      return b.type === 'tensor' && sameTensor(a.value, b.value);
    case 'floats':
      return b.type === 'floats' && sameList(a.value, b.value);
    case 'strings':
      return b.type === 'strings' && sameList(a.value, b.value);
    case 'ints':
      return b.type === 'ints' && sameList(a.value.map(BigInt), b.value.map(BigInt));
    default:
      return false;
  }
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]));
}
