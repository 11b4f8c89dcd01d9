import { Model } from './model.ts';

/** An empty model. Opset versions by domain; the standard domain is `''`. */
export function newModel(opsets: ReadonlyMap<string, number>, irVersion = 10, name = 'graph'): Model {
  return new Model(irVersion, new Map(opsets), name);
}
