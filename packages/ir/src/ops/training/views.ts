// Names and parameters of losses and optimizers, for kernels, passes and patterns.
export { type GradientView, gradient } from './gradient.ts';
export { type LossView, negativeLogLikelihoodLoss, softmaxCrossEntropyLoss } from './losses.ts';
export { type AdagradView, type AdamView, adagrad, adam, type MomentumView, momentum } from './optimizers.ts';
