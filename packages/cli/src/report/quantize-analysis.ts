import type { KeptReport, LayerReport, SmallReport, ValueReport } from '@refold/passes';
import { printable } from '../io/printable.ts';
import type { AnalysisReport } from '../quantize.ts';
import { formatBytes } from './format.ts';
import { plain, type Style } from './render.ts';

/** Layers and values that are printed; all are in the data. */
const SHOWN = 16;

/** The analysis as people read it: the layers that cause most, the values that fare worst, and what to keep. */
export function analysisText(analysis: AnalysisReport, style: Style = plain, shown: number = SHOWN): string {
  const { target, observer, samples, layers, values, kept } = analysis;
  const lines = [
    style.bold(`${target}, ranges by ${observer} of ${samples} sample${samples === 1 ? '' : 's'}`),
    style.bold('noise-to-signal ratio of the outputs with one layer quantized:'),
    ...layers.slice(0, shown).map(layerLine),
    ...more(layers.length - shown, style),
    style.bold('values with everything quantized (noise-to-signal, and how much their node adds):'),
    ...values.slice(0, shown).map(valueLine),
    ...more(values.length - shown, style),
    ...(kept ? [keptText(kept)] : []),
  ];
  return lines.map((line) => printable(line)).join('\n');
}

function layerLine({ layer, operators, noiseToSignal, cosine, samples }: LayerReport): string {
  const on = `${samples} sample${samples === 1 ? '' : 's'}`;
  return `  ${brief(noiseToSignal)}  ${layer} (${operators.join(', ')}), cosine ${brief(cosine)}, on ${on}`;
}

function valueLine({ value, operator, noiseToSignal, added, worstChannels }: ValueReport): string {
  const [worst] = worstChannels;
  const channel = worst ? `, channel ${worst.channel} ${brief(worst.noiseToSignal)}` : '';
  return `  ${brief(noiseToSignal)}  ${value}${operator === undefined ? '' : ` (${operator})`}, ${brief(added)} here${channel}`;
}

/** What a budget takes. */
export function keptText({ layers, wide, budget, before, after, met }: KeptReport): string {
  const parts = [
    ...(wide.length === 0 ? [] : [`with 16 bits: ${wide.join(', ')}`]),
    layers.length === 0 ? 'nothing has to stay in floats' : `in floats: ${layers.join(', ')}`,
  ];
  const what = parts.join('; ');
  const how = before === after ? `${brief(before)}` : `${brief(before)} becomes ${brief(after)}`;
  return `budget ${brief(budget)}${met ? '' : ' cannot be met'}: ${what}; noise-to-signal ratio ${how}`;
}

/** Weights of 4 bits. */
export function smallText({ weights, saved, after }: SmallReport): string {
  const what = `4 bits for ${weights.length} weight${weights.length === 1 ? '' : 's'}`;
  return `${what}, which saves ${formatBytes(saved)}; noise-to-signal ratio ${brief(after)}`;
}

function more(count: number, style: Style): readonly string[] {
  return count > 0 ? [style.dim(`  ${count} more`)] : [];
}

function brief(x: number): string {
  return String(Number(x.toPrecision(3)));
}
