import { type DType, dtypes } from '@refold/ir';

const spelled: Partial<Record<DType, string>> = { float32: 'float', float64: 'double' };

/** The type of tensors of an element type, as schemas spell it. */
export function typeText(dtype: DType): string {
  return `tensor(${spelled[dtype] ?? dtype})`;
}

const byText: ReadonlyMap<string, DType> = new Map(dtypes.map((d) => [typeText(d), d]));

/** The element type of a tensor type, as schemas spell it; undefined for sequences, optionals and the like. */
export function dtypeOfText(text: string): DType | undefined {
  return byText.get(text);
}
