import type { Json } from '../domain/base/json';
import type { FieldError } from '../domain/base/rejection';
import { shortPath } from './field-errors';

/** Source: behaviour §5, "Input limits". */
const MAX_DEPTH = 32;
const MAX_KEYS = 1_000;
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

interface Place {
  value: Json;
  path: string;
  depth: number;
}

/**
 * The first value that breaks an input limit, or null: depth, keys an object, finite numbers, well-formed Unicode, and
 * no key that reaches for a prototype. Walks without recursion, so that depth itself can't hurt.
 */
export function findBadValue(json: Json): FieldError | null {
  const bad = find(json);
  return bad === null ? null : { ...bad, path: shortPath(bad.path) };
}

function find(json: Json): FieldError | null {
  const open: Place[] = [{ value: json, path: '', depth: 1 }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const { value, path, depth } = place;
    if (typeof value === 'number' && !Number.isFinite(value))
      return { path, message: 'must be a finite number' };
    if (typeof value === 'string' && !value.isWellFormed())
      return { path, message: 'must be well-formed Unicode' };
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_DEPTH) return { path, message: `must be at most ${MAX_DEPTH} levels deep` };
    const bad = Array.isArray(value) ? null : findBadKey(Object.keys(value), path);
    if (bad !== null) return bad;
    for (const [key, inner] of Object.entries(value)) {
      open.push({ value: inner, path: path === '' ? key : `${path}.${key}`, depth: depth + 1 });
    }
  }
  return null;
}

function findBadKey(keys: string[], path: string): FieldError | null {
  if (keys.length > MAX_KEYS) return { path, message: `must have at most ${MAX_KEYS} keys` };
  for (const key of keys) {
    const at = path === '' ? key : `${path}.${key}`;
    if (FORBIDDEN_KEYS.has(key)) return { path: at, message: 'is a key that is never accepted' };
    if (!key.isWellFormed()) return { path: at.toWellFormed(), message: 'must be well-formed Unicode' };
  }
  return null;
}
