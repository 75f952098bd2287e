/**
 * A program that writes so many lines to its stdout, so many a second, and an exit line behind them. How long that took it,
 * and its own processor time (ms), are a line of JSON on stderr. `node producer.ts LINES RATE`
 */
import { writeSync } from 'node:fs';

/** Lines of one write. */
const AT_ONCE = 200;
const [lines = 0, rate = 1] = process.argv.slice(2).map(Number);
const pause = new Int32Array(new SharedArrayBuffer(4));

const began = performance.now();
for (let from = 1; from <= lines; from += AT_ONCE) {
  const due = began + ((from - 1) / rate) * 1_000;
  Atomics.wait(pause, 0, 0, Math.max(0, due - performance.now()));
  let text = '';
  for (let n = from; n < from + AT_ONCE && n <= lines; n++) text += `${n}/${lines} row ${n} imported\n`;
  write(Buffer.from(text));
}
write(Buffer.from('::exit 0\n'));
const { user, system } = process.cpuUsage();
console.error(JSON.stringify({ ms: performance.now() - began, cpuMs: (user + system) / 1_000 }));

/** Waits where the pipe is full, as any program does. */
function write(bytes: Buffer): void {
  for (let at = 0; at < bytes.byteLength; at += writeSync(1, bytes, at));
}
