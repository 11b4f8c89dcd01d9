import type { Node } from '@refold/ir';
import { hasType } from '../classes/demand.ts';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import type { Bits, BitsByName } from '../constraints/bits.ts';
import { operandsOf } from '../constraints/operands.ts';
import type { Settled } from '../settle.ts';
import type { Target } from '../targets/target.ts';
import { bitsOf, type CodeType } from '../theta/format.ts';
import type { QuantizedLayer } from './layers.ts';

/** Classes that can have codes of more bits, on which the target computes with integers. */
export class WiderCodes {
  private readonly bits: Bits;
  private readonly collected: Settled['collected'];
  private readonly classAt = new Map<string, QuantizedClass>();

  private constructor({ collected, classes }: Settled, type: CodeType, asked: BitsByName) {
    this.bits = bitsOf(type) === 16 ? 16 : 8;
    this.collected = collected;
    const unfit = new Set<string>();
    for (const constraint of collected.constraints) {
      if (constraint.kind === 'fixed') unfit.add(constraint.point);
      if (constraint.kind === 'family' && !hasType(constraint.demand.types, type))
        unfit.add(constraint.point);
    }
    for (const one of classes.classes) {
      if (one.theta.format.dtype === type) continue;
      if (one.points.some(({ key, value }) => unfit.has(key) || asked.has(value))) continue;
      for (const { key } of one.points) this.classAt.set(key, one);
    }
  }

  /** Undefined where the target has no such codes, or the model cannot be written with them. */
  static of(settled: Settled, target: Target, asked: BitsByName, opset = 0): WiderCodes | undefined {
    const { wider } = target;
    return wider && opset >= OPSET ? new WiderCodes(settled, wider, asked) : undefined;
  }

  /** What gives the data and results of layers more bits, and with them all that shares their scales. */
  for(layers: Iterable<QuantizedLayer>): BitsByName {
    const bits = new Map<string, Bits>();
    for (const { nodes } of layers) {
      for (const node of nodes) {
        for (const { points } of this.classesAt(node))
          for (const { use, value } of points) if (!use) bits.set(value, this.bits);
      }
    }
    return bits;
  }

  private classesAt(node: Node): readonly QuantizedClass[] {
    const { table } = this.collected;
    const operands = operandsOf(node).data ?? [...node.inputs.keys()];
    const points = [
      ...operands.map((i) => table.use(node, i)),
      ...node.outputs.map((value) => table.definition(value)),
    ];
    return points.flatMap((point) => (point && this.classAt.get(point.key)) ?? []);
  }
}

/** The first with nodes for codes of 16 bits. */
const OPSET = 21;
