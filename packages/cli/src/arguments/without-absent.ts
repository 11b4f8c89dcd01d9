/** An object without the properties that are undefined, so that defaults hold for them. */
export function withoutAbsent<T extends object>(options: { readonly [K in keyof T]: T[K] | undefined }): T;
export function withoutAbsent(options: object): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
