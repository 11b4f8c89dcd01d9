import type { Attribute } from '../../graph/attribute.ts';
import { OpContext, type OperandFacts } from '../context.ts';
import type { OperatorSchema } from '../schema.ts';

/**
 * A node seen as another operator would see it: operand i is operand `order[i]` of the node, attributes are
 * the same. Lets a quantized operator read its parameters with the view of the plain one.
 */
export class ReorderedContext extends OpContext {
  private readonly inner: OpContext;
  private readonly order: readonly number[];

  constructor(inner: OpContext, order: readonly number[], schema: OperatorSchema | undefined = inner.schema) {
    super(inner.node, schema, reordered(inner.facts, order));
    this.inner = inner;
    this.order = order;
  }

  override get inputCount(): number {
    return this.order.length;
  }

  override hasInput(index: number): boolean {
    return this.inner.hasInput(this.order[index] ?? -1);
  }

  override attribute(name: string): Attribute | undefined {
    return this.inner.attribute(name);
  }

  override hasAttribute(name: string): boolean {
    return this.inner.hasAttribute(name);
  }
}

function reordered(facts: OperandFacts, order: readonly number[]): OperandFacts {
  const at = (index: number): number => order[index] ?? -1;
  return {
    type: (index) => facts.type(at(index)),
    ints: (index) => facts.ints(at(index)),
    floats: (index) => facts.floats(at(index)),
    strings: (index) => facts.strings(at(index)),
    dims: (index) => facts.dims(at(index)),
  };
}
