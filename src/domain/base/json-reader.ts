import { type Adjustment, under } from './adjustment';
import type { Json, JsonObject } from './json';
import { endOfNumber, endOfString, isKept } from './json-scan';

/** An array or object in another. Its path is written only where something in it is told. */
interface Place {
  within: Place | null;
  key: string | number;
  path?: string;
}

/** What stands between values. */
const BETWEEN = new Set(' ,:\n\r\t');
const ROOT: Place = { within: null, key: '', path: '' };
/** Adjustments that are noted of one text. */
const NOTED = 1_000;

/**
 * Reads a text that is known to be JSON, bare `NaN` and `Infinity` aside, as `JSON.parse` would, but that numbers keep
 * the digits they came with (`isRaw`), what is no Unicode becomes U+FFFD, and a bare word null. Its cost grows with the
 * text, whatever stands in it: a reviver with the source of what it revives takes several times as long.
 */
export class JsonReader {
  /** What could not be kept as it came. */
  readonly adjusted: Adjustment[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): Json {
    return this.#value(ROOT, '');
  }

  /** The value that comes next, which stands under `key` in `within`. */
  #value(within: Place, key: string | number): Json {
    switch (this.#next()) {
      case '{':
        return this.#object({ within, key });
      case '[':
        return this.#array({ within, key });
      case '"':
        return this.#string(within, key);
      case 't':
        return this.#skip(4, true);
      case 'f':
        return this.#skip(5, false);
      case 'n':
        return this.#skip(4, null);
      default:
        return this.#number(within, key);
    }
  }

  #object(place: Place): JsonObject {
    const object: JsonObject = {};
    const told = this.adjusted.length;
    let torn = false;
    this.#at += 1;
    while (this.#next() !== '}') {
      const written = this.#quoted();
      const key = written.toWellFormed();
      if (!torn && key !== written) {
        torn = true;
        this.#note('repaired', pathOf(place), told);
      }
      setMember(object, key, this.#value(place, key));
    }
    this.#at += 1;
    return object;
  }

  #array(place: Place): Json[] {
    const array: Json[] = [];
    this.#at += 1;
    while (this.#next() !== ']') array.push(this.#value(place, array.length));
    this.#at += 1;
    return array;
  }

  #string(within: Place, key: string | number): string {
    const written = this.#quoted();
    if (written.isWellFormed()) return written;
    this.#note('repaired', under(pathOf(within), key));
    return written.toWellFormed();
  }

  #quoted(): string {
    const from = this.#at;
    this.#at = endOfString(this.#text, from);
    const inner = this.#text.slice(from + 1, this.#at - 1);
    return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner;
  }

  /** A number, or a word in its place. */
  #number(within: Place, key: string | number): Json {
    const from = this.#at;
    const sign = this.#text[from] === '-' ? 1 : 0;
    const initial = this.#text[from + sign];
    if (initial === 'N' || initial === 'I') {
      this.#note('converted', under(pathOf(within), key));
      return this.#skip(sign + (initial === 'N' ? 'NaN' : 'Infinity').length, null);
    }
    this.#at = endOfNumber(this.#text, from);
    const written = this.#text.slice(from, this.#at);
    return isKept(this.#text, from, this.#at) ? Number(written) : JSON.rawJSON(written);
  }

  #skip<Value>(characters: number, value: Value): Value {
    this.#at += characters;
    return value;
  }

  /** The next character that is neither white space nor a comma or colon. */
  #next(): string {
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text.charAt(this.#at);
      if (!BETWEEN.has(char)) return char;
    }
    throw new SyntaxError('it ends within a value');
  }

  /** Notes what is told, an object's own keys before what is told of its members. */
  #note(reason: Adjustment['reason'], path: string, index = this.adjusted.length): void {
    if (this.adjusted.length < NOTED) this.adjusted.splice(index, 0, { path, reason });
  }
}

function pathOf(place: Place): string {
  place.path ??= under(place.within === null ? '' : pathOf(place.within), place.key);
  return place.path;
}

/** `__proto__` is a key like any other: assigning to it would set the prototype. */
function setMember(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  } else {
    object[key] = value;
  }
}
