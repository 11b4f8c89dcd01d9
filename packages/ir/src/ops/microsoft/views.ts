// Names and parameters of com.microsoft's operators, for kernels, passes and patterns.
export { microsoftGelu } from './gelu.ts';
export { type TokenizerView, tokenizer } from './tokenizer.ts';
