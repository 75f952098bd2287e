const EXIT = /^::exit(?:[ \t]+(?![ \t])(.*))?$/;

/** `::exit N`: the last line of a text that ends its job. */
export interface ExitLine {
  code: string;
  /** The text before it. */
  text: string;
}

/** The exit line that a text ends with; null where it ends with none. */
export function findExit(text: string): ExitLine | null {
  const end = text.trimEnd();
  const start = Math.max(end.lastIndexOf('\n'), end.lastIndexOf('\r')) + 1;
  const [line, code = ''] = EXIT.exec(end.slice(start).trimStart()) ?? [];
  return line === undefined ? null : { code: code.trim(), text: end.slice(0, start) };
}

export function isExitLine(line: string): boolean {
  return EXIT.test(line.trim());
}
