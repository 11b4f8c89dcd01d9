import type { Pass } from '../manager/pass.ts';
import { dropClipBeforeQuantize } from './clip.ts';
import { foldFakeQuant } from './fake-quant.ts';
import { moveQuantized } from './move.ts';
import { removeRequantize } from './requantize.ts';

export const quantizationPasses: readonly Pass[] = [
  removeRequantize,
  moveQuantized,
  dropClipBeforeQuantize,
  foldFakeQuant,
];
