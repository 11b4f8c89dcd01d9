import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Editor } from '../edit/editor.ts';
import type { Model } from '../graph/model.ts';
import { newModel } from '../graph/new-model.ts';
import { decodeModel } from '../onnx/decode-model.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import {
  TensorProtoDataLocationCode as Location,
  ModelProto,
  type StringStringEntryProto,
} from '../onnx/generated/messages.ts';
import { SourceData } from '../onnx/source-data.ts';
import { joined, Rope } from '../onnx/wire/rope.ts';
import { writeMessage } from '../onnx/wire/write-message.ts';
import { Tensor } from '../types/tensor.ts';
import { tensorType } from '../types/value-type.ts';
import { assertWritable, openFile, openModel, saveModel, saveModelAsync, writeFiles } from './index.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refold-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (...names: string[]): string => join(folder, ...names);

/** A model of weights of these sizes in bytes; byte i of weight k is i + k. */
function modelOf(...sizes: readonly number[]): Model {
  const model = newModel(new Map([['', 17]]));
  const editor = new Editor(model);
  sizes.forEach((size, k) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i += 1) bytes[i] = i + k;
    editor.addInitializer(model.graph, {
      name: `w${k}`,
      type: tensorType('uint8', [size]),
      tensor: Tensor.ofBytes('uint8', [size], bytes),
    });
  });
  return model;
}

function weights(model: Model): readonly (readonly number[])[] {
  return [...model.graph.initializers].map((v) => [...(v.tensor?.bytes() ?? [])]);
}

/** A file with one weight of eight bytes that lie elsewhere. */
function writeExternal(path: string, entries: Readonly<Record<string, string>>): void {
  const externalData: readonly StringStringEntryProto[] = Object.entries(entries).map(([key, value]) => ({
    key,
    value,
  }));
  const rope = new Rope();
  writeMessage(rope, ModelProto, {
    irVersion: 8,
    opsetImport: [{ version: 17 }],
    graph: {
      initializer: [{ name: 'w', dims: [8], dataType: 2, externalData, dataLocation: Location.EXTERNAL }],
    },
  });
  writeFileSync(path, joined(rope));
}

test('a model comes back from its file', () => {
  const result = saveModel(modelOf(10, 3), at('m.onnx'));
  expect(result).toEqual({ bytes: statSync(at('m.onnx')).size, externalBytes: 0, files: [at('m.onnx')] });
  expect(weights(openModel(at('m.onnx')))).toEqual(weights(modelOf(10, 3)));
  expect(readdirSync(folder)).toEqual(['m.onnx']);
});

test('large files are read piece by piece, and may be written in place of themselves', () => {
  const large = modelOf(20 << 20, 100);
  saveModel(large, at('m.onnx'));
  const model = openModel(at('m.onnx'));
  saveModel(model, at('m.onnx'));
  expect(openModel(at('m.onnx')).graph.initializers.size).toBe(2);
  const [first] = model.graph.initializers;
  expect(
    Buffer.compare(
      first?.tensor?.bytes() ?? new Uint8Array(0),
      [...large.graph.initializers][0]?.tensor?.bytes() ?? new Uint8Array(1),
    ),
  ).toBe(0);
  expect(readdirSync(folder)).toEqual(['m.onnx']);
});

test('weights over the threshold go to a file of their own when asked', () => {
  const model = modelOf(2000, 100, 70_000);
  const result = saveModel(model, at('m.onnx'), { externalData: true });
  expect(result.files).toEqual([at('m.onnx'), at('m.onnx.data')]);
  expect(statSync(at('m.onnx.data')).size).toBe(result.externalBytes);
  expect(statSync(at('m.onnx')).size).toBeLessThan(1000);
  expect(weights(openModel(at('m.onnx')))).toEqual(weights(model));
  // The large one starts on a page.
  expect(result.externalBytes).toBe(4096 + 70_000);
  saveModel(model, at('n.onnx'), { externalData: 'n.bin', externalThreshold: 50 });
  expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'm.onnx.data', 'n.bin', 'n.onnx']);
  expect(weights(openModel(at('n.onnx')))).toEqual(weights(model));
});

test('sparse weights stay in the model, where every reader looks for them', () => {
  const model = newModel(new Map([['', 17]]));
  const values = Tensor.ofBytes('uint8', [3000], new Uint8Array(3000).fill(7));
  const indices = Tensor.ofBytes('int64', [3000], new Uint8Array(24_000));
  const sparse = { dims: [9000], values, indices };
  new Editor(model).addInitializer(model.graph, { name: 's', sparse });
  expect(saveModel(model, at('m.onnx'), { externalData: true }).files).toEqual([at('m.onnx')]);
  const [again] = openModel(at('m.onnx')).graph.initializers;
  expect(again?.sparse?.values.bytes()).toEqual(values.bytes());
});

test('one tensor of two values takes one place', () => {
  const model = modelOf(5000);
  const [value] = model.graph.initializers;
  new Editor(model).addInitializer(model.graph, { name: 'same', tensor: value?.tensor });
  expect(saveModel(model, at('m.onnx'), { externalData: true }).externalBytes).toBe(5000);
});

test('external weights stay external, are copied to another folder, and can be taken in', () => {
  saveModel(modelOf(4000, 10), at('m.onnx'), { externalData: 'weights.bin' });
  mkdirSync(at('other'));
  saveModel(openModel(at('m.onnx')), at('other', 'n.onnx'));
  expect(readdirSync(at('other')).sort()).toEqual(['n.onnx', 'n.onnx.data']);
  rmSync(at('weights.bin'));
  const copied = openModel(at('other', 'n.onnx'));
  expect(weights(copied)).toEqual(weights(modelOf(4000, 10)));
  saveModel(copied, at('whole.onnx'), { externalData: false });
  expect(weights(openModel(at('whole.onnx')))).toEqual(weights(modelOf(4000, 10)));
  expect(decodeModel(encodeModel(copied)).graph.initializers.size).toBe(2);
});

test('a model with external data may be written in place of itself', () => {
  saveModel(modelOf(4000, 20 << 20), at('m.onnx'), { externalData: true });
  const model = openModel(at('m.onnx'));
  const [first] = model.graph.initializers;
  if (!first) throw new Error('no weight');
  new Editor(model).removeInitializer(first);
  saveModel(model, at('m.onnx'));
  expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'm.onnx.data']);
  const [left] = openModel(at('m.onnx')).graph.initializers;
  expect(left?.tensor?.bytes().subarray(0, 3)).toEqual(Uint8Array.of(1, 2, 3));
  // The model in hand still reads the data that were there when it was opened.
  expect(first.tensor?.bytes().subarray(0, 3)).toEqual(Uint8Array.of(0, 1, 2));
});

test('when writing ends early, all files are as they were', () => {
  saveModel(modelOf(4000), at('m.onnx'), { externalData: true });
  const before = readdirSync(folder).map((name) => readFileSync(at(name)));
  const abort = (written: number, total: number): void => {
    if (written === total) throw new Error('enough');
  };
  expect(() => saveModel(modelOf(8000), at('m.onnx'), { externalData: true, onProgress: abort })).toThrow(
    'enough',
  );
  expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'm.onnx.data']);
  expect(readdirSync(folder).map((name) => readFileSync(at(name)))).toEqual(before);
});

test('writing that lets other things happen can be aborted', async () => {
  await saveModelAsync(modelOf(4000), at('m.onnx'), { externalData: true });
  expect(weights(openModel(at('m.onnx')))[0]).toHaveLength(4000);
  const before = readdirSync(folder).map((name) => readFileSync(at(name)));
  const abort = new AbortController();
  const onProgress = (): void => abort.abort();
  await expect(
    saveModelAsync(modelOf(8000), at('m.onnx'), { externalData: true, onProgress, signal: abort.signal }),
  ).rejects.toThrow(expect.objectContaining({ code: 'usage/aborted' }));
  expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'm.onnx.data']);
  expect(readdirSync(folder).map((name) => readFileSync(at(name)))).toEqual(before);
});

test('what cannot be written can be known before', () => {
  const refused = (path: string) =>
    expect(() => assertWritable(path)).toThrow(expect.objectContaining({ code: 'file/write' }));
  expect(() => assertWritable(at('new.onnx'))).not.toThrow();
  writeFileSync(at('old.onnx'), '');
  expect(() => assertWritable(at('old.onnx'))).not.toThrow();
  refused(folder);
  refused(at('missing/new.onnx'));
  refused(at('old.onnx/new.onnx'));
});

test('when the model cannot be put in place, its new data are not either', () => {
  saveModel(modelOf(4000), at('m.onnx'), { externalData: true });
  const data = readFileSync(at('m.onnx.data'));
  mkdirSync(at('n.onnx'));
  const save = () => saveModel(modelOf(8000), at('n.onnx'), { externalData: 'm.onnx.data' });
  expect(save).toThrow(expect.objectContaining({ code: 'file/write' }));
  expect(readFileSync(at('m.onnx.data'))).toEqual(data);
  expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'm.onnx.data', 'n.onnx']);
});

test('a link is written through, and permissions stay', () => {
  saveModel(modelOf(1), at('real.onnx'));
  symlinkSync('real.onnx', at('link.onnx'));
  saveModel(modelOf(2), at('link.onnx'));
  expect(weights(openModel(at('real.onnx')))).toEqual([[0, 1]]);
  expect(statSync(at('real.onnx')).isFile()).toBe(true);
});

test('a model over 2 GiB gets external data by itself', () => {
  // The weights are a hole in a file. Only the layout is looked at: writing ends with the first piece.
  const size = 2 ** 31 + 8;
  writeFileSync(at('hole.bin'), '');
  truncateSync(at('hole.bin'), size);
  const model = newModel(new Map([['', 17]]));
  const tensor = Tensor.lazy('uint8', [size], new SourceData(openFile(at('hole.bin')), 0, size));
  new Editor(model).addInitializer(model.graph, { name: 'w', tensor });
  const tooLarge = expect.objectContaining({ code: 'model/limit' });
  expect(() => encodeModel(model)).toThrow(tooLarge);
  expect(() => saveModel(model, at('m.onnx'), { externalData: false })).toThrow(tooLarge);
  const totals: number[] = [];
  const onProgress = (_: number, total: number): void => {
    totals.push(total);
    throw new Error('enough');
  };
  expect(() => saveModel(model, at('m.onnx'), { onProgress })).toThrow('enough');
  expect(totals[0]).toBeGreaterThan(size);
  expect(readdirSync(folder)).toEqual(['hole.bin']);
});

test('data that turn out shorter than they said are not written', () => {
  const model = newModel(new Map([['', 17]]));
  const tensor = Tensor.lazy('uint8', [5000], { byteLength: 5000, load: () => new Uint8Array(4999) });
  new Editor(model).addInitializer(model.graph, { name: 'w', tensor });
  expect(() => saveModel(model, at('m.onnx'))).toThrow(expect.objectContaining({ code: 'internal/bug' }));
  expect(() => encodeModel(model)).toThrow(expect.objectContaining({ code: 'internal/bug' }));
  expect(readdirSync(folder)).toEqual([]);
});

test('external data may start anywhere and end with the file', () => {
  writeFileSync(
    at('w.bin'),
    Uint8Array.from({ length: 16 }, (_, i) => i),
  );
  writeExternal(at('m.onnx'), { location: 'w.bin', offset: '8' });
  expect(weights(openModel(at('m.onnx')))).toEqual([[8, 9, 10, 11, 12, 13, 14, 15]]);
  mkdirSync(at('deep'));
  writeFileSync(at('deep', 'w.bin'), new Uint8Array(8));
  writeExternal(at('n.onnx'), { location: 'deep/w.bin', length: '8' });
  expect(weights(openModel(at('n.onnx')))).toEqual([[0, 0, 0, 0, 0, 0, 0, 0]]);
});

const refused: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['no location', {}, 'model/external-data'],
  ['an empty location', { location: '' }, 'model/external-data'],
  ['an absolute path', { location: '/etc/hostname' }, 'model/external-data'],
  ['a Windows path', { location: 'C:\\w.bin' }, 'model/external-data'],
  ['a way out of the folder', { location: '../w.bin' }, 'model/external-data'],
  ['a detour out of the folder', { location: 'a/../../w.bin' }, 'model/external-data'],
  ['a URL', { location: 'https://example.com/w.bin' }, 'model/external-data'],
  ['a NUL in the path', { location: 'w.bin\0' }, 'model/external-data'],
  ['a file that is not there', { location: 'none.bin' }, 'file/read'],
  ['a folder', { location: '.' }, 'file/read'],
  ['a link out of the folder', { location: 'link.bin' }, 'model/external-data'],
  ['a linked folder', { location: 'away/w.bin' }, 'model/external-data'],
  ['an offset past the end', { location: 'w.bin', offset: '9' }, 'model/external-data'],
  ['a negative offset', { location: 'w.bin', offset: '-1' }, 'model/external-data'],
  ['an offset in another notation', { location: 'w.bin', offset: '8e0' }, 'model/external-data'],
  ['a length that is not that of the tensor', { location: 'w.bin', length: '4' }, 'model/external-data'],
];

for (const [what, entries, code] of refused) {
  test(`external data with ${what} are refused`, () => {
    mkdirSync(at('in'));
    writeFileSync(at('w.bin'), new Uint8Array(8));
    writeFileSync(at('in', 'w.bin'), new Uint8Array(16));
    symlinkSync(at('w.bin'), at('in', 'link.bin'));
    symlinkSync(folder, at('in', 'away'));
    writeExternal(at('in', 'm.onnx'), entries);
    expect(() => openModel(at('in', 'm.onnx'))).toThrow(expect.objectContaining({ code }));
  });
}

test('external data of a model without a folder are missed only when they are wanted', () => {
  writeFileSync(at('w.bin'), new Uint8Array(8));
  writeExternal(at('m.onnx'), { location: 'w.bin' });
  const model = decodeModel(readFileSync(at('m.onnx')));
  const [w] = model.graph.initializers;
  expect(w?.tensor?.dims).toEqual([8]);
  expect(encodeModel(model)).toEqual(new Uint8Array(readFileSync(at('m.onnx'))));
  expect(() => w?.tensor?.bytes()).toThrow(expect.objectContaining({ code: 'model/external-data' }));
  expect(() => saveModel(model, at('n.onnx'))).toThrow(
    expect.objectContaining({ code: 'model/external-data' }),
  );
  expect(readdirSync(folder).sort()).toEqual(['m.onnx', 'w.bin']);
});

test('what the file system refuses is said in one sentence', () => {
  expect(() => openModel(at('none.onnx'))).toThrow(
    expect.objectContaining({
      code: 'file/read',
      message: `cannot read ${at('none.onnx')}: there is no such file or folder`,
    }),
  );
  expect(() => openModel(folder)).toThrow(expect.objectContaining({ code: 'file/read' }));
  expect(() => saveModel(modelOf(1), at('none', 'm.onnx'))).toThrow(
    expect.objectContaining({
      code: 'file/write',
      message: expect.stringContaining('its folder does not exist'),
    }),
  );
  expect(() => saveModel(modelOf(1), folder)).toThrow(expect.objectContaining({ code: 'file/write' }));
  for (const name of ['', '..', 'a/b', 'm.onnx']) {
    const save = () => saveModel(modelOf(1), at('m.onnx'), { externalData: name });
    expect(save).toThrow(expect.objectContaining({ code: 'usage/option' }));
  }
});

test('hard links are files like others', () => {
  saveModel(modelOf(3), at('m.onnx'));
  linkSync(at('m.onnx'), at('n.onnx'));
  saveModel(modelOf(4), at('n.onnx'));
  expect(weights(openModel(at('m.onnx')))).toEqual([[0, 1, 2]]);
  expect(weights(openModel(at('n.onnx')))).toEqual([[0, 1, 2, 3]]);
});

test('files that belong together appear all, or none does', () => {
  const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
  writeFiles(
    new Map([
      [at('a'), bytes(1)],
      [at('b'), bytes(2, 3)],
    ]),
  );
  expect([...readFileSync(at('b'))]).toEqual([2, 3]);
  const failing = new Map([
    [at('a'), bytes(9)],
    [at('no', 'c'), bytes(9)],
  ]);
  expect(() => writeFiles(failing)).toThrow(expect.objectContaining({ code: 'file/write' }));
  expect([...readFileSync(at('a'))]).toEqual([1]);
  expect(readdirSync(folder).sort()).toEqual(['a', 'b']);
});
