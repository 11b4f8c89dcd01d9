import { type Dim, dimName } from '@refold/ir';

/** A name that stands for one size. Some exporters write `?` for every size that they do not know. */
const proper = /[\p{L}\p{N}_]/u;

/** The name of a dimension, if dimensions of that name have one size throughout a model. */
export function sizeName(dim: Dim): string | undefined {
  const name = dimName(dim);
  return name !== undefined && proper.test(name) ? name : undefined;
}
