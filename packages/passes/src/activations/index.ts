import type { Pass } from '../manager/pass.ts';
import { foldCelu } from './celu.ts';
import { foldElu } from './elu.ts';
import { foldGeluErf } from './gelu-erf.ts';
import { foldRoundedGelu } from './gelu-erf-rounded.ts';
import { foldGeluSigmoidTanh } from './gelu-sigmoid-tanh.ts';
import { foldGeluTanh } from './gelu-tanh.ts';
import { foldGeluTanhFast } from './gelu-tanh-fast.ts';
import { foldHardShrink } from './hard-shrink.ts';
import { foldHardSigmoid } from './hard-sigmoid.ts';
import { foldHardSwish } from './hard-swish.ts';
import { foldHardSwishClip } from './hard-swish-clip.ts';
import { foldLeakyRelu } from './leaky-relu.ts';
import { foldLogSigmoid } from './log-sigmoid.ts';
import { foldMish } from './mish.ts';
import { foldPrelu } from './prelu.ts';
import { foldPreluToLeaky } from './prelu-to-leaky.ts';
import { foldQuickGelu } from './quick-gelu.ts';
import { foldReluMax } from './relu-max.ts';
import { foldReluWhere } from './relu-where.ts';
import { foldSelu } from './selu.ts';
import { foldSigmoid } from './sigmoid.ts';
import { foldSilu } from './silu.ts';
import { foldSoftShrink } from './soft-shrink.ts';
import { foldSoftplus } from './softplus.ts';
import { foldSoftplusThreshold } from './softplus-threshold.ts';
import { foldSoftsign } from './softsign.ts';
import { foldSwiglu } from './swiglu.ts';
import { foldTanhExp } from './tanh-exp.ts';
import { foldThresholdedRelu } from './thresholded-relu.ts';

export const activationsPasses: readonly Pass[] = [
  foldGeluErf,
  foldGeluTanh,
  foldGeluTanhFast,
  foldGeluSigmoidTanh,
  foldRoundedGelu,
  foldSilu,
  foldQuickGelu,
  foldSwiglu,
  foldSigmoid,
  foldHardSigmoid,
  foldHardSwish,
  foldHardSwishClip,
  foldReluMax,
  foldReluWhere,
  foldLeakyRelu,
  foldPrelu,
  foldPreluToLeaky,
  foldElu,
  foldSelu,
  foldCelu,
  foldSoftplus,
  foldSoftplusThreshold,
  foldMish,
  foldSoftsign,
  foldHardShrink,
  foldSoftShrink,
  foldThresholdedRelu,
  foldTanhExp,
  foldLogSigmoid,
];
