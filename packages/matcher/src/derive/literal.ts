import {
  constantTensor,
  isFloat,
  type Node,
  type Tensor,
  tensorFloats,
  tensorInts,
  type Value,
} from '@refold/ir';
import type { PatternJson } from '../data/rule-data.ts';

/** Lists longer than this are data, not numbers that a formula says. */
const MAX_LIST = 16;

/** Looks through nodes that only give a constant another type. */
export function sourceOf(value: Value): Value {
  let at = value;
  for (let node = at.producer; node?.is('CastLike') || node?.is('Identity'); node = at.producer) {
    const [operand] = node.inputs;
    if (!operand) break;
    at = operand;
  }
  return at;
}

/** The constant that a value is, behind nodes that only give it another type. */
export function literalTensor(value: Value): Tensor | undefined {
  return constantTensor(sourceOf(value));
}

/** The numbers of a constant; undefined for strings, and for more of them than a formula says. */
export function numbersOf(tensor: Tensor): readonly number[] | undefined {
  if (tensor.size > MAX_LIST || tensor.dtype === 'string' || tensor.dtype.startsWith('complex'))
    return undefined;
  return isFloat(tensor.dtype) ? [...tensorFloats(tensor)] : tensorInts(tensor).map(Number);
}

/** Numbers that a float type holds exactly are meant as they are; others stand for what they were rounded from. */
export function numberPattern(tensor: Tensor): PatternJson | undefined {
  const numbers = numbersOf(tensor);
  const [first = 0] = numbers ?? [];
  if (!numbers || numbers.some((x) => !Number.isFinite(x))) return undefined;
  const number = tensor.rank === 0 || numbers.every((x) => x === first) ? first : numbers;
  const rounded = isFloat(tensor.dtype) && !numbers.every(isShort);
  if (rounded) return { number, tol: { ulp: 4 } };
  return typeof number === 'number' ? number : { number };
}

/** Whether a number has so few binary digits that nobody can have rounded it. */
function isShort(x: number): boolean {
  return Number.isInteger(x * 2 ** 12) && Math.abs(x) < 2 ** 24;
}

/** The attribute of the call whose value a constant in a function body is. */
export function attributeBehind(value: Value): string | undefined {
  const node: Node | undefined = sourceOf(value).producer;
  if (!node?.is('Constant')) return undefined;
  for (const attribute of node.attributes.values()) {
    if (attribute.type === 'reference') return attribute.value;
  }
  return undefined;
}
