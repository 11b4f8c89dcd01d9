import { activationsPasses } from './activations/index.ts';
import { attentionPasses } from './attention/index.ts';
import { constantsPasses } from './constants/index.ts';
import { controlPasses } from './control/index.ts';
import { deadPasses } from './dead/index.ts';
import { duplicatesPasses } from './duplicates/index.ts';
import { identitiesPasses } from './identities/index.ts';
import { layoutPasses } from './layout/index.ts';
import { linearPasses } from './linear/index.ts';
import { orderPasses } from './manager/order.ts';
import type { Pass } from './manager/pass.ts';
import { movementPasses } from './movement/index.ts';
import { normalizationsPasses } from './normalizations/index.ts';
import { qoperatorPasses } from './qoperator/index.ts';
import { quantizationPasses } from './quantization/index.ts';
import { reductionsPasses } from './reductions/index.ts';

/** Every pass, in the order in which a round runs them. */
export const allPasses: readonly Pass[] = orderPasses([
  ...controlPasses,
  ...constantsPasses,
  ...identitiesPasses,
  ...linearPasses,
  ...layoutPasses,
  ...movementPasses,
  ...reductionsPasses,
  ...attentionPasses,
  ...normalizationsPasses,
  ...activationsPasses,
  ...quantizationPasses,
  ...qoperatorPasses,
  ...duplicatesPasses,
  ...deadPasses,
]);

/** The passes that run when nobody says otherwise. */
export const defaultPasses: readonly Pass[] = allPasses.filter((p) => p.byDefault);
