const atZero = 'a comparison with 0 that takes 0 in or leaves it out decides between zeros of either sign';

const belowRounding =
  'one of several constants that are folded together and rounded once, where it no longer shows';

/**
 * Kinds of mutants that may survive, by rule, each with the reason: what was changed is lost, and the results differ
 * by no more than rounding.
 */
export const allowed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'act/gelu-erf-rounded': {
    'constant-64-ulp': 'made for numbers that are rounded to some digits, and approximate for that reason',
  },
  'act/leaky-relu': { operator: atZero },
  'act/prelu': { operator: atZero },
  'act/relu-where': { operator: atZero },
  'act/relu-where.below': { operator: atZero },
  'identities/arithmetic.add-zero': {
    'other-operand':
      'reads what zero is added to instead of the sum, which is the same but for the sign of zeros',
  },
  'identities/reduce-ones': {
    operator: 'of one element, every one of these reductions is that element',
    'other-operand':
      'reads what is reduced instead of the reduction, which is the same but for the sign of zeros',
  },
  'linear/affine-conv': { 'constant-64-ulp': belowRounding, 'constant-1-percent': belowRounding },
  'linear/matmul-chain': { 'constant-64-ulp': belowRounding },
  'red/reduce-reduce': {
    'integer-constant': 'the same axes in another order, reduced at once: the same but for rounding',
    'moved-axis': 'the same axes in another order, reduced at once: the same but for rounding',
  },
};
