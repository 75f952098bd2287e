import { Complaint } from './complaint.ts';
import { EXIT } from './exit-codes.ts';

/** What the texts of options mean. Each throws a `Complaint`. */

export function wholeNumber(text: string): number {
  const value = Number(text.replaceAll(/[,_]/g, ''));
  if (text !== '' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Complaint(`${JSON.stringify(text)} is no whole number from 0 to 2^53 - 1`, EXIT.usage);
}

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `10`, `10s`, `1.5m`, `2h`, `1d`, in ms. */
export function duration(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? 0);
  throw new Complaint(`${JSON.stringify(text)} is no time: 10s, 5m, 2h`, EXIT.usage);
}

/** The same in whole seconds. */
export function seconds(text: string): number {
  return Math.ceil(duration(text) / 1_000);
}

export function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // What is no JSON is no object either.
  }
  throw new Complaint(`${JSON.stringify(text)} is no object of JSON`, EXIT.usage);
}
