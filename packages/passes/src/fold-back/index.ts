import type { Pass } from '../manager/pass.ts';
import { foldAttention } from './attention.ts';
import { foldRotary } from './rotary.ts';

export const foldBackPasses: readonly Pass[] = [foldRotary, foldAttention];
