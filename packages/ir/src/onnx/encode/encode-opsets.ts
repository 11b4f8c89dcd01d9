import { normalDomain } from '../../graph/node.ts';
import type { OperatorSetIdProto } from '../generated/messages.ts';

/** Imports in the order and spelling of the file, with today's versions; new domains behind. */
export function encodeOpsets(
  opsets: ReadonlyMap<string, number>,
  read: readonly OperatorSetIdProto[] | undefined,
): readonly OperatorSetIdProto[] {
  const written: OperatorSetIdProto[] = [];
  const listed = new Set<string>();
  for (const entry of read ?? []) {
    const domain = normalDomain(entry.domain ?? '');
    const version = opsets.get(domain);
    listed.add(domain);
    if (version !== undefined) written.push(version === entry.version ? entry : { ...entry, version });
  }
  for (const [domain, version] of opsets) if (!listed.has(domain)) written.push({ domain, version });
  return written;
}
