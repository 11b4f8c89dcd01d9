import type { Pass } from '../manager/pass.ts';
import { dropClipBeforeQuantize } from './clip.ts';
import { removeRequantize } from './requantize.ts';

export const quantizationPasses: readonly Pass[] = [removeRequantize, dropClipBeforeQuantize];
