import type { Shape, Value } from '@refold/ir';

/** The shape of a value. Initializers have that of their data, whatever inference has said. */
export function shapeOf(value: Value): Shape | undefined {
  const type = value.type;
  if (type?.kind === 'tensor') return type.shape;
  return type === undefined ? value.tensor?.dims : undefined;
}
