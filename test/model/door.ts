/** behaviour.md §2: how a report is read before the job sees it, and what its author is told of that. */
import { cut, cutDetails, isObject, type Json, type JsonObject } from './json.ts';
import type { Report } from './report.ts';

export interface Told {
  adjusted: { path: string; reason: string }[];
  /** Paths alone: the service says why in its own words. */
  ignored: string[];
}

const FLAGS = new Map<Json, boolean>([
  ...[true, 'true', 1, '1'].map((value) => [value, true] as const),
  ...[false, 'false', 0, '0', ''].map((value) => [value, false] as const),
]);
const LEVELS = { info: 'info', warn: 'warn', warning: 'warn', error: 'error', FATAL: 'error', debug: 'info' };

/** Whether a report holds an end. */
export function isEnd(body: JsonObject): boolean {
  return FLAGS.get(body.mark_completed ?? null) === true || failure(body) !== null;
}

function failure(body: JsonObject): string | null {
  const mark = body.mark_failed ?? null;
  if (mark === null || mark === false || mark === 0) return null;
  if (mark === '' && Object.hasOwn(body, 'mark_completed')) return null;
  if (mark === true || mark === '') return 'The worker gave no reason.';
  return typeof mark === 'string' ? mark : JSON.stringify(mark);
}

/** What a report says, however it says it; `ends`: it, or another of its batch, holds an end. */
export function readReport(body: JsonObject, ends: boolean, jobId: string): { report: Report; told: Told } {
  const told: Told = { adjusted: [], ignored: [] };
  const { nope, ...known } = body;
  if (nope !== undefined) told.ignored.push('nope');
  const read: JsonObject = { ...known };
  const text = (value: Json, path: string, most?: number): Json => {
    if (value === null || typeof value === 'object') return value;
    const written = String(value);
    if (written !== value) told.adjusted.push({ path, reason: 'converted' });
    const kept = most === undefined ? cut(written) : cutEnd(written, most);
    if (kept !== written) told.adjusted.push({ path, reason: most === undefined ? 'shortened' : 'cut' });
    return kept;
  };
  const field = (name: string, change: (value: Json, path: string) => Json) => {
    if ((read[name] ?? null) !== null) read[name] = change(read[name] as Json, name);
  };

  for (const name of ['mark_started', 'mark_completed']) {
    field(name, (value, path) => {
      const flag = FLAGS.get(value) ?? false;
      if (flag !== value) told.adjusted.push({ path, reason: 'converted' });
      return flag;
    });
  }
  const failed = failure(body);
  if ((body.mark_failed ?? null) !== null && failed !== body.mark_failed) {
    told.adjusted.push({ path: 'mark_failed', reason: 'converted' });
  }
  if (Object.hasOwn(body, 'mark_failed')) {
    read.mark_failed = failed === null ? null : text(failed, 'mark_failed');
  }
  if (failed !== null && read.mark_completed === true) {
    read.mark_completed = null;
    told.ignored.push('mark_completed');
  }

  const issue = (value: Json, path: string): Json => {
    if (!isObject(value)) return value;
    const one: JsonObject = { ...value };
    const missing = { error_type: 'unspecified', entity_key: jobId, message: JSON.stringify(value) };
    for (const [name, instead] of Object.entries(missing)) {
      if (!ends || (one[name] ?? null) !== null) continue;
      one[name] = instead;
      told.adjusted.push({ path: `${path}.${name}`, reason: 'converted' });
    }
    one.entity_key = text(one.entity_key as Json, `${path}.entity_key`);
    one.message = text(one.message as Json, `${path}.message`);
    if (isObject(one.details) && cutDetails(one.details) !== one.details) {
      told.adjusted.push({ path: `${path}.details`, reason: 'shortened' });
    }
    return one;
  };
  for (const name of ['error', 'warning']) {
    field(name, issue);
    field(`${name}s`, (list) => (list as Json[]).map((one, at) => issue(one, `${name}s.${at}`)));
  }
  field('logs', (list) =>
    (list as JsonObject[]).map((log, at) => {
      const level = LEVELS[log.level as keyof typeof LEVELS] ?? 'info';
      if (level !== log.level) told.adjusted.push({ path: `logs.${at}.level`, reason: 'converted' });
      return { ...log, level, message: text(log.message as Json, `logs.${at}.message`) };
    }),
  );
  field('message', (value, path) => text(value, path));
  field('stage', (value, path) => text(value, path, 200));
  field('metadata_patch', (patch) => readMetadata(patch as JsonObject, 'metadata_patch', told));
  if (ends) ignoreBesideEnd(read, told);
  return { report: read as Report, told };
}

/** `stage` and `last_message` in metadata are the job's own texts. */
export function readMetadata(given: JsonObject, path: string, told: Told): JsonObject {
  const message = given.last_message;
  if (typeof message !== 'string' || cut(message) === message) return given;
  told.adjusted.push({ path: `${path}.last_message`, reason: 'shortened' });
  return { ...given, last_message: cut(message) };
}

function ignoreBesideEnd(read: JsonObject, told: Told): void {
  if (typeof read.result === 'string' && read.result.length > 65_534) {
    read.result = null;
    told.ignored.push('result');
  }
  for (const [name, value] of Object.entries(read)) {
    if (!name.endsWith('_items') || typeof value !== 'number' || value >= 0) continue;
    read[name] = null;
    told.ignored.push(name);
  }
  if ((read.processed_items ?? null) === null || (read.processed_delta ?? null) === null) return;
  read.processed_delta = null;
  told.ignored.push('processed_delta');
}

function cutEnd(text: string, most: number): string {
  const points = [...text];
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : text;
}
