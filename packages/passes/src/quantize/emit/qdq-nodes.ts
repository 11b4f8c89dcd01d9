import { type Attribute, type Editor, outputOf, type Place, tensorType, type Value } from '@refold/ir';
import type { ScalePair } from './scales.ts';

/** Codes of a value, and the numbers that they stand for: two nodes, the first at `place`. */
export function quantizeAndBack(editor: Editor, value: Value, pair: ScalePair, place: Place): Value {
  const shape = value.type?.kind === 'tensor' ? value.type.shape : undefined;
  const node = editor.createNode(
    {
      opType: 'QuantizeLinear',
      inputs: operandsOf(value, pair),
      outputs: [editor.freshName(`${value.name}_quantized`)],
      types: [tensorType(pair.dtype, shape)],
      attributes: axisOf(pair),
    },
    place,
  );
  return dequantize(editor, outputOf(node), pair, value, { after: node });
}

/** The numbers that codes stand for, of the type of `like`. */
export function dequantize(editor: Editor, codes: Value, pair: ScalePair, like: Value, place: Place): Value {
  const node = editor.createNode(
    {
      opType: 'DequantizeLinear',
      inputs: operandsOf(codes, pair),
      outputs: [editor.freshName(`${like.name}_dequantized`)],
      types: [like.type],
      attributes: axisOf(pair),
    },
    place,
  );
  return outputOf(node);
}

function operandsOf(value: Value, { scale, zeroPoint }: ScalePair): readonly Value[] {
  return zeroPoint ? [value, scale, zeroPoint] : [value, scale];
}

function axisOf({ axis }: ScalePair): readonly Attribute[] {
  return axis === undefined ? [] : [{ name: 'axis', type: 'int', value: axis }];
}
