import type { Pass } from '../manager/pass.ts';
import { foldAttention } from './attention.ts';
import { foldGelu } from './gelu.ts';
import { foldHardSwish } from './hard-swish.ts';
import { foldLayerNorm, foldRmsNorm } from './normalization.ts';
import { foldRotary } from './rotary.ts';

export const foldBackPasses: readonly Pass[] = [
  foldRotary,
  foldAttention,
  foldLayerNorm,
  foldRmsNorm,
  foldGelu,
  foldHardSwish,
];
