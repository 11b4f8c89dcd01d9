import type { FunctionDef } from '../graph/function.ts';
import type { Graph } from '../graph/graph.ts';
import type { Model } from '../graph/model.ts';
import type { Node } from '../graph/node.ts';
import type { Value } from '../graph/value.ts';
import type { StringStringEntryProto } from './generated/messages.ts';
import { FunctionOrigin, GraphOrigin, ModelOrigin, NodeOrigin, ValueOrigin } from './origin.ts';

/** What a file says about a part of a model to people and tools. It changes nothing that is computed. */
export interface Metadata {
  readonly docString: string | undefined;
  /** `metadata_props`; of a key that is there twice, the last entry. */
  readonly properties: ReadonlyMap<string, string>;
}

/** What a file says about itself. */
export interface ModelMetadata extends Metadata {
  readonly producerName: string | undefined;
  readonly producerVersion: string | undefined;
  /** Reverse domain name of the model's namespace; not an operator domain. */
  readonly domain: string | undefined;
  readonly modelVersion: number | bigint | undefined;
}

/** Who made the model, and what else its file says. */
export function modelMetadata(model: Model): ModelMetadata {
  const message = model.origin instanceof ModelOrigin ? model.origin.message : {};
  const { producerName, producerVersion, domain, modelVersion } = message;
  return { ...metadataOf(model), producerName, producerVersion, domain, modelVersion };
}

/** Doc string and properties of a part of a model. */
export function metadataOf(part: Model | Graph | Node | Value | FunctionDef): Metadata {
  const { docString, metadataProps } = messageOf(part.origin) ?? {};
  return {
    docString,
    properties: new Map((metadataProps ?? []).map((entry) => [entry.key ?? '', entry.value ?? ''])),
  };
}

interface Described {
  readonly docString?: string | undefined;
  readonly metadataProps?: readonly StringStringEntryProto[] | undefined;
}

function messageOf(origin: object | undefined): Described | undefined {
  if (
    origin instanceof ModelOrigin ||
    origin instanceof GraphOrigin ||
    origin instanceof FunctionOrigin ||
    origin instanceof NodeOrigin ||
    origin instanceof ValueOrigin
  ) {
    return origin.message;
  }
  return undefined;
}
