/** Archives as `tar` reads them (POSIX ustar), the same bytes for the same files. */

const BLOCK = 512;
/** Files are of no time and nobody’s: what is the same to read is the same to compare. */
const MODE = 0o644;

/** An archive of `files`, by their paths of at most 100 ASCII characters, in this order. */
export function tar(files: Iterable<readonly [path: string, text: string]>): Buffer {
  const blocks: Buffer[] = [];
  for (const [path, text] of files) {
    const bytes = Buffer.from(text);
    blocks.push(headerOf(path, bytes.length), bytes, Buffer.alloc(-bytes.length & (BLOCK - 1)));
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function headerOf(path: string, size: number): Buffer {
  if (path.length > 100) throw new RangeError(`${path} is too long for an archive`);
  const header = Buffer.alloc(BLOCK);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  header.write(path, 0);
  header.write(octal(MODE, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  // The sum is taken with spaces where it is to stand.
  header.write('        0', 148);
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}
