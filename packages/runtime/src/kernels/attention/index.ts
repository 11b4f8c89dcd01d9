import type { Kernel } from '../kernel.ts';
import { attentionKernel } from './attention.ts';
import { causalConvKernel } from './causal-conv.ts';
import { flexAttentionKernel } from './flex-attention.ts';
import { linearAttentionKernel } from './linear-attention.ts';
import { rotaryEmbeddingKernel } from './rotary-embedding.ts';

export const attentionKernels: readonly Kernel[] = [
  attentionKernel,
  causalConvKernel,
  flexAttentionKernel,
  linearAttentionKernel,
  rotaryEmbeddingKernel,
];
