// Runs in the browser: fetches a model, simplifies and checks it there, and posts the result back.
import { openModel } from '@refold/ir/node';
import { simplify } from 'refold';

async function run(): Promise<BodyInit> {
  const response = await fetch('/model.onnx');
  const { bytes = new Uint8Array(), report } = await simplify(new Uint8Array(await response.arrayBuffer()), {
    check: 1,
  });
  if (report.check?.verdict !== 'equal') return `the check says ${report.check?.verdict}`;
  try {
    openModel('model.onnx');
    return 'there are no files in a browser, but one was opened';
  } catch {
    return bytes.slice();
  }
}

run().then(
  (body) => fetch('/result', { method: 'POST', body }),
  (error) => fetch('/result', { method: 'POST', body: `${error}\n${error.stack}` }),
);
