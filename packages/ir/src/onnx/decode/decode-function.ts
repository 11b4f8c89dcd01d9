import type { Attribute } from '../../graph/attribute.ts';
import type { FunctionDef } from '../../graph/function.ts';
import { functionKey } from '../../graph/function.ts';
import { normalDomain } from '../../graph/node.ts';
import type { FunctionProto } from '../generated/messages.ts';
import { FunctionOrigin } from '../origin.ts';
import { shown } from '../shown.ts';
import { decodeAttribute } from './decode-attribute.ts';
import { type DecodeContext, invalid } from './decode-context.ts';
import { byName, decodeNodes, entriesOf, settleEntries } from './decode-graph.ts';
import { decodeOpsets } from './decode-opsets.ts';
import { decodeType } from './decode-type.ts';
import { Scope } from './scope.ts';

/** Adds a model-local function. Its body sees nothing but its inputs. */
export function decodeFunction(ctx: DecodeContext, message: FunctionProto): void {
  const name = message.name ?? '';
  const domain = normalDomain(message.domain ?? '');
  const overload = message.overload ?? '';
  const where = { graph: name };
  if (name === '') throw invalid(ctx, where, 'a function has no name');
  if (ctx.editor.model.functions.has(functionKey(domain, name, overload))) {
    throw invalid(ctx, where, `function ${shown(name)} of domain ${shown(domain)} is there twice`);
  }
  const { editor } = ctx;
  const scope = new Scope(undefined);
  const body = editor.createGraph(name);
  const valueInfo = entriesOf(body, message.valueInfo);
  const entries = byName(valueInfo);
  const specs = (message.input ?? []).map((input) => {
    const origin = entries.get(input);
    return { name: input, declared: decodeType(ctx, origin?.message.type), origin };
  });
  for (const input of editor.addInputs(body, specs)) {
    if (input.name === '' || !scope.define(input.name, input)) {
      throw invalid(
        ctx,
        { ...where, value: input.name },
        `input ${shown(input.name)} of function ${shown(name)} is empty or there twice`,
      );
    }
  }
  decodeNodes(ctx, body, message.node ?? [], scope, entries);
  settleEntries(valueInfo, scope);
  const outputs = (message.output ?? []).map((output) => {
    const value = scope.find(output);
    if (value) return value;
    throw invalid(
      ctx,
      { ...where, value: output },
      `output ${shown(output)} of function ${shown(name)} is not defined by anything`,
    );
  });
  editor.setOutputs(body, outputs);
  const defaults = new Map<string, Attribute>();
  for (const proto of message.attributeProto ?? []) {
    const attribute = decodeAttribute(ctx, proto, undefined, () => where);
    if (defaults.has(attribute.name)) {
      throw invalid(ctx, where, `function ${shown(name)} has attribute ${shown(attribute.name)} twice`);
    }
    defaults.set(attribute.name, attribute);
  }
  const fn: FunctionDef = {
    domain,
    name,
    overload,
    body,
    attributes: message.attribute ?? [],
    defaults,
    opsets: decodeOpsets(ctx, message.opsetImport, where),
    origin: new FunctionOrigin(
      {
        ...message,
        input: undefined,
        output: undefined,
        node: undefined,
        attributeProto: undefined,
        valueInfo: undefined,
      },
      valueInfo,
    ),
  };
  editor.addFunction(fn);
}
