import { constantTensor, type Editor, type Node, type Value } from '@refold/ir';
import { dropUnread } from '../../support/drop-unread.ts';
import type { Diagnostic } from '../classes/diagnostic.ts';
import type { Classes } from '../classes/form-classes.ts';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import type { Collected } from '../constraints/collect.ts';
import type { OperandPoint } from '../constraints/point-table.ts';
import { placeBehind } from '../layers/place-behind.ts';
import type { CellThetas } from '../theta/cells.ts';
import { CodedTensors } from './coded-tensors.ts';
import { ConstantCodes, type ProductScales } from './constants.ts';
import { quantizeAndBack } from './qdq-nodes.ts';
import { ClassScales } from './scales.ts';

/** What was written. */
export interface Emission {
  /** Values that go through codes where they are defined. */
  readonly values: number;
  /** Uses on the way to which a value is requantized. */
  readonly requantized: number;
  /** Constants that are codes now, biases not among them. */
  readonly constants: number;
  /** Classes of which there is something in the graph now. */
  readonly classes: ReadonlySet<QuantizedClass>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Writes `QuantizeLinear` and `DequantizeLinear` nodes into the model of which the classes were formed, with one
 * scale and one zero point for each class: behind definitions, on the way to uses of another class, and in place of
 * constants. The signature of the model stays as it is. `coded` keeps codes of constants for the next time.
 * @throws ModelError `model/unsupported` when the opset has no such nodes for these codes.
 */
export function emitQdq(
  editor: Editor,
  collected: Collected,
  classes: Classes,
  coded: CodedTensors = new CodedTensors(),
): Emission {
  return new Emitter(editor, collected, classes, coded).emit();
}

class Emitter {
  private readonly editor: Editor;
  private readonly collected: Collected;
  private readonly classes: Classes;
  private readonly classAt = new Map<string, QuantizedClass>();
  private readonly scales: ClassScales;
  private readonly constants: ConstantCodes;
  /** What requantized values are, by the value read and the class. */
  private readonly requantized = new Map<QuantizedClass, Map<Value, Value>>();
  private readonly weights = new Map<string, CellThetas>();
  private readonly codedConstants = new Set<Value>();
  private readonly written = new Set<QuantizedClass>();
  private values = 0;

  constructor(editor: Editor, collected: Collected, classes: Classes, coded: CodedTensors) {
    this.editor = editor;
    this.collected = collected;
    this.classes = classes;
    for (const quantized of classes.classes) {
      for (const point of quantized.points) this.classAt.set(point.key, quantized);
    }
    this.scales = new ClassScales(editor, editor.model.graph);
    this.constants = new ConstantCodes(editor, this.scales, coded);
  }

  emit(): Emission {
    const { table, quantized } = this.collected;
    // Both lists are fixed before anything is changed.
    const operands = table.operands.filter(({ node }) => quantized.has(node));
    const definitions = [...table.values()].filter(([, value]) => !constantTensor(value));
    const originals = new Map(operands.map(({ point, node, input }) => [point.key, node.inputs[input]]));
    for (const [key, value] of definitions) this.emitDefinition(key, value);
    let requantized = 0;
    for (const operand of operands) {
      const original = originals.get(operand.point.key);
      if (original && constantTensor(original)) this.emitConstant(operand, original);
      else if (this.emitRequantization(operand)) requantized += 1;
    }
    const diagnostics = this.emitBiases(operands);
    for (const value of new Set(originals.values())) {
      if (value && constantTensor(value)) dropUnread(this.editor, value);
    }
    return {
      values: this.values,
      requantized,
      constants: this.codedConstants.size,
      classes: this.written,
      diagnostics,
    };
  }

  /** A value goes through codes when a node makes it on codes, or some node reads it on codes of its class. */
  private emitDefinition(key: string, value: Value): void {
    const quantized = this.classAt.get(key);
    if (!quantized) return;
    const made = value.producer !== undefined && this.collected.quantized.has(value.producer);
    const readers = this.readersOnCodes(value, quantized);
    const uses = [...value.uses()];
    if (uses.length === 0 || (!made && readers.size === 0)) return;
    const back = quantizeAndBack(this.editor, value, this.scales.of(quantized), placeBehind(value));
    this.values += 1;
    this.written.add(quantized);
    let isOutput = false;
    for (const use of uses) {
      // What is computed on codes is not there as a float; anything else still is, for those who read floats.
      if (!made && !(use.node && readers.has(use.node))) continue;
      isOutput ||= use.graph !== undefined;
      this.editor.replaceUse(use, back);
    }
    if (isOutput) this.swapNames(value, back);
  }

  private readersOnCodes(value: Value, quantized: QuantizedClass): ReadonlySet<Node> {
    const readers = new Set<Node>();
    for (const { node, index } of value.uses()) {
      if (!node || !this.collected.quantized.has(node)) continue;
      const point = this.collected.table.use(node, index);
      if (point && this.classAt.get(point.key) === quantized) readers.add(node);
    }
    return readers;
  }

  /** Outputs keep their names. */
  private swapNames(value: Value, back: Value): void {
    const { name } = value;
    this.editor.rename(value, this.editor.freshName(`${name}_float`));
    this.editor.rename(back, name);
  }

  private emitConstant({ point, node, input }: OperandPoint, value: Value): void {
    const quantized = this.classAt.get(point.key);
    const tensor = constantTensor(value);
    if (!quantized || !tensor) return;
    const coded = this.constants.of(value, tensor, quantized);
    this.editor.setOperand(node, input, coded.value);
    this.weights.set(point.key, coded.thetas);
    this.codedConstants.add(value);
    this.written.add(quantized);
  }

  /** Between a definition of one class and a use of another. */
  private emitRequantization({ point, node, input }: OperandPoint): boolean {
    const quantized = this.classAt.get(point.key);
    const value = node.inputs[input];
    if (!quantized || !value || this.classAt.get(point.value) === quantized) return false;
    const ofClass = this.requantized.get(quantized) ?? new Map<Value, Value>();
    this.requantized.set(quantized, ofClass);
    const known = ofClass.get(value);
    const back = known ?? quantizeAndBack(this.editor, value, this.scales.of(quantized), placeBehind(value));
    ofClass.set(value, back);
    this.written.add(quantized);
    this.editor.setOperand(node, input, back);
    return true;
  }

  private emitBiases(operands: readonly OperandPoint[]): readonly Diagnostic[] {
    const byKey = new Map(operands.map((operand) => [operand.point.key, operand]));
    const diagnostics: Diagnostic[] = [];
    for (const { point, from, origin } of this.classes.derived) {
      const operand = byKey.get(point);
      const products = from.flatMap(([data, factor]): ProductScales[] => {
        const [quantized, weights] = [this.classAt.get(data), this.weights.get(factor)];
        return quantized && weights ? [{ data: quantized.theta.scale, weights }] : [];
      });
      const value = operand?.node.inputs[operand.input];
      if (!operand || !value || products.length < from.length) continue;
      const coded = this.constants.bias(value, products);
      if (coded) this.editor.setOperand(operand.node, operand.input, coded);
      else {
        const message = `'${point}' stays a float: it does not fit 32 bits with the scales of data and weights`;
        diagnostics.push({ code: 'conflict', at: point, message, origins: [origin] });
      }
    }
    return diagnostics;
  }
}
