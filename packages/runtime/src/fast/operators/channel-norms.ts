import { elementCount, groupNormalization, instanceNormalization } from '@refold/ir';
import { takeBounds } from '../epilogue.ts';
import { type Image, imageOf } from '../places.ts';
import type { Lowering, Site } from '../site.ts';

export const lowerInstanceNormalization: Lowering = (site) => {
  const channels = site.dims(0)?.[1] ?? 0;
  const { epsilon } = instanceNormalization.view(site.op);
  return normalizeGroups(site, { groups: channels, perChannel: true, epsilon });
};

export const lowerGroupNormalization: Lowering = (site) => {
  const { numGroups: groups, perChannel, epsilon } = groupNormalization.view(site.op);
  return normalizeGroups(site, { groups, perChannel, epsilon });
};

interface Grouping {
  readonly groups: number;
  /** Whether each channel has a scale and a bias of its own, or each group. */
  readonly perChannel: boolean;
  readonly epsilon: number;
}

/** Brings each group of channels of each sample to mean 0 and variance 1, then scales and shifts its channels. */
function normalizeGroups(site: Site, grouping: Grouping): boolean {
  const dims = site.dims(0);
  const image = dims && site.resultDims() && imageOf(dims);
  if (!image || elementCount(dims) === 0 || !site.dims(1) || !site.dims(2)) return false;
  const { n, c, blocks, pixels } = image;
  const x = site.read(0, 'blocked');
  const scale = site.read(1, 'plain');
  const bias = site.read(2, 'plain');
  // Means and moments in double: [c / 4][4] and [c / 4][2][4]; then a factor and a summand for each channel.
  const moments = site.scratch(blocks * 64);
  const means = site.scratch(blocks * 32);
  const factors = site.scratch(blocks * 16);
  const summands = site.scratch(blocks * 16);
  const { low, high } = takeBounds(site);
  const y = site.write('blocked');
  const { memory } = site;
  const { kernels } = memory;
  const parameters = grouping.perChannel ? c : grouping.groups;
  site.emit('normalize groups', [x, scale, bias, moments, means, factors, summands, y], () => {
    const doubles = (at: number, count: number): Float64Array => new Float64Array(memory.buffer, at, count);
    const [sums, mean] = [doubles(moments.at, blocks * 8), doubles(means.at, blocks * 4)];
    const affine: Affine = {
      scale: memory.floats(scale.at, parameters),
      bias: memory.floats(bias.at, parameters),
      factors: memory.floats(factors.at, blocks * 4),
      summands: memory.floats(summands.at, blocks * 4),
    };
    for (let i = 0; i < n; i += 1) {
      const offset = i * blocks * pixels * 16;
      mean.fill(0);
      kernels.momentsOfBlocks(blocks, pixels, x.at + offset, means.at, moments.at);
      meansOfGroups(sums, mean, grouping.groups, image);
      kernels.momentsOfBlocks(blocks, pixels, x.at + offset, means.at, moments.at);
      affineOfGroups(sums, mean, grouping, image, affine);
      kernels.scaleBlocks(
        ...([blocks, pixels, x.at + offset, factors.at, summands.at, y.at + offset, low, high] as const),
      );
    }
  });
  return true;
}

/** The mean of its group for each channel; `sums` are those of channels. */
function meansOfGroups(sums: Float64Array, mean: Float64Array, groups: number, { c, pixels }: Image): void {
  const size = c / groups;
  for (let first = 0; first < c; first += size) {
    let sum = 0;
    for (let j = first; j < first + size; j += 1) sum += sums[(j >> 2) * 8 + (j & 3)] as number;
    mean.fill(sum / (size * pixels), first, first + size);
  }
}

interface Affine {
  readonly scale: Float32Array;
  readonly bias: Float32Array;
  readonly factors: Float32Array;
  readonly summands: Float32Array;
}

/** What normalising, scaling and shifting come to for each channel; `sums` has squares less the mean. */
function affineOfGroups(
  sums: Float64Array,
  mean: Float64Array,
  { groups, perChannel, epsilon }: Grouping,
  { c, pixels }: Image,
  { scale, bias, factors, summands }: Affine,
): void {
  const size = c / groups;
  // Lanes without a channel stay finite.
  factors.fill(0);
  summands.fill(0);
  for (let g = 0; g < groups; g += 1) {
    let squares = 0;
    for (let j = g * size; j < (g + 1) * size; j += 1) squares += sums[(j >> 2) * 8 + 4 + (j & 3)] as number;
    const deviation = Math.sqrt(squares / (size * pixels) + epsilon);
    for (let j = g * size; j < (g + 1) * size; j += 1) {
      const factor = (scale[perChannel ? j : g] as number) / deviation;
      factors[j] = factor;
      summands[j] = (bias[perChannel ? j : g] as number) - (mean[j] as number) * factor;
    }
  }
}
