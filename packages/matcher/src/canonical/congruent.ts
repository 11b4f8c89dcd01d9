import {
  type Attribute,
  attributeKey,
  commutingOperators,
  isDeterministic,
  type Node,
  sameTensor,
  type Tensor,
  tensorForm,
  type Value,
} from '@refold/ir';
import { behindAliases } from './alias.ts';
import { constantOf } from './constant-of.ts';
import { schemaAt } from './meaning.ts';

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
    const x = behindAliases(pair[0]);
    const y = behindAliases(pair[1]);
    if (x === y) continue;
    const key = `${x.id} ${y.id}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (seen.size > MAX_PAIRS) return false;
    const left = constantOf(x);
    const right = constantOf(y);
    if (left && right && sameConstant(left, right)) continue;
    if (!sameProducers(x, y)) return false;
    const p = x.producer?.inputs ?? [];
    const q = inOrderOf(p, y.producer);
    for (let i = 0; i < Math.max(p.length, q.length); i += 1) {
      const s = p[i];
      const t = q[i];
      if (s && t) pending.push([s, t]);
      else if (s || t) return false;
    }
  }
  return true;
}

/** Whether two constants are equal bit for bit. Large ones are equal only when they share their bytes. */
export function sameConstant(a: Tensor, b: Tensor): boolean {
  if (a === b || (a.data !== undefined && a.data === b.data)) return tensorForm(a) === tensorForm(b);
  return a.byteLength <= MAX_BYTES && b.byteLength <= MAX_BYTES && sameTensor(a, b);
}

/** The operands of a node, swapped where it commutes and one of them then stands where its like does. */
function inOrderOf(like: readonly (Value | undefined)[], node: Node | undefined): Node['inputs'] {
  const operands = node?.inputs ?? [];
  const [a, b] = operands;
  if (node?.domain !== '' || !commutingOperators.has(node.opType) || operands.length !== 2 || !a || !b)
    return operands;
  const [first, second] = like;
  const swapped = (first && isLike(first, b)) || (second && isLike(second, a));
  const straight = (first && isLike(first, a)) || (second && isLike(second, b));
  return swapped && !straight ? [b, a] : operands;
}

/** One value, or constants equal bit for bit. */
function isLike(a: Value, b: Value): boolean {
  const x = behindAliases(a);
  const y = behindAliases(b);
  if (x === y) return true;
  const left = constantOf(x);
  const right = constantOf(y);
  return left !== undefined && right !== undefined && sameConstant(left, right);
}

function sameProducers(a: Value, b: Value): boolean {
  const p = a.producer;
  const q = b.producer;
  if (!p || !q || a.index !== b.index) return false;
  if (p.opType !== q.opType || p.domain !== q.domain || p.overload !== q.overload) return false;
  // Two nodes that want other outputs may be told to compute otherwise.
  if (p.outputs.length !== q.outputs.length || p.outputs.some((o, i) => !o !== !q.outputs[i])) return false;
  return isDeterministic(p) && isDeterministic(q) && sameAttributes(p, q);
}

/** Whether two nodes of one operator have the same attributes, defaults of the schema filled in. */
function sameAttributes(a: Node, b: Node): boolean {
  const schema = schemaAt(a);
  for (const name of new Set([...a.attributes.keys(), ...b.attributes.keys()])) {
    const x = a.attributes.get(name);
    const y = b.attributes.get(name);
    const fallback = schema?.attributes.get(name)?.default;
    if (x && y ? attributeKey(x) !== attributeKey(y) : !isDefault(x ?? y, fallback)) return false;
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
      return Array.isArray(fallback) && isSameList(attribute.value.map(Number), fallback);
    case 'floats':
      return Array.isArray(fallback) && isSameList(attribute.value, fallback.map(Math.fround));
    case 'strings':
      return Array.isArray(fallback) && isSameList(attribute.value, fallback);
    default:
      return false;
  }
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((x, i) => Object.is(x, b[i]));
}
