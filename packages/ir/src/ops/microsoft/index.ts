import type { Operator } from '../operator.ts';
import { microsoftGelu } from './gelu.ts';
import { tokenizer } from './tokenizer.ts';

export const microsoftOperators: readonly Operator[] = [microsoftGelu, tokenizer];
