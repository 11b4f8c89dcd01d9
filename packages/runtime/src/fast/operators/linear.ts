import { elementCount, gemm as gemmOperator } from '@refold/ir';
import { broadcastDims, broadcastOffsets } from '../../tensor/strides.ts';
import { type Epilogue, finish, takeEpilogue } from '../epilogue.ts';
import { matrixSource } from '../pack-panels.ts';
import { keepPanels, multiplyPanels, type Panels } from '../panels.ts';
import type { Address, Place } from '../places.ts';
import type { Lowering, Site } from '../site.ts';
import type { WeightType } from '../weight-type.ts';

/** Elements of a matrix: `row` and `column` are the distances between neighbours, in elements. */
interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly row: number;
  readonly column: number;
}

const panelFloats = (k: number, n: number): number => Math.ceil(n / 8) * 8 * k;

/** Panels of a constant matrix, times `factor`. */
function constantPanels(site: Site, input: number, b: Matrix, factor = 1): Panels | undefined {
  if (!site.isKnown(input)) return undefined;
  const { rows: k, columns: n, row, column } = b;
  const name = `panels${k}x${n}:${row}*${factor}`;
  const factors = factor === 1 ? undefined : new Float64Array(n).fill(factor);
  return keepPanels(site, input, name, matrixSource(k, n, row, column), factors);
}

/** What is added to each column: constants of the node and of the epilogue, filled up to a panel. None is -0. */
function keepColumns(site: Site, n: number, own: ArrayLike<number> | undefined, epilogue: Epilogue): Address {
  const { shift, form } = epilogue;
  return site.keep(site.node, `columns${n}${form}`, Math.ceil(n / 8) * 8, (floats) => {
    for (let j = 0; j < n; j += 1) floats[j] = 0 + (own?.[own.length === 1 ? 0 : j] ?? 0) + (shift?.[j] ?? 0);
  });
}

/** MatMul by numpy's rules; stacks of A that meet one B are one matrix. */
export const lowerMatMul: Lowering = (site) => {
  const a = site.dims(0);
  const b = site.dims(1);
  const dims = site.resultDims();
  if (!a || !b || !dims || a.length === 0 || b.length < 2 || elementCount(a) * elementCount(b) === 0)
    return false;
  const k = a.at(-1) ?? 1;
  const n = b.at(-1) ?? 1;
  const single = b.slice(0, -2).every((size) => size === 1) && b.length <= Math.max(a.length, 2);
  const m = single ? elementCount(a) / k : a.length > 1 ? (a.at(-2) ?? 1) : 1;
  const batch = single ? [1] : broadcastDims(a.slice(0, -2), b.slice(0, -2));
  if (!batch) return false;
  const batches = elementCount(batch);
  const aOffsets = single ? new Int32Array(1) : broadcastOffsets(a.slice(0, -2), batch);
  const bOffsets = single ? new Int32Array(1) : broadcastOffsets(b.slice(0, -2), batch);
  const matrix: Matrix = { rows: k, columns: n, row: n, column: 1 };
  const epilogue = takeEpilogue(site, 'last', n);
  const bias = epilogue.shift && keepColumns(site, n, undefined, epilogue);
  const packed = single ? constantPanels(site, 1, matrix) : undefined;
  const x = site.read(0, 'plain');
  const w = packed ?? site.read(1, 'plain');
  const residual = epilogue.residual && site.readValue(epilogue.residual, 'plain');
  const type = packed?.type ?? 0;
  const panels = packed ? undefined : site.scratch(panelFloats(k, n) * 4);
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('matmul', [x, w, residual, panels, y], () => {
    let packedFrom = -1;
    for (let i = 0; i < batches; i += 1) {
      const from = w.at + (bOffsets[i] ?? 0) * k * n * 4;
      if (panels && from !== packedFrom) kernels.packColumns(k, n, from, n * 4, 4, panels.at);
      packedFrom = from;
      const left = x.at + (aOffsets[i] ?? 0) * m * k * 4;
      const call: Product = { m, n, k, x: left, b: panels?.at ?? w.at, type };
      multiply(site, call, y, y.at + i * m * n * 4, bias, residual, epilogue);
    }
  });
  finish(site, epilogue, y);
  return true;
};

interface Product {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly x: number;
  readonly b: number;
  readonly type: WeightType;
}

function multiply(
  site: Site,
  { m, n, k, x, b, type }: Product,
  y: Place,
  to: number,
  bias: Address | undefined,
  residual: Address | undefined,
  { low, high }: Epilogue,
): void {
  const added = residual ? residual.at - y.at : 0;
  multiplyPanels(
    ...([site.memory.kernels, type, m, n, k, x, k * 4, 16, b] as const),
    ...([to, n * 4, 16, bias?.at ?? 0, added, low, high] as const),
  );
}

/** Gemm: alpha · A' · B' + beta · C. */
export const lowerGemm: Lowering = (site) => {
  const a = site.dims(0);
  const b = site.dims(1);
  const dims = site.resultDims();
  if (!a || !b || !dims || elementCount(a) * elementCount(b) === 0) return false;
  const { alpha, beta, transA, transB } = gemmOperator.view(site.op);
  const [m = 0, n = 0] = dims;
  const k = (transA ? a[0] : a[1]) ?? 0;
  const hasC = site.value(2) !== undefined && beta !== 0;
  const added = hasC ? addedColumns(site, n, beta) : undefined;
  if ((hasC && !added) || (alpha !== 1 && !site.isKnown(1))) return false;
  const matrix: Matrix = transB
    ? { rows: k, columns: n, row: 1, column: k }
    : { rows: k, columns: n, row: n, column: 1 };
  const epilogue = takeEpilogue(site, 'last', n);
  const bias = added || epilogue.shift ? keepColumns(site, n, added, epilogue) : undefined;
  const packed = constantPanels(site, 1, matrix, alpha);
  const x = site.read(0, 'plain');
  const w = packed ?? site.read(1, 'plain');
  const residual = epilogue.residual && site.readValue(epilogue.residual, 'plain');
  const type = packed?.type ?? 0;
  const panels = packed ? undefined : site.scratch(panelFloats(k, n) * 4);
  const turned = transA ? site.scratch(m * k * 4) : undefined;
  const y = site.write('plain');
  const { kernels } = site.memory;
  site.emit('gemm', [x, w, residual, panels, turned, y], () => {
    if (panels) kernels.packColumns(k, n, w.at, matrix.row * 4, matrix.column * 4, panels.at);
    if (turned) kernels.transpose(k, m, x.at, m * 4, turned.at, k * 4);
    const call: Product = { m, n, k, x: turned?.at ?? x.at, b: panels?.at ?? w.at, type };
    multiply(site, call, y, y.at, bias, residual, epilogue);
  });
  finish(site, epilogue, y);
  return true;
};

/** beta · C where C is a constant with one number for each column, or one for all. */
function addedColumns(site: Site, n: number, beta: number): Float64Array | undefined {
  const dims = site.dims(2);
  const data = site.isKnown(2) ? site.floats(2) : undefined;
  if (!dims || !data || (data.length !== 1 && (data.length !== n || dims.at(-1) !== n))) return undefined;
  return Float64Array.from(data, (x) => x * beta);
}
