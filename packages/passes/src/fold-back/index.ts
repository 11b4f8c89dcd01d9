import type { Pass } from '../manager/pass.ts';
import { foldGelu } from './gelu.ts';
import { foldHardSwish } from './hard-swish.ts';
import { foldLayerNorm, foldRmsNorm } from './normalization.ts';

export const foldBackPasses: readonly Pass[] = [foldLayerNorm, foldRmsNorm, foldGelu, foldHardSwish];
