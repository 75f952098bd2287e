/** The simulation and the objects it runs as one module for Node: their runtime is what the simulation gives them. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const FOLDER = new URL('../../test/simulation/', import.meta.url);

/** Writes the module to `outfile`. */
export async function bundleSimulation(outfile: string): Promise<void> {
  const file = (name: string) => fileURLToPath(new URL(name, FOLDER));
  await build({
    entryPoints: [file('simulations.ts')],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'esnext',
    logLevel: 'error',
    alias: { 'cloudflare:workers': file('cloudflare-workers.ts') },
    inject: [file('clock.ts')],
    define: {
      'Date.now': 'simulatedNow',
      'scheduler.wait': 'simulatedWait',
      'Math.random': 'simulatedRandom',
      setTimeout: 'simulatedTimeout',
      clearTimeout: 'simulatedClear',
      fetch: 'simulatedFetch',
      'crypto.subtle': 'simulatedSubtle',
      'console.warn': 'simulatedWarning',
      'console.error': 'simulatedError',
    },
  });
}
