import { endOfString } from '../domain/base/json-scan';

/** A member of a JSON object as it stands in the object's text. */
export interface MemberText {
  /** Name and value: `"report": {…}`. */
  member: string;
  value: string;
}

/**
 * The member called `name` of the object that `text` is, known to be sound JSON; null where there is none. Of several
 * it is the last, as it is for `JSON.parse`.
 */
export function memberText(text: string, name: string): MemberText | null {
  let found: MemberText | null = null;
  let at = skip(text, text.indexOf('{') + 1);
  while (text[at] === '"') {
    const nameEnd = endOfString(text, at);
    const from = skip(text, nameEnd);
    const to = endOfValue(text, from);
    if (JSON.parse(text.slice(at, nameEnd)) === name) {
      found = { member: text.slice(at, to), value: text.slice(from, to) };
    }
    at = skip(text, to);
  }
  return found;
}

/** The next place that holds neither white space nor a comma or colon. */
function skip(text: string, from: number): number {
  let at = from;
  while (' \t\n\r,:'.includes(text.charAt(at)) && at < text.length) at++;
  return at;
}

/** The place after the value that begins at `from`, which an object's text goes on after. */
function endOfValue(text: string, from: number): number {
  let depth = 0;
  for (let at = from; ; ) {
    const char = text[at];
    if (char === '"') at = endOfString(text, at);
    else if (depth === 0 && (char === ',' || char === '}' || ' \t\n\r'.includes(char ?? ''))) return at;
    else {
      if (char === '{' || char === '[') depth++;
      if (char === '}' || char === ']') depth--;
      at++;
    }
    if (depth === 0 && '"}]'.includes(text[at - 1] ?? '')) return at;
  }
}
