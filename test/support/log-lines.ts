import { vi } from 'vitest';

/** A line of the log, parsed. */
export type LogLine = Record<string, unknown> & { time: string; level: string; event: string };

/** Collects every line that this isolate writes to its log from here on, whatever its level. */
export function logLines(): LogLine[] {
  const lines: LogLine[] = [];
  for (const method of ['log', 'warn', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((text: unknown) => {
      lines.push(JSON.parse(String(text)));
    });
  }
  return lines;
}
