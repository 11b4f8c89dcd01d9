import type { Pass } from '../manager/pass.ts';
import { simplifyConcat } from './concat.ts';
import { dropExpand } from './expand.ts';
import { mergeGathers } from './gather.ts';
import { removeLayoutNoOps } from './no-ops.ts';
import { reduceKeepdims } from './reduce-keepdims.ts';
import { mergeReshapes } from './reshape-chain.ts';
import { dropScatter } from './scatter.ts';
import { mergeSlices } from './slice.ts';
import { slicesToSplit } from './slices-to-split.ts';
import { simplifyTransposes } from './transpose.ts';
import { moveTransposeRegions } from './transpose-region.ts';
import { mergeTransposeReshape } from './transpose-reshape.ts';
import { mergeUnsqueezes } from './unsqueeze-chain.ts';

export const layoutPasses: readonly Pass[] = [
  removeLayoutNoOps,
  mergeReshapes,
  mergeUnsqueezes,
  simplifyTransposes,
  mergeTransposeReshape,
  mergeSlices,
  slicesToSplit,
  simplifyConcat,
  mergeGathers,
  reduceKeepdims,
  dropExpand,
  dropScatter,
  moveTransposeRegions,
];
