// What this machine multiplies and adds in registers, in float32 on one thread, and the share of it that products reach:
// as two instructions, and fused as relaxed SIMD may be.
// usage: node packages/runtime/assembly/roof.mjs
import { compile } from './build.mjs';

const ROUNDS = 1_000_000;
const SIZE = 240;
const PRODUCTS = 4;

/** Where the kernels work, above their constants. */
const SCRATCH = 4096;

/** How often each probe runs, in turns, since other programs disturb some of the runs. */
const TURNS = 200;

const plain = await probesOf();
const fused = await probesOf('--enable', 'relaxed-simd');
for (let turn = 0; turn < TURNS; turn += 1) for (const probe of [...plain, ...fused]) measure(probe);
report('two instructions', plain);
report('fused', fused);

async function probesOf(...flags) {
  const { multiplyAdd } = await instantiate('roof.ts', flags);
  const { gemm, scratchBytes } = await instantiate('relaxed.ts', flags);
  const row = SIZE * 4;
  const [a, b, c] = [0, 1, 2].map((i) => SCRATCH + scratchBytes.value + i * SIZE * row);
  return [
    { flops: 13 * 8 * ROUNDS, run: () => multiplyAdd(ROUNDS), best: Number.POSITIVE_INFINITY },
    {
      flops: PRODUCTS * 2 * SIZE ** 3,
      run() {
        for (let i = 0; i < PRODUCTS; i += 1) {
          gemm(SIZE, SIZE, SIZE, a, row, 16, b, c, row, 16, 0, 0, -Infinity, Infinity);
        }
      },
      best: Number.POSITIVE_INFINITY,
    },
  ];
}

async function instantiate(entry, flags) {
  const { wasm } = await compile(entry, ...flags);
  const memory = new WebAssembly.Memory({ initial: 32, maximum: 32 });
  return new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory, scratch: SCRATCH } })
    .exports;
}

/** Notes the processor time of a run if it is the shortest. */
function measure(probe) {
  const before = process.cpuUsage();
  probe.run();
  const { user, system } = process.cpuUsage(before);
  probe.best = Math.min(probe.best, user + system);
}

function report(name, probes) {
  const [roof, product] = probes.map(({ flops, best }) => flops / best / 1000);
  const share = `${Math.round((100 * product) / roof)} %`;
  console.log(
    `${name}: ${roof.toFixed(1)} GFLOP/s in registers, ${product.toFixed(1)} in products, ${share}`,
  );
}
