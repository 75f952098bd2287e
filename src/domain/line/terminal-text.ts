/** Control sequences (ECMA-48): CSI, OSC and other strings with their text, and those of two characters. */
const ESCAPES = new RegExp(
  [
    String.raw`\x1b\[[0-?]{0,64}[ -/]{0,8}[@-~]`,
    String.raw`\x1b\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)`,
    String.raw`\x1b[PX^_][^\x1b]{0,4096}\x1b\\`,
    String.raw`\x1b[ -/]{0,8}[0-~]`,
  ].join('|'),
  'g',
);
const CONTROLS = /[^\P{Cc}\t\n]/gu;

/** A text as its reader sees it in a terminal: escape sequences and control characters go nowhere. */
export function asSeen(text: string): string {
  const lines = text.replace(ESCAPES, '').split('\n');
  return lines.map(afterReturn).join('\n').replace(CONTROLS, '');
}

/** What stands behind the last carriage return of a line, as a bar that is drawn again and again leaves it. */
function afterReturn(line: string): string {
  const drawn = line.endsWith('\r') ? line.slice(0, lastBut(line)) : line;
  return drawn.slice(drawn.lastIndexOf('\r') + 1);
}

/** Where the carriage returns at the end of a line begin. */
function lastBut(line: string): number {
  let end = line.length;
  while (line.charAt(end - 1) === '\r') end -= 1;
  return end;
}
