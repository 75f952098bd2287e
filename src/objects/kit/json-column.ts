/** A value as a column of JSON text has it. */
export function toColumn(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

/** What a column of JSON text holds; null too where its table is older than the column. */
export function fromColumn<Value>(text: string | null | undefined): Value | null {
  return text === null || text === undefined ? null : (JSON.parse(text) as Value);
}
