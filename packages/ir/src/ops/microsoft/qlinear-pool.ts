import type { OpContext } from '../context.ts';
import { globalAveragePool } from '../convolution/global-pool.ts';
import { type AveragePoolView, averagePool } from '../convolution/pool.ts';
import { type NoParameters, noParameters } from '../elementwise/operands.ts';
import { type Operator, operator } from '../operator.ts';
import { unsupported } from './unsupported.ts';

/** Channels may also stand last; that layout occurs only inside ONNX Runtime and is refused. */
function refuseChannelsLast(ctx: OpContext): void {
  if ((ctx.int('channels_last') ?? 0) !== 0) throw unsupported(ctx, 'channels_last');
}

/** The operator `QLinearAveragePool`. */
export const qLinearAveragePool: Operator<AveragePoolView> = operator<AveragePoolView>({
  domain: 'com.microsoft',
  name: 'QLinearAveragePool',
  view(ctx) {
    refuseChannelsLast(ctx);
    return averagePool.view(ctx);
  },
  infer: (ctx, view) => averagePool.infer(ctx, view),
});

/** The operator `QLinearGlobalAveragePool`. */
export const qLinearGlobalAveragePool: Operator<NoParameters> = operator<NoParameters>({
  domain: 'com.microsoft',
  name: 'QLinearGlobalAveragePool',
  view(ctx) {
    refuseChannelsLast(ctx);
    return noParameters;
  },
  infer: (ctx) => globalAveragePool.infer(ctx, {}),
});
