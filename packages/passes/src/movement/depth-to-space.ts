import type { Dim } from '@refold/ir';
import {
  type Emission,
  no,
  permuted,
  type Query,
  type Rule,
  reshaped,
  rule,
  type Verdict,
  value,
  yes,
} from '@refold/matcher';
import { type Pass, rulePass } from '../manager/pass.ts';

const x = value('x', { rank: 4 });

/** Side of the blocks, when it is a number. */
function block(q: Query): number | undefined {
  const r: Dim | undefined = q.dim('r');
  return typeof r === 'number' && r >= 1 ? r : undefined;
}

const isKnown = (_: object, q: Query): Verdict => (block(q) === undefined ? no('block-unknown', 'x') : yes);

function isSquare(_: object, q: Query): Verdict {
  const side = block(q);
  return side !== undefined && q.dim('s') === side ? yes : no('blocks-not-square', 'x');
}

/** DCR is the default, and all that older opsets have. */
function parameters(mode: Mode['mode'], q: Query): { readonly blocksize: number; readonly mode?: 'CRD' } {
  return { blocksize: block(q) ?? 1, ...(mode === 'CRD' ? { mode } : {}) };
}

interface Mode {
  /** Where sizes are 1, several orders of axes are the same. */
  readonly benefit: number;
  readonly name: string;
  readonly doc: string;
  readonly mode: 'CRD' | 'DCR';
  readonly order: readonly number[];
  /** Shape of the channels taken apart. */
  readonly apart: string;
  readonly emits: readonly Emission[];
}

function toSpace({ name, doc, benefit, mode, order, apart, emits }: Mode): Rule {
  return rule({
    name,
    doc,
    match: reshaped('B C H r W s -> B C (H r) (W s)', permuted(order, reshaped(apart, x))),
    guard: isSquare,
    build: (m, b, q) => b.node('DepthToSpace', [m.x], parameters(mode, q)),
    emits,
    exactness: 'exact',
    phase: 'fuse',
    benefit,
    exporters: ['pixel_shuffle written by hand', 'tf2onnx: depth_to_space'],
    traps: [
      'which order of axes decides the mode',
      'blocks that are not square',
      'a shuffle of channels moves no space',
    ],
    instances: [{ shapes: { x: ['B', 12, 'H', 'W'] }, dims: { r: 2, s: 2, C: 3 } }],
  });
}

const crd = toSpace({
  name: 'mov/pixel-shuffle',
  benefit: 5,
  doc: 'Reshape(Transpose(Reshape(x; B C r r H W); B C H r W r); B C (H r) (W r)) = DepthToSpace(x; CRD)',
  mode: 'CRD',
  order: [0, 1, 4, 2, 5, 3],
  apart: 'B (C r s) H W -> B C r s H W',
  emits: [{ op: 'DepthToSpace', since: 11 }],
});

const dcr = toSpace({
  name: 'mov/pixel-shuffle.depth-first',
  benefit: 4,
  doc: 'Reshape(Transpose(Reshape(x; B r r C H W); B C H r W r); B C (H r) (W r)) = DepthToSpace(x; DCR)',
  mode: 'DCR',
  order: [0, 3, 4, 1, 5, 2],
  apart: 'B (r s C) H W -> B r s C H W',
  emits: [{ op: 'DepthToSpace', since: 1 }],
});

function toDepth({ name, doc, benefit, mode, order, apart, emits }: Mode): Rule {
  return rule({
    name,
    doc,
    match: reshaped(apart, permuted(order, reshaped('B C (H r) (W s) -> B C H r W s', x))),
    guard: isSquare,
    build: (m, b, q) => b.node('SpaceToDepth', [m.x], parameters(mode, q)),
    emits,
    exactness: 'exact',
    phase: 'fuse',
    benefit,
    exporters: ['torch.onnx: pixel_unshuffle', 'tf2onnx: space_to_depth'],
    traps: [
      'the order of channels tells the modes apart; before opset 28 there is one only',
      'windows, whose blocks go into the batch',
    ],
    instances: [{ shapes: { x: ['B', 3, 4, 6] }, dims: { r: 2, s: 2 } }],
  });
}

const unshuffle = toDepth({
  name: 'mov/pixel-unshuffle',
  benefit: 3,
  doc: 'Reshape(Transpose(Reshape(x; B C H r W r); B C r r H W); B (C r r) H W) = SpaceToDepth(x; CRD)',
  mode: 'CRD',
  order: [0, 1, 3, 5, 2, 4],
  apart: 'B C r s H W -> B (C r s) H W',
  emits: [{ op: 'SpaceToDepth', since: 28 }],
});

const depthFirst = toDepth({
  name: 'mov/pixel-unshuffle.depth-first',
  benefit: 2,
  doc: 'Reshape(Transpose(Reshape(x; B C H r W r); B r r C H W); B (r r C) H W) = SpaceToDepth(x)',
  mode: 'DCR',
  order: [0, 3, 5, 1, 2, 4],
  apart: 'B r s C H W -> B (r s C) H W',
  emits: [{ op: 'SpaceToDepth', since: 1 }],
});

const one = rule({
  name: 'mov/pixel-unshuffle.one-channel',
  doc: 'the same for one channel, where the modes agree',
  match: reshaped(
    'B 1 r s H W -> B (r s) H W',
    permuted([0, 1, 3, 5, 2, 4], reshaped('B 1 (H r) (W s) -> B 1 H r W s', x)),
  ),
  guard: (m, q) => (q.dim('s') === block(q) ? isKnown(m, q) : no('blocks-not-square', 'x')),
  build: (m, b, q) => b.node('SpaceToDepth', [m.x], { blocksize: block(q) ?? 1 }),
  emits: [{ op: 'SpaceToDepth', since: 1 }],
  exactness: 'exact',
  phase: 'fuse',
  benefit: 1,
  exporters: ['torch.onnx: pixel_unshuffle of grey images'],
  traps: ['more than one channel before opset 28'],
  instances: [{ shapes: { x: ['B', 1, 4, 6] }, dims: { r: 2, s: 2 } }],
});

export const depthToSpace: Pass = rulePass({
  name: 'mov/pixel-shuffle',
  summary: 'fold channels that become blocks of pixels back',
  rules: [crd, dcr],
});

export const spaceToDepth: Pass = rulePass({
  name: 'mov/pixel-unshuffle',
  summary: 'fold blocks of pixels that become channels back',
  rules: [unshuffle, one, depthFirst],
});
