/** The published snippets, cut verbatim from the three contracts, and the tables of fields among them. */
import { readFileSync } from 'node:fs';

export interface Field {
  name: string;
  type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'object[]';
  nullable: boolean;
  required: boolean;
}

/** The text of `published/<path>`. */
export function published(path: string): string {
  return readFileSync(new URL(`published/${path}`, import.meta.url), 'utf8');
}

// biome-ignore lint/suspicious/noExplicitAny: a printed example has whatever shape was printed
export function publishedJson(path: string): any {
  return JSON.parse(published(path));
}

/** Fills in a printed text; a replacement that is not found exactly once is a mistake in the test. */
export function fill(text: string, replacements: Record<string, string>): string {
  let filled = text;
  for (const [printed, value] of Object.entries(replacements)) {
    if (filled.split(printed).length !== 2) throw new Error(`not printed exactly once: ${printed}`);
    filled = filled.replace(printed, () => value);
  }
  return filled;
}

const TYPE_OF_A = /^(?:(string|integer|number|boolean)|.+ · (object(?:\[\])?))( \| null)?$/;

/** The fields of one of contract a's tables: a name, under it a type, then `required` or a default. */
export function fieldsOfA(path: string): Field[] {
  const lines = published(path).split('\n');
  return found(
    path,
    lines.flatMap((name, at): Field[] => {
      const type = TYPE_OF_A.exec(lines[at + 1] ?? '');
      if (!/^[\w-]+$/.test(name) || type === null) return [];
      return [
        {
          name,
          type: (type[1] ?? type[2]) as Field['type'],
          nullable: type[3] !== undefined,
          required: lines[at + 2] === 'required',
        },
      ];
    }),
  );
}

/** The fields of one of contract c's tables: the name and its type on one line, in one word. */
export function fieldsOfC(path: string): Field[] {
  const lines = published(path).split('\n');
  return found(
    path,
    lines.flatMap((line, at): Field[] => {
      const field = /^([\w.[\]]+?)(string|number|object\[\]|object)$/.exec(line);
      if (field === null) return [];
      const nullable = (lines[at + 1] ?? '').includes('or `null`');
      return [{ name: field[1] ?? '', type: field[2] as Field['type'], nullable, required: true }];
    }),
  );
}

function found(path: string, fields: Field[]): Field[] {
  if (fields.length === 0) throw new Error(`no field found in ${path}`);
  return fields;
}
