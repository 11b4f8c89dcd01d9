/** How a formula becomes a graph. */
export interface Frame {
  /** Element type of `x`, `y` and numbers, in textual syntax; `float` when absent. */
  readonly dtype?: string;
  /** Sizes of `x` and `y` in textual syntax; `2,8` when absent. */
  readonly dims?: string;
  /** Declarations of the inputs; `x` when absent. */
  readonly inputs?: string;
  /** Declarations of the outputs; `y` when absent. */
  readonly outputs?: string;
  /** Other initializers, declared. */
  readonly constants?: readonly string[];
  /** How numbers stand in the graph. */
  readonly numbers?: NumberForm;
}

/** A number: an initializer without dimensions, with one, a Constant node, or one behind Identity. */
export type NumberForm = 'scalar' | 'vector' | 'node' | 'identity';

/**
 * A graph in textual syntax of formulas `name = Op<attributes>(operands)`, one a line or with semicolons between.
 * Operands are names, further calls, numbers (constants of the element type), or `{1, 2}` (an int64 vector).
 */
export function graphOf(formulas: string, frame: Frame = {}): string {
  const { dtype = 'float', dims = '2,8' } = frame;
  const shape = dims === '' ? '' : `[${dims}]`;
  const { inputs = `${dtype}${shape} x`, outputs = `${dtype}${shape} y`, constants = [] } = frame;
  const reader = new Reader(dtype, frame.numbers ?? 'scalar');
  const lines = formulas.split(/;|\n/).filter((line) => line.trim() !== '');
  for (const line of lines) reader.read(line);
  const declared = [...constants, ...reader.constants];
  const list = declared.length === 0 ? '' : `<${declared.join(', ')}>`;
  return `(${inputs}) => (${outputs}) ${list} { ${reader.nodes.join(' ')} }`;
}

const tokens = /\s*(?:(<[^>]*>)|(\{[^}]*\})|(-?\d[\w.+-]*)|([A-Za-z_]\w*)|(\S))/y;

class Reader {
  readonly nodes: string[] = [];
  readonly constants: string[] = [];
  private readonly dtype: string;
  private readonly numbers: NumberForm;
  private text = '';
  private at = 0;
  private count = 0;

  constructor(dtype: string, numbers: NumberForm) {
    this.dtype = dtype;
    this.numbers = numbers;
  }

  read(line: string): void {
    const [, target, right] = /^\s*([\w\s,]+?)\s*=(.*)$/s.exec(line) ?? [];
    if (target === undefined || right === undefined) throw new Error(`no formula: ${line}`);
    this.text = right;
    this.at = 0;
    this.expression(target);
    if (this.text.slice(this.at).trim() !== '') throw new Error(`what is ${this.text.slice(this.at)}`);
  }

  /** Reads an operand, and gives the name of its value; `target` is that of a result. */
  private expression(target?: string): string {
    const [, , ints, number, name] = this.take();
    if (ints !== undefined) return this.declare('int64', `[${ints.split(',').length}]`, ints);
    if (number !== undefined) return this.number(number);
    if (name === undefined) throw new Error(`no operand in ${this.text}`);
    const attributes = this.peek()?.startsWith('<') ? (this.take()[1] ?? '') : '';
    if (this.peek() !== '(') return name;
    const result = target ?? this.fresh('t');
    const operands: string[] = [];
    this.take();
    while (this.peek() !== ')') {
      operands.push(this.peek() === ',' ? '' : this.expression());
      if (this.peek() === ',') this.take();
    }
    this.take();
    this.nodes.push(`${result} = ${name} ${attributes} (${operands.join(', ')})`);
    return result;
  }

  private number(written: string): string {
    // Integers would be bit patterns of these types.
    const text = this.dtype.includes('float16') && /^-?\d+$/.test(written) ? `${written}.0` : written;
    if (this.numbers === 'vector') return this.declare(this.dtype, '[1]', `{${text}}`);
    if (this.numbers === 'node') {
      const result = this.fresh('n');
      this.nodes.push(`${result} = Constant <value = ${this.dtype} {${text}}> ()`);
      return result;
    }
    const scalar = this.declare(this.dtype, '', `{${text}}`);
    if (this.numbers === 'scalar') return scalar;
    const result = this.fresh('i');
    this.nodes.push(`${result} = Identity (${scalar})`);
    return result;
  }

  private declare(dtype: string, dims: string, elements: string): string {
    const name = this.fresh('k');
    this.constants.push(`${dtype}${dims} ${name} = ${elements}`);
    return name;
  }

  private fresh(prefix: string): string {
    this.count += 1;
    return `${prefix}${this.count}`;
  }

  private peek(): string | undefined {
    const at = this.at;
    const [, ...groups] = this.at < this.text.length ? this.take() : [];
    this.at = at;
    return groups.find((g) => g !== undefined);
  }

  private take(): RegExpExecArray {
    tokens.lastIndex = this.at;
    const found = tokens.exec(this.text);
    if (!found) throw new Error(`${this.text} ends too soon`);
    this.at = tokens.lastIndex;
    return found;
  }
}
