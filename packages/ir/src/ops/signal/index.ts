import type { Operator } from '../operator.ts';
import { dft } from './dft.ts';
import { stft } from './stft.ts';
import { blackmanWindow, hammingWindow, hannWindow, melWeightMatrix } from './windows.ts';

export const signalOperators: readonly Operator[] = [
  blackmanWindow,
  dft,
  hammingWindow,
  hannWindow,
  melWeightMatrix,
  stft,
];
