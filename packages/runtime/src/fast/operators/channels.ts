import { elementCount } from '@refold/ir';
import { normalization, takeBounds } from '../epilogue.ts';
import { type Image, imageOf } from '../places.ts';
import type { Lowering, Site } from '../site.ts';

/* Operators that treat each channel in its own way. */

/** An image in blocks times, or plus, constants that each channel has one of. */
export function scaleBlocks(site: Site, name: string, a: readonly number[], b: readonly number[]): boolean {
  // A quotient is rounded once; a product with a rounded reciprocal is not the same.
  if (name === 'Max' || name === 'Min' || name === 'Div') return false;
  for (const [image, other] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const dims = image === 0 ? a : b;
    const constant = image === 0 ? b : a;
    const channels = imageOf(dims);
    if (!channels || !site.isBlocked(image) || (image === 1 && name === 'Sub')) continue;
    const spatial = dims.length - 2;
    const axis = constant.length - spatial - 1;
    if (
      axis < 0 ||
      constant.length > dims.length ||
      constant[axis] !== channels.c ||
      elementCount(constant) !== channels.c
    )
      continue;
    const data = site.floats(other);
    const value = site.value(other);
    if (!data || !value || channels.c === 1) continue;
    const scale = name === 'Mul' ? Float64Array.from(data) : new Float64Array(data.length).fill(1);
    const sign = name === 'Sub' ? -1 : 1;
    const shift = Float64Array.from(data, (x) => (name === 'Add' || name === 'Sub' ? sign * x : 0));
    affine(site, image, channels, scale, shift, name);
    return true;
  }
  return false;
}

/** BatchNormalization that nothing before it could take in. */
export const lowerBatchNormalization: Lowering = (site) => {
  const dims = site.dims(0);
  if (!dims || !site.resultDims() || elementCount(dims) === 0) return false;
  if (dims.length === 2) return normalizeRows(site, dims);
  const image = imageOf(dims);
  const folded = image && normalization(site, site.op, image.c);
  if (!image || !folded) return false;
  affine(site, 0, image, folded.scale, folded.shift, 'normalize');
  return true;
};

/** BatchNormalization of [n, c]. */
function normalizeRows(site: Site, dims: readonly number[]): boolean {
  const [n = 0, c = 0] = dims;
  const folded = normalization(site, site.op, c);
  if (!folded) return false;
  const x = site.read(0, 'plain');
  const scale = site.keep(site.node, 'scale', c, (floats) => floats.set(folded.scale));
  const shift = site.keep(site.node, 'shift', c, (floats) => floats.set(folded.shift));
  const { low, high } = takeBounds(site);
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('normalize', [x, y], () => {
    const [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    kernels.binary(MULTIPLY, n, c, x.at, c * 4, false, scale.at, 0, false, y.at, lowest, highest);
    kernels.binary(ADD, n, c, y.at, c * 4, false, shift.at, 0, false, y.at, low, high);
  });
  return true;
}

/** The numbers of the kernel `binary`. */
const ADD = 0;
const MULTIPLY = 2;

/** Each channel of an image in blocks times a factor, plus a summand. */
function affine(
  site: Site,
  input: number,
  image: Image,
  scale: Float64Array,
  shift: Float64Array,
  name: string,
): void {
  const { n, blocks, pixels } = image;
  const x = site.read(input, 'blocked');
  const factors = site.keep(site.node, 'scale', blocks * 4, (floats) => floats.set(scale));
  const summands = site.keep(site.node, 'shift', blocks * 4, (floats) => floats.set(shift));
  const { low, high } = takeBounds(site);
  const y = site.write('blocked');
  const { kernels } = site.memory;
  site.emit(name.toLowerCase(), [x, y], () => {
    for (let i = 0; i < n; i += 1) {
      const offset = i * blocks * pixels * 16;
      kernels.scaleBlocks(
        ...([blocks, pixels, x.at + offset, factors.at, summands.at, y.at + offset, low, high] as const),
      );
    }
  });
}

/** An image in blocks times one factor for each channel of each sample, as squeeze-and-excitation has it. */
export function gateBlocks(site: Site, name: string, a: readonly number[], b: readonly number[]): boolean {
  if (name !== 'Mul') return false;
  for (const [image, gate] of [
    [0, 1],
    [1, 0],
  ] as const) {
    const dims = image === 0 ? a : b;
    const factors = image === 0 ? b : a;
    const large = imageOf(dims);
    const small = imageOf(factors);
    if (!large || !small || !site.isBlocked(image) || small.pixels !== 1 || large.pixels === 1) continue;
    if (small.n !== large.n || small.c !== large.c || factors.length !== dims.length) continue;
    const x = site.read(image, 'blocked');
    const y = site.read(gate, 'blocked');
    const z = site.write('blocked');
    const { kernels } = site.memory;
    site.emit('gate', [x, y, z], () => {
      kernels.gateBlocks(large.n * large.blocks, large.pixels, x.at, y.at, z.at);
    });
    return true;
  }
  return false;
}
