/**
 * Entries by operator. Both strings of a node are looked up as they are, since to make one key of them costs more
 * than the lookup.
 */
export class OpTable<T> {
  private readonly domains = new Map<string, Map<string, T>>();

  /** The entry of an operator; `domain` is normalised (empty for the standard one). */
  get(domain: string, name: string): T | undefined {
    return this.domains.get(domain)?.get(name);
  }

  set(domain: string, name: string, entry: T): void {
    let names = this.domains.get(domain);
    if (!names) {
      names = new Map();
      this.domains.set(domain, names);
    }
    names.set(name, entry);
  }

  /** All entries with their operators, in the order in which they were set, domain by domain. */
  *entries(): Generator<readonly [domain: string, name: string, entry: T]> {
    for (const [domain, names] of this.domains) {
      for (const [name, entry] of names) yield [domain, name, entry];
    }
  }
}
