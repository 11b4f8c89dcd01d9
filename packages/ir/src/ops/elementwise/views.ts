export {
  celu,
  elu,
  gelu,
  hardSigmoid,
  leakyRelu,
  selu,
  shrink,
  swiGlu,
  swish,
  thresholdedRelu,
} from './activations.ts';
export { mod } from './arithmetic.ts';
export { bitCast, type CastView, cast, castLike } from './cast.ts';
export { type ClipView, clip } from './clip.ts';
export { type DropoutView, dropout } from './dropout.ts';
export { bitShift, type IsInfView, isInf } from './logic.ts';
