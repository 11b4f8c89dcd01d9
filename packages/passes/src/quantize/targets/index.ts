import { integerOnly } from './integer-only.ts';
import { onnxruntimeCpu } from './onnxruntime-cpu.ts';
import type { Target } from './target.ts';
import { tensorrt } from './tensorrt.ts';
import { tflite } from './tflite.ts';

export type { CodeFamily, Strength, Target, Tie } from './target.ts';
export { integerOnly, onnxruntimeCpu, tensorrt, tflite };

/** Every target that refold knows. */
export const targets: readonly Target[] = [onnxruntimeCpu, tensorrt, tflite, integerOnly];
