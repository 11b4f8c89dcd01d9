import type { Pass } from '../manager/pass.ts';
import { foldGroupNorm } from './group-norm.ts';
import { foldInstanceNorm } from './instance-norm.ts';
import { mergeInstanceNormAffine } from './instance-norm-affine.ts';
import { foldL2Norm } from './l2-norm.ts';
import { foldLayerNorm } from './layer-norm.ts';
import { foldLayerNormAdd } from './layer-norm-add.ts';
import { foldLayerNormF32 } from './layer-norm-f32.ts';
import { foldLayerNormMeanSq } from './layer-norm-mean-sq.ts';
import { foldLayerNormNoScale } from './layer-norm-no-scale.ts';
import { foldLayerNormSpread } from './layer-norm-spread.ts';
import { foldLrn } from './lrn.ts';
import { foldMvn } from './mvn.ts';
import { foldRms } from './rms.ts';
import { foldRmsF32 } from './rms-f32.ts';
import { foldRmsNoScale } from './rms-no-scale.ts';

export const normalizationsPasses: readonly Pass[] = [
  foldLayerNorm,
  foldLayerNormF32,
  foldLayerNormSpread,
  foldLayerNormMeanSq,
  foldLayerNormAdd,
  foldLayerNormNoScale,
  foldRms,
  foldRmsF32,
  foldRmsNoScale,
  foldL2Norm,
  foldInstanceNorm,
  mergeInstanceNormAffine,
  foldGroupNorm,
  foldMvn,
  foldLrn,
];
