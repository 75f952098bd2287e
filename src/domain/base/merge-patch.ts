import { isObject, type Json, type JsonObject, jsonSize, sameJson, setMember } from './json';

/** What a patch would make of its target. */
export interface Merge {
  /** Whether the result is another JSON value than the target. */
  changed: boolean;
  /** Size of the result in bytes, as compact JSON. */
  bytes: number;
  /** The result. One that the same `MergePatch` made since `seal` is changed in place; any other is left as it is. */
  apply(): JsonObject;
}

/**
 * JSON Merge Patches (RFC 7396) on one object, one after the other. A patch costs what it holds and what it replaces,
 * however large its target is: that is measured once, and what a patch touches is copied once for all up to `seal`.
 */
export class MergePatch {
  readonly #sizes = new WeakMap<JsonObject, number>();
  /** The objects that may be changed in place, and how many keys each has. */
  #own = new Map<JsonObject, number>();

  /** What was made up to here is kept by someone: later patches begin with copies. */
  seal(): void {
    if (this.#own.size > 0) this.#own = new Map();
  }

  merge(target: JsonObject, patch: JsonObject): Merge {
    const { changed, growth } = this.#weigh(target, patch);
    const bytes = this.#sizeOf(target) + growth;
    const apply = () => {
      if (!changed) return target;
      const merged = this.#apply(target, patch);
      this.#sizes.set(merged, bytes);
      return merged;
    };
    return { changed, bytes, apply };
  }

  #sizeOf(target: JsonObject): number {
    const known = this.#sizes.get(target) ?? jsonSize(target);
    this.#sizes.set(target, known);
    return known;
  }

  #weigh(node: JsonObject, patch: JsonObject): { changed: boolean; growth: number } {
    let [changed, growth, added] = [false, 0, 0];
    for (const [key, value] of Object.entries(patch)) {
      const old = memberOf(node, key);
      if (value === null) {
        if (old === undefined) continue;
        [changed, growth, added] = [true, growth - memberSize(key, old), added - 1];
      } else if (isObject(value) && isObject(old)) {
        const inner = this.#weigh(old, value);
        [changed, growth] = [changed || inner.changed, growth + inner.growth];
      } else {
        const fresh = isObject(value) ? withoutNulls(value) : value;
        if (old !== undefined && sameJson(old, fresh)) continue;
        const growthHere = memberSize(key, fresh) - (old === undefined ? 0 : memberSize(key, old));
        [changed, growth, added] = [true, growth + growthHere, added + (old === undefined ? 1 : 0)];
      }
    }
    if (added !== 0) {
      const keys = this.#own.get(node) ?? Object.keys(node).length;
      growth += Math.max(keys + added - 1, 0) - Math.max(keys - 1, 0);
    }
    return { changed, growth };
  }

  #apply(node: JsonObject, patch: JsonObject): JsonObject {
    const merged = this.#own.has(node) ? node : { ...node };
    let keys = this.#own.get(node) ?? Object.keys(node).length;
    for (const [key, value] of Object.entries(patch)) {
      const old = memberOf(merged, key);
      if (value !== null) {
        if (isObject(value) && isObject(old)) setMember(merged, key, this.#apply(old, value));
        else setMember(merged, key, isObject(value) ? withoutNulls(value) : value);
        keys += old === undefined ? 1 : 0;
      } else if (old !== undefined) {
        delete merged[key];
        keys -= 1;
      }
    }
    this.#own.set(merged, keys);
    return merged;
  }
}

/** What a patch is on nothing: itself without the members that take something away. */
function withoutNulls(patch: JsonObject): JsonObject {
  const kept = Object.entries(patch).filter(([, value]) => value !== null);
  return Object.fromEntries(kept.map(([key, value]) => [key, isObject(value) ? withoutNulls(value) : value]));
}

function memberOf(node: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(node, key) ? node[key] : undefined;
}

/** Size of a member in bytes, its colon with it and no comma. */
function memberSize(key: string, value: Json): number {
  return jsonSize(key) + 1 + jsonSize(value);
}
