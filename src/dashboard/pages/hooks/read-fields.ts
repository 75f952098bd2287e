/** JSON that a text field holds, as text: what is sent so keeps the digits of its numbers. */
export function readJson(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new Error(`That is no JSON: ${(error as Error).message}`);
  }
}

/** Headers as they are pasted, one a line. */
export function readHeaders(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new Error(`That is no header: ${line}. Write one a line, as Name: value.`);
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
    }),
  );
}
