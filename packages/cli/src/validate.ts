import { type Editor, type Finding, InternalError, inferModel, ModelError, verifyModel } from '@refold/ir';
import { hasNamedValues } from '@refold/passes';

/** Operators that nobody knows must not hide what is worse. */
const MOST_FINDINGS = 10_000;

/**
 * Infers the types of a model and refuses what no runtime could load: broken rules of ONNX, and nodes of the
 * main graph whose operands cannot be right. Returns, a sentence each, what is odd but stays as it is: nodes
 * of nested graphs and functions, which may never run, and operators that opset does not have.
 */
export function validate(editor: Editor): readonly string[] {
  const { model } = editor;
  const impossible: ModelError[] = [];
  const odd: string[] = [];
  inferModel(editor, (error, node) => {
    if (node.graph === model.graph) impossible.push(error);
    else odd.push(error.message);
  });
  const findings = verifyModel(model, { tables: false, limit: MOST_FINDINGS });
  // Plug-ins of other engines often stand in the standard domain.
  const [broken] = findings.filter((f) => f.code !== 'op/unknown');
  if (broken) throw errorOf(broken);
  const [first] = impossible;
  if (first) throw first;
  const named = hasNamedValues(model) ? ['Gradient reads the graph by names: nothing is simplified'] : [];
  return [...findings.map((f) => f.message), ...odd, ...named];
}

function errorOf({ code, message, where }: Finding): Error {
  // No file can break the tables themselves.
  return code.startsWith('ssa/')
    ? new InternalError(message, where)
    : new ModelError('model/invalid', message, where);
}
