import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeModel, type Model } from '@refold/ir';
import { createSession, imageDecoderKernel, type SessionOptions } from '@refold/runtime';
import { loadImageDecoders } from '@refold/runtime/images';
import { type Case, setsOf } from './archive.ts';
import { misfit, type OfficialTolerance, officialTolerance } from './official-rule.ts';
import { readValue } from './read-value.ts';

/**
 * Cases whose outputs depend on the random generator of whoever made them: types and shapes are all that
 * another runtime can be held to.
 */
export const randomCases: readonly RegExp[] = [
  /^node\/test_bernoulli/,
  /^node\/test_training_dropout(_default)?(_mask)?$/,
];

/** Decoders for images come from libraries. */
const kernels = [imageDecoderKernel(await loadImageDecoders())];

export function modelOf({ folder }: Case): Model {
  return decodeModel(readFileSync(join(folder, 'model.onnx')));
}

/** Runs a case, or another model that must do the same, on all of its input sets. Throws when it does not pass. */
export function runCase(one: Case, model: Model = modelOf(one), options: SessionOptions = {}): void {
  const { name, folder } = one;
  const session = createSession(model, { kernels, ...options });
  const required = session.inputs.filter((input) => input.required);
  const tolerance = randomCases.some((pattern) => pattern.test(name)) ? undefined : toleranceOf(folder);
  for (const { inputs, outputs } of setsOf(folder)) {
    const feeds = required.map((input, i) => {
      const file = inputs[i];
      if (!file) throw new Error(`there is no data for input ${input.name}`);
      return [input.name, readValue(file, input.type)] as const;
    });
    const results = session.run(new Map(feeds));
    if (outputs.length !== session.outputs.length) throw new Error(`${outputs.length} outputs are expected`);
    session.outputs.forEach((output, i) => {
      const want = readValue(outputs[i] ?? new Uint8Array(), output.type);
      const reason = misfit(want, results.get(output.name), tolerance);
      if (reason !== undefined) throw new Error(`output ${output.name}: ${reason}`);
    });
  }
}

function toleranceOf(folder: string): OfficialTolerance {
  const file = join(folder, 'data.json');
  return existsSync(file)
    ? { ...officialTolerance, ...JSON.parse(readFileSync(file, 'utf8')) }
    : officialTolerance;
}
