import { constantMutants } from './constants.ts';
import { functionMutants } from './function.ts';
import type { Mutant } from './mutant.ts';
import { operatorMutants } from './operators.ts';
import { parameterMutants } from './parameters.ts';
import { shapeMutants } from './shapes.ts';
import { useMutants } from './uses.ts';

export const mutants: readonly Mutant[] = [
  ...[
    ...operatorMutants,
    ...constantMutants,
    ...parameterMutants,
    ...useMutants,
    ...shapeMutants,
    ...functionMutants,
  ],
];
