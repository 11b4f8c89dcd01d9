import type { Pass } from '../manager/pass.ts';
import { deadNodes } from './nodes.ts';

export const deadPasses: readonly Pass[] = [deadNodes];
