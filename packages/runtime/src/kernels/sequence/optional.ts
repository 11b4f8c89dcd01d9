import { NdArray } from '../../tensor/nd-array.ts';
import type { Kernel } from '../kernel.ts';

export const optionalKernel: Kernel = {
  name: 'Optional',
  run: (inputs) => [{ kind: 'optional', item: inputs[0] }],
};

export const optionalGetElementKernel: Kernel = {
  name: 'OptionalGetElement',
  run(inputs, ctx) {
    const value = inputs[0];
    const item = value?.kind === 'optional' ? value.item : value;
    if (item === undefined) throw ctx.op.invalid('the optional is empty');
    return [item];
  },
};

export const optionalHasElementKernel: Kernel = {
  name: 'OptionalHasElement',
  run(inputs) {
    const value = inputs[0];
    const has = value !== undefined && (value.kind !== 'optional' || value.item !== undefined);
    return [new NdArray('bool', [], Uint8Array.of(has ? 1 : 0))];
  },
};
