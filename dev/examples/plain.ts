/** What comes out differently each time, as it stands in print. */
import { RECEIVER } from './steps.ts';

const PRINTED: [RegExp, string][] = [
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-11-22T14:00:00.000Z'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, '2026-11-22T14:00:00Z'],
  [/\bhwt_[\w-]+/g, 'hwt_c2hvd24gb25jZQ'],
  [/\bhw_acme_[\w-]+/g, 'hw_acme_c2hvd24gb25jZQ'],
  [/\bwhsec_[\w+/=]+/g, 'whsec_c2hvd24gb25jZQ=='],
  [/\b[0-9a-f]{49}\b/g, '0'.repeat(49)],
];
const NUMBERS: Record<string, number> = {
  rate_per_second: 4.2,
  duration_seconds: 47.6,
  duration_ms: 38,
  ms: 38,
};
const CURSOR = 'b3BhcXVl';
const SINCE_1970 = 1_795_356_000_000;

/** Makes the answers of one recording printable: the same id becomes the same id everywhere. */
export class Printer {
  readonly #hosts: [string, string][];
  readonly #ids = new Map<string, string>();

  /** `url` is the service's, `receiver` where its deliveries went. */
  constructor(url: string, receiver: string) {
    this.#hosts = [
      [receiver, RECEIVER],
      [url, 'https://headway.example.com'],
    ];
  }

  text(text: string): string {
    let printed = text;
    for (const [host, shown] of this.#hosts) printed = printed.replaceAll(host, shown);
    for (const [pattern, shown] of PRINTED) printed = printed.replaceAll(pattern, shown);
    return printed
      .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, (id) => this.#id(id))
      .replaceAll(/\b[0-3][0-9a-f]{32}\b/g, (id) => this.#id(id));
  }

  json(value: unknown, name = ''): unknown {
    if (typeof value === 'string') return name.endsWith('cursor') ? CURSOR : this.text(value);
    if (typeof value === 'number') return NUMBERS[name] ?? (value > 1e12 ? SINCE_1970 : value);
    if (Array.isArray(value)) return value.map((one) => this.json(one));
    if (typeof value !== 'object' || value === null)
      return name === 'rate_per_second' ? NUMBERS[name] : value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [this.text(key), this.json(inner, key)]),
    );
  }

  #id(id: string): string {
    const known = this.#ids.get(id);
    if (known !== undefined) return known;
    const place = (this.#ids.size + 1).toString(16).padStart(4, '0');
    const shown = id.includes('-')
      ? `0198f3a2-7c41-8b5e-9d10-3f6a2b7c${place}`
      : `0${'5'.repeat(28)}${place}`;
    this.#ids.set(id, shown);
    return shown;
  }
}
