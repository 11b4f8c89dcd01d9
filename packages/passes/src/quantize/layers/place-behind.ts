import { InternalError, type Place, type Value } from '@refold/ir';

/** Right behind the definition of a value, before all that reads it. */
export function placeBehind(value: Value): Place {
  if (value.producer) return { after: value.producer };
  const first = value.graph?.firstNode;
  if (first) return { before: first };
  throw new InternalError(`'${value.name}' is in no graph with nodes`);
}
