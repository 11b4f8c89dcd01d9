import { type DType, type Editor, type Graph, ModelError, tensorOf, type Value } from '@refold/ir';
import type { QuantizedClass } from '../classes/quantized-class.ts';
import { bitsOf, type Format } from '../theta/format.ts';

/** Scale and zero point as `QuantizeLinear` and `DequantizeLinear` read them. */
export interface ScalePair {
  readonly scale: Value;
  /** Absent for codes of 32 bits, whose zero is 0. */
  readonly zeroPoint: Value | undefined;
  readonly dtype: DType;
  readonly axis: number | undefined;
}

/** The constants of classes, made when first asked for: one scale and one zero point a class. */
export class ClassScales {
  private readonly editor: Editor;
  private readonly graph: Graph;
  private readonly made = new Map<QuantizedClass, ScalePair>();

  constructor(editor: Editor, graph: Graph) {
    this.editor = editor;
    this.graph = graph;
  }

  of(quantized: QuantizedClass): ScalePair {
    const known = this.made.get(quantized);
    if (known) return known;
    const { format, scale, zeroPoint } = quantized.theta;
    const made = this.make(
      quantized.points[0]?.value ?? 'class',
      format,
      [],
      [scale],
      [zeroPoint],
      undefined,
    );
    this.made.set(quantized, made);
    return made;
  }

  make(
    hint: string,
    format: Format,
    dims: readonly number[],
    scales: ArrayLike<number>,
    zeroPoints: ArrayLike<number>,
    axis: number | undefined,
  ): ScalePair {
    const editor = this.editor;
    const { dtype } = format;
    requireOpset(this.graph, bitsOf(dtype) === 8 ? (axis === undefined ? 10 : 13) : 21);
    return {
      scale: editor.addConstant(this.graph, tensorOf('float32', dims, scales), `${hint}_scale`),
      zeroPoint: editor.addConstant(this.graph, tensorOf(dtype, dims, zeroPoints), `${hint}_zero_point`),
      dtype,
      axis,
    };
  }

  /** Scales of codes of 32 bits: one, or one for each index of an axis. */
  makeWide(hint: string, scales: ArrayLike<number>, axis: number | undefined): ScalePair {
    const tensor = tensorOf('float32', axis === undefined ? [] : [scales.length], scales);
    const scale = this.editor.addConstant(this.graph, tensor, `${hint}_scale`);
    return { scale, zeroPoint: undefined, dtype: 'int32', axis };
  }
}

function requireOpset(graph: Graph, needed: number): void {
  const opset = graph.opset() ?? 0;
  if (opset >= needed) return;
  const message = `quantizing takes opset ${needed}, the model has ${opset}`;
  throw new ModelError('model/unsupported', message, {}, `raise the model to opset ${needed} first`);
}
