import {
  type Attribute,
  type FunctionDef,
  type Node,
  OpContext,
  type OperandFacts,
  type OperatorSchema,
} from '@refold/ir';

/** The attributes that a function body sees, by the names that references in it use. */
export type CallAttributes = ReadonlyMap<string, Attribute>;

/**
 * A node as a kernel sees it. Inside a function body, references to attributes of the call are answered
 * from the call; a reference to one that the call does not give is an absent attribute.
 */
export class CallContext extends OpContext {
  private readonly call: CallAttributes | undefined;

  constructor(
    node: Node,
    schema: OperatorSchema | undefined,
    facts: OperandFacts,
    call: CallAttributes | undefined,
  ) {
    super(node, schema, facts);
    this.call = call;
  }

  override attribute(name: string): Attribute | undefined {
    const written = this.node.attributes.get(name);
    if (written?.type !== 'reference') return written;
    if (!this.call) {
      throw this.invalid(
        `attribute ${name} refers to attribute ${written.value} of a function, outside of one`,
      );
    }
    const given = this.call.get(written.value);
    return given && { ...given, name };
  }

  override hasAttribute(name: string): boolean {
    return this.attribute(name) !== undefined;
  }
}

/** The attributes of one call of a function: those of the node, then the function's defaults. */
export function attributesOfCall(fn: FunctionDef, call: OpContext): CallAttributes {
  const attributes = new Map(fn.defaults);
  for (const name of call.node.attributes.keys()) {
    const attribute = call.attribute(name);
    if (attribute) attributes.set(name, attribute);
  }
  return attributes;
}
