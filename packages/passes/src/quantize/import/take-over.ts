import {
  constantTensor,
  type Editor,
  inferModel,
  type Node,
  tensorFloats,
  tensorOf,
  type Value,
} from '@refold/ir';
import type { Diagnostic } from '../classes/diagnostic.ts';
import { isReadAsWeights, isWeights, operandsOf } from '../constraints/operands.ts';
import { PointTable } from '../constraints/point-table.ts';
import type { Target } from '../targets/target.ts';
import { numberOf, type Theta } from '../theta/theta.ts';
import { thetaOfNode } from './code-pair.ts';
import { foldWeight } from './coded-weights.ts';
import { drop } from './drop.ts';
import { fitted } from './fit.ts';
import { fitWeight } from './fit-weights.ts';
import { type TakenPair, takePairs } from './pairs.ts';

/** What a model that was trained for codes says about them. */
export interface TakenOver {
  /** Scales and zero points by value, for the option `overrides`; each binds its whole class. */
  readonly overrides: ReadonlyMap<string, Theta>;
  /** Values that have several scales, which stay as they are written. */
  readonly left: readonly string[];
  /** Weights that became codes: their `QuantizeLinear` is gone. */
  readonly weights: number;
  /** What the target cannot have, and is therefore chosen anew. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Takes the codes of a model that was trained for them out of its nodes: pairs of `QuantizeLinear` and
 * `DequantizeLinear` behind values go, and what they say is handed out. Quantizing with it as `overrides` puts them
 * back: once for each value, and on all that moves or joins codes of the same class as well. Weights become codes, and
 * keep their scales. With a target, its codes for the same numbers are given, and what it has no codes for is not.
 * @throws ModelError `model/invalid` for a scale that is not positive, or a zero point that is none of the codes.
 */
export function takeOverCodes(editor: Editor, target?: Target): TakenOver {
  inferModel(editor);
  const nodes = [...editor.model.graphs()].filter((g) => !g.inFunction).flatMap((g) => [...g.nodes()]);
  const ends = nodes.filter((node) => node.is('DequantizeLinear'));
  return editor.transact(() => {
    const weights = ends.filter((node) => foldWeight(editor, node)).length;
    const constants = ends.flatMap((node) => {
      const found = takeConstant(editor, node);
      return found ? [found] : [];
    });
    const { taken, left } = takePairs(editor, ends);
    // Names are read when all values have theirs.
    const table = new PointTable();
    const diagnostics = target ? [...fitWeights(editor, ends, target, table)] : [];
    const overrides = new Map<string, Theta>();
    for (const [value, { theta, limits }] of [...constants, ...taken]) {
      const key = table.keyOf(value);
      const found = target ? thetaFor(value, { theta, limits }, target) : theta;
      if (found) overrides.set(key, found);
      else if (target) diagnostics.push(chosenAnew(key, theta, target));
    }
    return { overrides, left: left.map((value) => table.keyOf(value)), weights, diagnostics };
  });
}

/** Codes in the file that stand for data, not for weights or a bias: numbers again, with what their codes say. */
function takeConstant(editor: Editor, dequantize: Node): readonly [Value, TakenPair] | undefined {
  const [codes] = dequantize.inputs;
  const result = dequantize.outputs[0];
  const tensor = codes && constantTensor(codes);
  const theta = tensor && thetaOfNode(dequantize);
  if (!result || !tensor || !theta || !dequantize.graph || result.isGraphOutput) return undefined;
  for (const { node, index } of result.uses()) if (!node || isParameter(node, index)) return undefined;
  const numbers = tensorFloats(tensor).map((q) => numberOf(q, theta));
  const hint = codes.name.replace(/_quantized$/, '');
  const value = editor.addConstant(dequantize.graph, tensorOf('float32', tensor.dims, numbers), hint);
  editor.replaceAllUses(result, value);
  drop(editor, [dequantize]);
  return [value, { theta, limits: undefined }];
}

function isParameter(node: Node, index: number): boolean {
  const { bias } = operandsOf(node);
  return isWeights(node, index) || index === bias;
}

/** The codes of a target for what was trained; undefined where it has none, or has others for that operator. */
function thetaFor(value: Value, { theta, limits }: TakenPair, target: Target): Theta | undefined {
  const found = fitted(theta, target.activations, limits);
  const fixed = value.producer && target.fixed.get(value.producer.opType);
  if (!found || !fixed) return found;
  return fixed.scale === found.scale && fixed.zeroPoint === found.zeroPoint ? found : undefined;
}

/** Brings weights into codes of the target, and says which get others than in training. */
function fitWeights(
  editor: Editor,
  ends: readonly Node[],
  target: Target,
  table: PointTable,
): readonly Diagnostic[] {
  return ends.flatMap((dequantize) => {
    const [reader] = dequantize.outputs[0]?.users() ?? [];
    if (!dequantize.graph || !reader || !isReadAsWeights(dequantize)) return [];
    if (fitWeight(editor, dequantize, target.weights)) return [];
    const at = table.nodeKey(reader);
    const message = `the weights of '${at}' get other codes than in training, which ${target.name} does not have for them`;
    return [{ code: 'chosen-anew', at, message, origins: [] }];
  });
}

function chosenAnew(at: string, { format, scale, zeroPoint }: Theta, { name }: Target): Diagnostic {
  const message =
    `'${at}' gets other codes than in training (${format.dtype}, scale ${scale}, zero point ${zeroPoint}), which` +
    ` ${name} does not have for it`;
  return { code: 'chosen-anew', at, message, origins: [] };
}
