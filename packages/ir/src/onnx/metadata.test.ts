import { expect, test } from 'vitest';
import { newModel } from '../graph/new-model.ts';
import { decodeModel } from './decode-model.ts';
import { ModelProto } from './generated/messages.ts';
import { metadataOf, modelMetadata } from './metadata.ts';
import { joined, Rope } from './wire/rope.ts';
import { writeMessage } from './wire/write-message.ts';

test('doc strings and properties can be asked for at every part', () => {
  const rope = new Rope();
  writeMessage(rope, ModelProto, {
    irVersion: 10,
    producerName: 'somebody',
    modelVersion: 3,
    metadataProps: [{ key: '__proto__', value: 'a' }],
    graph: {
      docString: 'a graph',
      node: [{ opType: 'Relu', input: ['x'], output: ['y'], metadataProps: [{ key: 'k', value: 'v' }] }],
      input: [{ name: 'x', docString: 'an input' }],
    },
  });
  const model = decodeModel(joined(rope));
  expect(modelMetadata(model)).toMatchObject({
    producerName: 'somebody',
    modelVersion: 3,
    docString: undefined,
  });
  expect([...modelMetadata(model).properties]).toEqual([['__proto__', 'a']]);
  expect(metadataOf(model.graph).docString).toBe('a graph');
  expect(model.graph.inputs.map((v) => metadataOf(v).docString)).toEqual(['an input']);
  expect([...model.graph.nodes()].map((n) => metadataOf(n).properties.get('k'))).toEqual(['v']);
});

test('a model that was made here has no metadata', () => {
  expect(modelMetadata(newModel(new Map([['', 17]])))).toEqual({
    docString: undefined,
    properties: new Map(),
    producerName: undefined,
    producerVersion: undefined,
    domain: undefined,
    modelVersion: undefined,
  });
});
