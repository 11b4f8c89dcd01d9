// Runs models on ONNX Runtime in a process of its own, so that a crash of the engine ends this one only.
import * as ort from 'onnxruntime-node';

const options = {
  // Kernels are compared, not what the engine's optimizer makes of a graph.
  graphOptimizationLevel: 'disabled',
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  logSeverityLevel: 4,
};

let last = Promise.resolve();

process.on('message', (job) => {
  last = last.then(async () => {
    process.send({ id: job.id, ...(await run(job)) });
  });
});

async function run({ model, feeds }) {
  let session;
  try {
    session = await ort.InferenceSession.create(model, options);
    const inputs = {};
    for (const { name, dtype, dims, data } of feeds) inputs[name] = new ort.Tensor(dtype, data, dims);
    const results = await session.run(inputs);
    const outputs = Object.entries(results).map(([name, t]) => ({
      name,
      dtype: t.type,
      dims: [...t.dims],
      data: t.data,
    }));
    return { outputs };
  } catch (error) {
    return { error: String(error?.message ?? error) };
  } finally {
    await session?.release();
  }
}
