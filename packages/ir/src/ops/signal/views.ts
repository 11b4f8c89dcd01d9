// Signal operators' names and parameters, for kernels, passes and patterns.
export { type DftView, dft } from './dft.ts';
export { type StftView, stft } from './stft.ts';
export {
  blackmanWindow,
  hammingWindow,
  hannWindow,
  type MelWeightMatrixView,
  melWeightMatrix,
  type WindowView,
} from './windows.ts';
