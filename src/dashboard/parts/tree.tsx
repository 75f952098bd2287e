/** A number as it was written, since one of JavaScript may lose its digits. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** JSON text as values, its numbers as `Digits` where the browser tells how they were written. */
export function parseWithDigits(text: string): unknown {
  const revive = (_name: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && context?.source !== undefined ? new Digits(context.source) : value;
  return JSON.parse(text, revive);
}

/** A value as a tree that opens and closes. */
export function Tree({ value, name, open = false }: { value: unknown; name?: string; open?: boolean }) {
  const label = name === undefined ? null : <span class="key">{name}: </span>;
  if (value === null || typeof value !== 'object' || value instanceof Digits)
    return (
      <div class="leaf">
        {label}
        <Leaf value={value} />
      </div>
    );
  const entries = Object.entries(value);
  const size = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  return (
    <details class="tree" open={open}>
      <summary>
        {label}
        <span class="faint">{size}</span>
      </summary>
      {entries.map(([key, inner]) => (
        <Tree key={key} name={key} value={inner} />
      ))}
    </details>
  );
}

function Leaf({ value }: { value: unknown }) {
  if (value instanceof Digits) return <span class="number">{value.text}</span>;
  if (typeof value === 'string') return <span class="text">{JSON.stringify(value)}</span>;
  return <span class="number">{String(value)}</span>;
}
