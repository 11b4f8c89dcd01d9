import type { InstanceHint } from '@refold/matcher';

/** A model in which a rule has something to do; `inputs` and the rest as in textual syntax. */
export function model(
  inputs: string,
  nodes: string,
  constants: readonly string[] = [],
  outputs = 'y',
  opset?: number,
): InstanceHint {
  const held = constants.length > 0 ? `<${constants.join(', ')}>` : '';
  const text = `(${inputs}) => (${outputs}) ${held} { ${nodes} }`;
  return { model: text, ...(opset === undefined ? {} : { opset }) };
}
