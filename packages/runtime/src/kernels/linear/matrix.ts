import type { PackPanels, StoreBlock } from './gemm-core.ts';

/** A matrix inside an array: element (i, j) is `data[offset + i * rowStride + j * columnStride]`. */
export interface Matrix {
  readonly data: ArrayLike<number>;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** A row-major matrix with rows of `columns` elements. */
export function rowMajor(data: ArrayLike<number>, columns: number, offset = 0): Matrix {
  return { data, offset, rowStride: columns, columnStride: 1 };
}

/** The same elements with rows and columns exchanged. */
export function transposed(matrix: Matrix): Matrix {
  return { ...matrix, rowStride: matrix.columnStride, columnStride: matrix.rowStride };
}

/** Packs the rows of a matrix. For its columns, transpose it. */
export function packRowsOf(matrix: Matrix): PackPanels {
  const { data, rowStride, columnStride } = matrix;
  return (firstLine, lines, firstDepth, depth, panels) => {
    for (let l = 0; l < lines; l += 1) {
      let from = matrix.offset + (firstLine + l) * rowStride + firstDepth * columnStride;
      let to = (l >> 2) * depth * 4 + (l & 3);
      for (let d = 0; d < depth; d += 1) {
        panels[to] = data[from] as number;
        from += columnStride;
        to += 4;
      }
    }
  };
}

/** Where a product goes, row-major with rows `rowStride` elements apart. */
export interface Target {
  readonly data: Float32Array | Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  /** Factor of the product. */
  readonly alpha?: number;
  /** Added to the product in double, before the one rounding; strides of 0 broadcast it. */
  readonly addend?: Matrix & { readonly factor: number };
}

/** Stores blocks of a product: `alpha * sum + factor * addend`, rounded once by the array that takes it. */
export function storeInto(target: Target): StoreBlock {
  return (firstRow, rows, firstColumn, columns, block, stride) => {
    for (let i = 0; i < rows; i += 1) {
      storeRow(target, firstRow + i, firstColumn, columns, block, i * stride);
    }
  };
}

/** Stores `columns` sums that start at `from` as part of a row of the target. */
export function storeRow(
  target: Target,
  row: number,
  firstColumn: number,
  columns: number,
  sums: Float64Array,
  from: number,
): void {
  const { data, addend, alpha = 1 } = target;
  const at = target.offset + row * target.rowStride + firstColumn;
  if (addend === undefined) {
    for (let j = 0; j < columns; j += 1) data[at + j] = alpha * (sums[from + j] as number);
    return;
  }
  const { data: added, columnStride, factor } = addend;
  let source = addend.offset + row * addend.rowStride + firstColumn * columnStride;
  for (let j = 0; j < columns; j += 1) {
    data[at + j] = alpha * (sums[from + j] as number) + factor * (added[source] as number);
    source += columnStride;
  }
}
