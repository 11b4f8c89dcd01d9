import { RefoldError } from '@refold/ir';
import type { HalfConversionOptions, HalfType } from '@refold/passes';
import type { Command } from '../arguments/command.ts';
import { suggestion } from '../arguments/nearest.ts';
import type { Arguments } from '../arguments/parse.ts';
import { withoutAbsent } from '../arguments/without-absent.ts';
import { parseCount } from '../io/parse-values.ts';
import { jsonOption } from '../io/print.ts';
import { keepFrom, reportOption, sampleOptions, tierOption } from '../io/quantize-options.ts';
import { threadsOption, tierOptions } from '../io/tier-option.ts';
import { convertLoaded } from '../methods.ts';
import { conversionText } from '../report/methods-report.ts';
import { makeSmaller } from './make-smaller.ts';

const types: readonly HalfType[] = ['float16', 'bfloat16'];
const how = 'How';

export const convertCommand: Command = {
  name: 'convert',
  summary: 'convert float32 to float16 or bfloat16 where that is safe',
  operands: [
    { name: 'IN', text: 'the model to read' },
    { name: 'OUT', text: 'where to write the result' },
  ],
  options: [
    {
      name: '--to',
      takes: { kind: 'one', word: 'TYPE' },
      text: `the type to convert to: ${types.join(' or ')} (default ${types[0]})`,
      group: how,
    },
    {
      name: '--keep',
      takes: { kind: 'many', word: 'NODE', more: () => true },
      text: 'more nodes to leave in float32, by name, output name or operator',
      group: how,
    },
    {
      name: '--io',
      takes: { kind: 'nothing' },
      text: 'also convert the inputs and outputs of the model, which otherwise keep their types',
      group: how,
    },
    ...sampleOptions('Samples (optional: what leaves the range of the type on them stays in float32)'),
    tierOption(how),
    threadsOption(how, 'the work of running the samples'),
    reportOption('Result'),
    jsonOption('Result'),
  ],
  run(args, terminal) {
    const given = optionsFrom(args);
    return makeSmaller(
      args,
      terminal,
      async (model, options) => ({ report: await convertLoaded(model, { ...given, ...options }) }),
      conversionText,
    );
  },
};

function optionsFrom(args: Arguments): HalfConversionOptions {
  return withoutAbsent<HalfConversionOptions>({
    to: args.value('--to', typeOf),
    keep: keepFrom(args),
    io: args.has('--io'),
    ...tierOptions(args, 'fast'),
    limit: args.value('--samples', parseCount),
  });
}

function typeOf(name: string): HalfType {
  const found = types.find((type) => type === name);
  if (found) return found;
  const hint = suggestion(name, types, `types are ${types.join(', ')}`);
  throw new RefoldError('usage/unknown-name', `there is no conversion to '${name}'`, {}, hint);
}
