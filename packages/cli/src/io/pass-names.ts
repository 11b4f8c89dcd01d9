import { RefoldError } from '@refold/ir';
import { allPasses } from '@refold/passes';
import { nearest } from '../arguments/nearest.ts';

/** Names that other simplifiers have for what our passes do, so that their scripts work here. */
export const aliases: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    // OnnxSlim, --skip-optimizations
    constant_folding: ['constants/fold', 'constants/shapes'],
    graph_fusion: ['linear/', 'layout/', 'identities/', 'fold-back/'],
    dead_node_elimination: ['dead/nodes'],
    subexpression_elimination: ['duplicates/expressions'],
    weight_tying: ['duplicates/initializers'],
    // OnnxSlim, --skip-fusion-patterns
    EliminationConcat: ['layout/concat'],
    EliminationReshape: ['layout/reshape-chain'],
    EliminationReshapeAs: ['layout/reshape-chain'],
    EliminationSlice: ['layout/slice-chain'],
    EliminationTranspose: ['layout/transpose'],
    EliminationTransposeViewTranspose: ['layout/transpose'],
    EliminationUnsqueeze: ['layout/unsqueeze-chain'],
    EliminationTransposeAsReshape: ['layout/reshape-chain'],
    FusionConcatReshape: ['layout/reshape-chain'],
    FusionConvAdd: ['linear/conv-affine'],
    FusionConvTransposeAdd: ['linear/conv-affine'],
    FusionConvBN: ['linear/conv-bn'],
    FusionConvTransposeBN: ['linear/conv-bn'],
    FusionConvMul: ['linear/conv-affine'],
    FusionConvTransposeMul: ['linear/conv-affine'],
    FusionGemm: ['linear/matmul-add'],
    FusionGemmMul: ['linear/gemm-affine'],
    FusionGemmAdd: ['linear/matmul-add', 'linear/gemm-affine'],
    FusionPadConv: ['linear/pad'],
    FusionReduce: ['layout/reduce-keepdims'],
    // onnxsim and onnxoptimizer
    fuse_bn_into_conv: ['linear/conv-bn'],
    fuse_add_bias_into_conv: ['linear/conv-affine'],
    fuse_mul_into_conv: ['linear/conv-affine', 'linear/affine-conv'],
    fuse_matmul_add_bias_into_gemm: ['linear/matmul-add'],
    fuse_transpose_into_gemm: ['linear/transpose-gemm'],
    fuse_pad_into_conv: ['linear/pad'],
    fuse_pad_into_pool: ['linear/pad'],
    fuse_consecutive_concats: ['layout/concat'],
    fuse_consecutive_slices: ['layout/slice-chain'],
    fuse_consecutive_squeezes: ['layout/unsqueeze-chain'],
    fuse_consecutive_unsqueezes: ['layout/unsqueeze-chain'],
    fuse_consecutive_transposes: ['layout/transpose'],
    fuse_consecutive_reduce_unsqueeze: ['layout/reduce-keepdims'],
    fuse_consecutive_log_softmax: ['identities/log-softmax'],
    eliminate_identity: ['identities/identity'],
    eliminate_nop_dropout: ['identities/dropout'],
    eliminate_nop_cast: ['identities/cast'],
    eliminate_nop_concat: ['identities/identity'],
    eliminate_nop_expand: ['layout/no-ops'],
    eliminate_nop_flatten: ['layout/no-ops'],
    eliminate_nop_pad: ['layout/no-ops'],
    eliminate_nop_reshape: ['layout/no-ops'],
    eliminate_nop_split: ['layout/no-ops'],
    eliminate_nop_transpose: ['layout/no-ops'],
    eliminate_nop_with_unit: ['identities/arithmetic'],
    eliminate_slice_after_shape: ['constants/shapes'],
    eliminate_shape_gather: ['constants/shapes'],
    eliminate_shape_op: ['constants/shapes'],
    eliminate_consecutive_idempotent_ops: ['identities/unary'],
    eliminate_common_subexpression: ['duplicates/expressions'],
    eliminate_duplicate_initializer: ['duplicates/initializers'],
    eliminate_unused_initializer: ['dead/nodes'],
    eliminate_deadend: ['dead/nodes'],
    eliminate_if_with_const_cond: ['control/if'],
    extract_constant_to_initializer: ['constants/nodes'],
  }),
);

/** Words for every pass, for tools whose bare option means all. */
export const everyPass: readonly string[] = [...new Set(allPasses.map((p) => familyOf(p.name)))];

/** Whether a word is the name of a pass, a family, an alias, or `none`. */
export function isPassWord(word: string): boolean {
  return word === 'none' || aliases.has(word) || passesOf(word).length > 0;
}

/**
 * Our names for what people type: a name of ours, a whole family (`linear` or `linear/`), or a name that
 * another simplifier uses for the same thing. `none` stands alone, for no pass. Throws `usage/unknown-name`.
 */
export function passNames(typed: readonly string[] | undefined): readonly string[] | undefined {
  if (!typed) return undefined;
  if (typed.length === 1 && typed[0] === 'none') return [];
  return typed
    .flatMap((word) => aliases.get(word) ?? [word])
    .flatMap((word) => {
      const names = passesOf(word);
      if (names.length > 0) return names;
      if (word === 'none') throw new RefoldError('usage/option', 'none cannot stand among names of passes');
      const near = nearest(word, [...allPasses.map((p) => p.name), ...everyPass]);
      const hint = near ? `did you mean ${near}?` : 'refold passes lists them';
      throw new RefoldError('usage/unknown-name', `there is no pass '${word}'`, {}, hint);
    });
}

function passesOf(word: string): readonly string[] {
  const family = word.replace(/\/$/, '');
  return allPasses.map((p) => p.name).filter((name) => name === word || familyOf(name) === family);
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf('/'));
}
