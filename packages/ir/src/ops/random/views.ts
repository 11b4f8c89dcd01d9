// Random operators' names and parameters, for kernels, passes and patterns.
export {
  bernoulli,
  type MultinomialView,
  multinomial,
  type NormalView,
  type RandomView,
  randomNormal,
  randomNormalLike,
  randomUniform,
  randomUniformLike,
  type UniformView,
} from './random.ts';
