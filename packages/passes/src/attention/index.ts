import type { Pass } from '../manager/pass.ts';
import { boolMask } from './bool-mask.ts';
import { causalConstant } from './causal.ts';
import { foldScale } from './fold-scale.ts';
import { groupQueries } from './gqa.ts';
import { headSplit } from './head-split.ts';
import { kvCache } from './kv-cache.ts';
import { rotaryHalves } from './rotary-half.ts';
import { rotaryPairs } from './rotary-interleaved.ts';
import { rotaryPrefix } from './rotary-partial.ts';
import { rotaryPositions } from './rotary-positions.ts';
import { sdpa } from './sdpa.ts';
import { flatSdpa } from './sdpa-flat.ts';
import { joinedSdpa } from './sdpa-joined.ts';
import { windowConstant } from './window.ts';
import { windowMasks } from './windows.ts';

/** Attention and rotary embeddings as single operators. */
export const attentionPasses: readonly Pass[] = [
  sdpa,
  joinedSdpa,
  flatSdpa,
  windowMasks,
  foldScale,
  groupQueries,
  boolMask,
  causalConstant,
  windowConstant,
  kvCache,
  headSplit,
  rotaryHalves,
  rotaryPairs,
  rotaryPrefix,
  rotaryPositions,
];
