/** Years of which a field is still being typed: `0002`, `0020` and `0202` come before `2026`. */
const FIRST_YEAR = 1970;

/** A time as a field for local time has it; empty where it is none. */
export function localOf(text: string | undefined): string {
  const at = new Date(text ?? '');
  if (Number.isNaN(at.getTime())) return '';
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, at.getTime() % 60_000 === 0 ? 16 : 19);
}

/** What a field for local time says, as a time that is the same everywhere; `before` where it is that still. */
export function instantOf(field: string, before = ''): string {
  if (field === '') return '';
  const at = new Date(field);
  if (field === localOf(before) || at.getFullYear() < FIRST_YEAR) return before;
  return at.toISOString();
}
