import {
  type Dim,
  type DType,
  dtypeCode,
  newestOpset,
  symbolDim,
  type Tensor,
  tensorFloats,
  tensorOf,
  tensorType,
  type Value,
} from '@refold/ir';
import { type Mutant, nameOf, type Site } from './mutant.ts';

/** Gives an input another type. Those of other values are inferred anew when the model is read again. */
function retypeInput({ editor, model }: Site, input: Value, dtype: DType, shape: readonly Dim[]): void {
  const { name } = input;
  const type = tensorType(dtype, shape);
  const fresh = editor.addInput(model.graph, { name: editor.freshName(name), type, declared: type });
  editor.replaceAllUses(input, fresh);
  editor.setInputs(
    model.graph,
    model.graph.inputs.filter((v) => v !== fresh).map((v) => (v === input ? fresh : v)),
  );
  editor.rename(fresh, name);
}

interface ShapedInput {
  readonly input: Value;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
}

function shapedInputs({ model }: Site): readonly ShapedInput[] {
  return model.graph.inputs.flatMap((input) => {
    if (input.type?.kind !== 'tensor' || input.tensor || !input.type.shape) return [];
    return [{ input, dtype: input.type.dtype, shape: input.type.shape }];
  });
}

const one: Mutant = {
  kind: 'size-1',
  mutate(site) {
    const found = site.choices.any(shapedInputs(site).filter(({ shape }) => shape.some((d) => d !== 1)));
    if (!found) return undefined;
    const at = site.choices.below(found.shape.length);
    retypeInput(site, found.input, found.dtype, found.shape.with(at, 1));
    return `dimension ${at} of ${found.input.name} is 1`;
  },
};

const resized: Mutant = {
  kind: 'other-size',
  mutate(site) {
    const inputs = shapedInputs(site);
    const before = site.choices.any(
      inputs.flatMap(({ shape }) => shape.filter((d) => typeof d === 'number')),
    );
    if (before === undefined) return undefined;
    const size = site.choices.any([1, 0, 7, 8]) ?? 1;
    for (const { input, dtype, shape } of inputs) {
      const sizes = shape.map((d) => (d === before ? size : d));
      if (shape.includes(before)) retypeInput(site, input, dtype, sizes);
    }
    return `sizes ${String(before)} of all inputs became ${size}`;
  },
};

const wider: Mutant = {
  kind: 'larger-rank',
  mutate(site) {
    const found = site.choices.any(shapedInputs(site));
    if (!found) return undefined;
    const size = site.choices.flag() ? 2 : 1;
    retypeInput(site, found.input, found.dtype, [size, ...found.shape]);
    return `${found.input.name} has a dimension of ${size} in front`;
  },
};

const widerConstant: Mutant = {
  kind: 'constant-of-larger-rank',
  mutate(site) {
    const constant = site.constant(
      ({ tensor }) => !tensor.strings && tensor.size > 0 && tensor.dims.length < 6,
    );
    if (!constant) return undefined;
    const { tensor } = constant;
    const size = site.choices.flag() ? 2 : 1;
    const fill = site.choices.any([0, 3]) ?? 0;
    const dims = [size, ...new Array<number>(Math.max(0, fill - tensor.dims.length)).fill(1), ...tensor.dims];
    const numbers = tensorFloats(tensor);
    site.setConstant(constant, tensorOf(tensor.dtype, dims, size === 2 ? [...numbers, ...numbers] : numbers));
    return `${nameOf(constant)} has the shape [${dims.join()}]`;
  },
};

const symbolic: Mutant = {
  kind: 'symbolic-sizes',
  mutate(site) {
    const inputs = shapedInputs(site);
    if (inputs.length === 0) return undefined;
    // Equal sizes have one name, or each its own.
    const shared = site.choices.below(3) < 2;
    let count = 0;
    for (const { input, dtype, shape } of inputs) {
      const named = shape.map((d) => {
        if (typeof d !== 'number' || site.choices.below(4) === 3) return d;
        count += 1;
        return symbolDim(shared ? `size${d}` : `size${d}_${count}`);
      });
      retypeInput(site, input, dtype, named);
    }
    return count > 0 ? 'sizes have names' : undefined;
  },
};

const opset: Mutant = {
  kind: 'opset',
  mutate(site) {
    const now = site.model.opsets.get('') ?? 1;
    const version = site.choices.between(7, newestOpset());
    if (version === now) return undefined;
    site.editor.setOpset('', version);
    return `opset ${now} became ${version}`;
  },
};

/** Every float32 of the model in another type. */
const dtype: Mutant = {
  kind: 'dtype',
  mutate(site) {
    const from: DType = 'float32';
    const to = site.choices.any(['float16', 'float64', 'bfloat16'] as const) ?? 'float16';
    const converted = (tensor: Tensor): Tensor => tensorOf(to, tensor.dims, tensorFloats(tensor));
    const inputs = shapedInputs(site).filter((found) => found.dtype === from);
    for (const { input, shape } of inputs) retypeInput(site, input, to, shape);
    for (const value of site.model.graph.initializers) {
      const { tensor } = value;
      if (tensor?.dtype === from) site.setConstant({ value, tensor }, converted(tensor));
    }
    for (const node of site.nodes) {
      const value = node.is('Constant') ? node.attributes.get('value') : undefined;
      if (value?.type === 'tensor' && value.value.dtype === from) {
        site.editor.setAttribute(node, { ...value, value: converted(value.value) });
      }
      const cast = node.is('Cast') ? node.attributes.get('to') : undefined;
      if (cast?.type === 'int' && Number(cast.value) === dtypeCode(from)) {
        site.editor.setAttribute(node, { ...cast, value: dtypeCode(to) });
      }
    }
    return inputs.length > 0 ? `${from} became ${to}` : undefined;
  },
};

export const shapeMutants: readonly Mutant[] = [one, resized, wider, widerConstant, symbolic, opset, dtype];
