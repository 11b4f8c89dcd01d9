import type { Where } from '../../errors.ts';
import { normalDomain } from '../../graph/node.ts';
import type { OperatorSetIdProto } from '../generated/messages.ts';
import { shown } from '../shown.ts';
import { type DecodeContext, invalid } from './decode-context.ts';

/** Domain (normalised) to version. A domain may be imported twice, but not in two versions. */
export function decodeOpsets(
  ctx: DecodeContext,
  imports: readonly OperatorSetIdProto[] | undefined,
  where: Where,
): Map<string, number> {
  const opsets = new Map<string, number>();
  for (const entry of imports ?? []) {
    const domain = normalDomain(entry.domain ?? '');
    const version = entry.version ?? 0;
    const named = `domain ${shown(domain === '' ? 'ai.onnx' : domain)}`;
    if (typeof version !== 'number' || version < 1) {
      throw invalid(ctx, where, `${named} is imported in version ${version}, which cannot be`);
    }
    const before = opsets.get(domain);
    if (before !== undefined && before !== version) {
      throw invalid(ctx, where, `${named} is imported in versions ${before} and ${version} at once`);
    }
    opsets.set(domain, version);
  }
  return opsets;
}
