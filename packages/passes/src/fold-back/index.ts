import type { Pass } from '../manager/pass.ts';

export const foldBackPasses: readonly Pass[] = [];
