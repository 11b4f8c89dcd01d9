/**
 * Entries by operator. Both strings of a node are looked up as they are, since to make one key of them costs more
 * than the lookup.
 */
export class OpTable<T> {
  /** Operators of the standard domain: nearly all that are looked up. */
  private readonly standard = new Map<string, T>();
  private readonly domains = new Map<string, Map<string, T>>();

  /** The entry of an operator; `domain` is normalised (empty for the standard one). */
  get(domain: string, name: string): T | undefined {
    return (domain === '' ? this.standard : this.domains.get(domain))?.get(name);
  }

  set(domain: string, name: string, entry: T): void {
    let names = this.domains.get(domain);
    if (!names) {
      names = domain === '' ? this.standard : new Map();
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
