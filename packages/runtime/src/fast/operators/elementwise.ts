import { elementCount } from '@refold/ir';
import { broadcastDims, broadcastLoop } from '../../tensor/strides.ts';
import { boundsOf, takeBounds } from '../epilogue.ts';
import type { Layout } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import { keepsFinite, type UnaryCall, unaryCall, unaryOf } from '../unary.ts';
import { gateBlocks, scaleBlocks } from './channels.ts';
import { type OuterLoop, outerOffsets } from './outer-loop.ts';

/** Functions of one operand, in whatever layout it lies. */
export const lowerUnary: Lowering = (site) => {
  const bounds = boundsOf(site.op);
  const call = bounds ? unaryCall('clip', bounds.low, bounds.high) : unaryOf(site.op);
  const dims = site.dims(0);
  if (!call || !dims || !site.resultDims() || elementCount(dims) === 0) return false;
  unary(site, call, dims);
  return true;
};

/** Cast between types of floats. The result is rounded as all results are. */
export const castFloats: Lowering = (site) => {
  const dims = site.dims(0);
  if (!dims || !site.resultDims() || elementCount(dims) === 0) return false;
  unary(site, unaryCall('clip', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY), dims);
  return true;
};

function unary(site: Site, call: UnaryCall, dims: readonly number[]): void {
  const layout: Layout = site.isBlocked(0) && (isWhole(dims) || keepsFinite(call)) ? 'blocked' : 'plain';
  const x = site.read(0, layout);
  const y = site.write(layout);
  const count = y.bytes / 4;
  const { kernels } = site.memory;
  site.emit(call.kind, [x, y], () => kernels.unary(call.code, count, x.at, y.at, call.a, call.b));
}

/** Whether blocks of an image have no lanes without a channel. */
function isWhole(dims: readonly number[]): boolean {
  return (dims[1] ?? 0) % 4 === 0;
}

/** The numbers of the kernel `binary`. */
const codes = { Add: 0, Sub: 1, Mul: 2, Div: 3, Max: 4, Min: 5 } as const;

export const binaryNames: readonly (keyof typeof codes)[] = ['Add', 'Sub', 'Mul', 'Div', 'Max', 'Min'];

/** Two operands that broadcast by numpy's rules, with a clamp that follows. */
export function lowerBinary(name: keyof typeof codes): Lowering {
  const code = codes[name];
  return (site) => {
    const a = site.dims(0);
    const b = site.dims(1);
    const dims = site.resultDims();
    if (site.node.inputs.length !== 2 || !a || !b || !dims || elementCount(dims) === 0) return false;
    if (broadcastDims(a, b)?.join() !== dims.join()) return false;
    if (scaleBlocks(site, name, a, b) || gateBlocks(site, name, a, b)) return true;
    const layout = sharedLayout(site, name, dims);
    if (layout === 'blocked') blockedRows(site, code, a, b);
    else plainRows(site, code, a, b, dims);
    return true;
  };
}

/** Blocks if an operand lies so, has the size of the result, and the other one has that too or is one number. */
function sharedLayout(site: Site, name: string, dims: readonly number[]): Layout {
  const fits = ([0, 1] as const).some((index) => {
    const other = 1 - index;
    const number = site.scalar(other);
    const isSame = (i: number): boolean => site.dims(i)?.join() === dims.join();
    if (!site.isBlocked(index) || !isSame(index)) return false;
    if (number === undefined) return isSame(other) && (name !== 'Div' || isWhole(dims));
    // Lanes without a channel have to stay finite.
    return isWhole(dims) || (Number.isFinite(number) && (name !== 'Div' || (other === 1 && number !== 0)));
  });
  return fits ? 'blocked' : 'plain';
}

function blockedRows(site: Site, code: number, a: readonly number[], b: readonly number[]): void {
  const [aOne, bOne] = [
    elementCount(a) === 1 && elementCount(b) > 1,
    elementCount(b) === 1 && elementCount(a) > 1,
  ];
  const x = site.read(0, aOne ? 'plain' : 'blocked');
  const y = site.read(1, bOne ? 'plain' : 'blocked');
  const { low, high } = takeBounds(site);
  const z = site.write('blocked');
  const count = z.bytes / 4;
  const { kernels } = site.memory;
  site.emit('elementwise', [x, y, z], () => {
    kernels.binary(code, 1, count, x.at, 0, aOne, y.at, 0, bOne, z.at, low, high);
  });
}

function plainRows(
  site: Site,
  code: number,
  a: readonly number[],
  b: readonly number[],
  dims: readonly number[],
): void {
  const loop = broadcastLoop(dims, a, b);
  const { length } = loop;
  const [aStep = 0, bStep = 0] = loop.steps;
  // The innermost of the outer axes is walked by the kernel.
  const rows = loop.outer.at(-1) ?? 1;
  const [aRow = 0, bRow = 0] = loop.outerStrides.map((strides) => (strides.at(-1) ?? 0) * 4);
  const outer: OuterLoop = {
    sizes: loop.outer.slice(0, -1),
    strides: loop.outerStrides.map((strides) => strides.slice(0, -1)),
  };
  const offsets = outerOffsets(outer);
  const x = site.read(0, 'plain');
  const y = site.read(1, 'plain');
  const { low, high } = takeBounds(site);
  const z = site.write('plain');
  const [aOne, bOne] = [aStep === 0 && length > 1, bStep === 0 && length > 1];
  const { kernels } = site.memory;
  site.emit('elementwise', [x, y, z], () => {
    for (let i = 0; i < offsets.count; i += 1) {
      const from = x.at + (offsets.lists[0]?.[i] ?? 0) * 4;
      const other = y.at + (offsets.lists[1]?.[i] ?? 0) * 4;
      kernels.binary(
        code,
        rows,
        length,
        from,
        aRow,
        aOne,
        other,
        bRow,
        bOne,
        z.at + i * rows * length * 4,
        low,
        high,
      );
    }
  });
}
