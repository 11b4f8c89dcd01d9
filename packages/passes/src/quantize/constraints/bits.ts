import { constantTensor, type Node, RefoldError, type Value } from '@refold/ir';
import type { CodeFamily, Target } from '../targets/target.ts';
import { bitsOf, type CodeType } from '../theta/format.ts';
import type { Collected } from './collect.ts';
import { operandsOf } from './operands.ts';

/** The first opset with codes of 4 and of 16 bits, and with scales of blocks. */
export const MIXED_BITS = 21;

/** Sizes of codes. */
export type Bits = 4 | 8 | 16;

/**
 * How many bits codes are to have: by the name of a value, for the whole class that it is in; by the name of a layer, or of
 * the constant that it reads, for its weights.
 */
export type BitsByName = ReadonlyMap<string, Bits>;

/** A family of codes with the types of so many bits alone, if it has some. */
export function ofBits(family: CodeFamily, bits: Bits | undefined): CodeFamily {
  const types = bits === undefined ? [] : typesOf(family, bits);
  return types.length === 0 ? family : { ...family, types };
}

/** What was asked for the weights of a layer. */
export function bitsOfWeights(
  bits: BitsByName,
  { name }: Node,
  weights: Value | undefined,
): Bits | undefined {
  return bits.get(name) ?? (weights && bits.get(weights.name));
}

/** The type of codes that the weights of a layer get. */
export function weightType({ weights }: Target, bits: BitsByName, node: Node): CodeType {
  const input = operandsOf(node).weights?.[0]?.input ?? 1;
  const { types } = ofBits(weights, bitsOfWeights(bits, node, node.inputs[input]));
  return types[0] ?? weights.types[0] ?? 'int8';
}

/**
 * Sees to it that all that was asked for can be had.
 * @throws RefoldError `usage/option` for names that nothing on codes has, and for bits of which the target has no codes.
 */
export function requireBits({ table, quantized }: Collected, target: Target, bits: BitsByName): void {
  const asked = new Map<string, CodeFamily[]>();
  const note = (name: string, family: CodeFamily): void => {
    if (bits.has(name)) asked.set(name, [...(asked.get(name) ?? []), family]);
  };
  for (const [key, value] of table.values()) if (!constantTensor(value)) note(key, target.activations);
  for (const node of quantized) {
    for (const { input } of operandsOf(node).weights ?? []) {
      const weights = node.inputs[input];
      if (!weights || !constantTensor(weights)) continue;
      note(node.name, target.weights);
      note(weights.name, target.weights);
    }
  }
  for (const [name, count] of bits) {
    const families = asked.get(name);
    if (!families) throw refusal(`no value, layer or weight '${name}' gets codes`);
    if (families.every((family) => typesOf(family, count).length === 0)) {
      throw refusal(`${target.name} has no codes of ${count} bits for '${name}'`);
    }
  }
}

function typesOf({ types }: CodeFamily, bits: Bits): readonly CodeType[] {
  return types.filter((type) => bitsOf(type) === bits);
}

function refusal(message: string): RefoldError {
  return new RefoldError('usage/option', message);
}
