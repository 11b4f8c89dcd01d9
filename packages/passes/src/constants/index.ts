import type { Pass } from '../manager/pass.ts';
import { resolveChosenSizes } from './chosen-sizes.ts';
import { constantNodes } from './constant-nodes.ts';
import { foldConstants } from './fold.ts';
import { foldShapes } from './shapes.ts';

export const constantsPasses: readonly Pass[] = [
  constantNodes,
  foldShapes,
  foldConstants,
  resolveChosenSizes,
];
