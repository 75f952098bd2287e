import { type Adjustment, under } from './adjustment';
import { type Json, type JsonObject, setMember } from './json';
import { endOfNumber, endOfString, isKept } from './json-scan';

/** An array or object in another. Its path is written only where something in it is told. */
interface JsonPlace {
  within: JsonPlace | null;
  key: string | number;
  path?: string;
}

const [QUOTE, MINUS, SQUARE, UNSQUARE, CURLY, UNCURLY] = [34, 45, 91, 93, 123, 125];
/** The initials of the words that a value may be. */
const [TRUE, FALSE, NULL, NAN, INFINITY] = [116, 102, 110, 78, 73];
/** What stands between values. */
const [SPACE, COMMA, COLON] = [32, 44, 58];
const ROOT: JsonPlace = { within: null, key: '', path: '' };
/** Adjustments that are noted of one text. */
const NOTED = 1_000;
/** Characters of a key in the path of what stands under it, and of a path that is not written on: each note holds its own. */
const WRITTEN = 1_000;

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
  #value(within: JsonPlace, key: string | number): Json {
    switch (this.#next()) {
      case CURLY:
        return this.#object({ within, key });
      case SQUARE:
        return this.#array({ within, key });
      case QUOTE:
        return this.#string(within, key);
      case TRUE:
        return this.#skip(4, true);
      case FALSE:
        return this.#skip(5, false);
      case NULL:
        return this.#skip(4, null);
      default:
        return this.#number(within, key);
    }
  }

  #object(place: JsonPlace): JsonObject {
    const object: JsonObject = {};
    const told = this.adjusted.length;
    let torn = false;
    this.#at += 1;
    while (this.#next() !== UNCURLY) {
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

  #array(place: JsonPlace): Json[] {
    const array: Json[] = [];
    this.#at += 1;
    while (this.#next() !== UNSQUARE) array.push(this.#value(place, array.length));
    this.#at += 1;
    return array;
  }

  #string(within: JsonPlace, key: string | number): string {
    const written = this.#quoted();
    if (written.isWellFormed()) return written;
    this.#note('repaired', pathIn(within, key));
    return written.toWellFormed();
  }

  #quoted(): string {
    const from = this.#at;
    this.#at = endOfString(this.#text, from);
    const inner = this.#text.slice(from + 1, this.#at - 1);
    return inner.includes('\\') ? (JSON.parse(`"${inner}"`) as string) : inner;
  }

  /** A number, or a word in its place. */
  #number(within: JsonPlace, key: string | number): Json {
    const from = this.#at;
    const sign = this.#text.charCodeAt(from) === MINUS ? 1 : 0;
    const initial = this.#text.charCodeAt(from + sign);
    if (initial === NAN || initial === INFINITY) {
      this.#note('converted', pathIn(within, key));
      return this.#skip(sign + (initial === NAN ? 'NaN' : 'Infinity').length, null);
    }
    this.#at = endOfNumber(this.#text, from);
    const written = this.#text.slice(from, this.#at);
    return isKept(this.#text, from, this.#at) ? Number(written) : JSON.rawJSON(written);
  }

  #skip<Value>(characters: number, value: Value): Value {
    this.#at += characters;
    return value;
  }

  /** The code of the next character that is neither white space nor a comma or colon. */
  #next(): number {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      if (code > SPACE && code !== COMMA && code !== COLON) return code;
    }
    throw new SyntaxError('it ends within a value');
  }

  /** Notes what is told, an object's own keys before what is told of its members. */
  #note(reason: Adjustment['reason'], path: string, index = this.adjusted.length): void {
    if (this.adjusted.length < NOTED) this.adjusted.splice(index, 0, { path, reason });
  }
}

function pathOf(place: JsonPlace): string {
  place.path ??= place.within === null ? '' : pathIn(place.within, place.key);
  return place.path;
}

function pathIn(within: JsonPlace, key: string | number): string {
  const path = pathOf(within);
  return path.length > WRITTEN ? path : under(path, `${key}`.slice(0, WRITTEN));
}
