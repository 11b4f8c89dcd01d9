/** Axes that are walked outside of a kernel, with the strides of several operands along them, in elements. */
export interface OuterLoop {
  readonly sizes: readonly number[];
  readonly strides: readonly (readonly number[])[];
}

/** For each operand where it is read in each round of a loop. */
export function outerOffsets({ sizes, strides }: OuterLoop): {
  readonly count: number;
  readonly lists: readonly Float64Array[];
} {
  const count = sizes.reduce((a, b) => a * b, 1);
  const lists = strides.map((own) => {
    const list = new Float64Array(count);
    let filled = 1;
    for (let axis = sizes.length - 1; axis >= 0; axis -= 1) {
      const size = sizes[axis] ?? 1;
      const stride = own[axis] ?? 0;
      for (let i = filled; i < filled * size; i += 1) {
        list[i] = (list[i % filled] ?? 0) + Math.floor(i / filled) * stride;
      }
      filled *= size;
    }
    return list;
  });
  return { count, lists };
}
