import type { Operator } from '../operator.ts';
import { attention } from './attention.ts';
import { causalConvWithState } from './causal-conv.ts';
import { flexAttention } from './flex-attention.ts';
import { linearAttention } from './linear-attention.ts';
import { rotaryEmbedding } from './rotary-embedding.ts';

export const attentionOperators: readonly Operator[] = [
  attention,
  causalConvWithState,
  flexAttention,
  linearAttention,
  rotaryEmbedding,
];
