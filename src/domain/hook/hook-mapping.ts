import * as z from 'zod';
import { isIdempotencyKey } from '../base/idempotency-key';
import { isRaw, type Json, type JsonObject, jsonSize } from '../base/json';
import { isPointer } from '../base/json-pointer';
import { type FieldError, type Rejection, reject } from '../base/rejection';
import { createSchema, reportSchema } from '../job/command';
import { type Condition, conditionSchema, toCondition } from './condition';
import { type Once, onceSchema, toOnce } from './once';
import {
  type ArrivalContent,
  faultOfSource,
  readSource,
  type Source,
  sourceSchema,
  writtenSource,
} from './source';

/** Largest mapping (bytes as JSON). */
const MAPPING_LIMIT = 16_384;
/** What is taken from a payload beside the fields of a body: they say which request it is and of which job. */
const ABOUT = ['idempotency_key', 'job_id', 'job_key'] as const;
type About = (typeof ABOUT)[number];
const FORBIDDEN_STEPS = ['', '__proto__', 'constructor', 'prototype'];

const BODIES = { create: createSchema, report: reportSchema } as const;
export const HOOK_ACTIONS = ['create', 'report'] as const;

/**
 * How a payload becomes the body of a creation or of a report: `from` takes fields of it and its headers, `set` gives
 * constants. A dotted name reaches into a field that is an object (`metadata.repository`). `when` says which deliveries
 * count, `each` that every item of an array is one.
 */
export const mappingSchema = z
  .strictObject({
    action: z.enum(HOOK_ACTIONS),
    from: z.record(z.string(), sourceSchema).nullish(),
    set: z
      .record(z.string(), z.unknown())
      .transform((value) => value as JsonObject)
      .nullish(),
    when: z
      .array(conditionSchema)
      .max(20)
      .nullish()
      .meta({ description: 'All of them; the rest is ignored.' }),
    each: z
      .string()
      .refine(isPointer, { error: 'must be a JSON Pointer: empty, or begin with /' })
      .nullish()
      .meta({ description: 'Where an array is, of 200 items at most: each is mapped by itself.' }),
    once: onceSchema.nullish().meta({ description: 'What makes two deliveries one and the same.' }),
    answer: z.literal('line').nullish().meta({ description: 'A new job’s report URL, as text.' }),
  })
  .superRefine((mapping, ctx) => {
    for (const { path, message } of faultsOf(mapping)) {
      ctx.addIssue({ code: 'custom', path: path === '' ? [] : path.split('\0'), message });
    }
  })
  .meta({ id: 'HookMapping' });

export interface Mapping {
  action: (typeof HOOK_ACTIONS)[number];
  from: Record<string, Source>;
  set: JsonObject;
  when?: Condition[];
  each?: string;
  once?: Once;
  answer?: 'line';
}

export function toMapping(given: z.output<typeof mappingSchema>): Mapping {
  const { action, from, set, when, each, once, answer } = given;
  return {
    ...{ action, from: from ?? {}, set: set ?? {} },
    ...(when ? { when: when.map(toCondition) } : {}),
    ...(each == null ? {} : { each }),
    ...(once ? { once: toOnce(once) } : {}),
    ...(answer ? { answer } : {}),
  };
}

/** What a payload was mapped to, before the body's own schema has seen it. */
export interface Mapped {
  body: JsonObject;
  /** The mapped `idempotency_key`; null where the mapping takes none. */
  key: string | null;
  /** The job that a report is for, by its id or by the key that it was created with; null for a creation. */
  job: { job_id: string } | { job_key: string } | null;
}

/** Maps a payload. A field whose source holds nothing is absent; what `ABOUT` names has to be there. */
export function mapPayload({ action, from, set }: Mapping, sent: ArrivalContent): Mapped | Rejection {
  const body: JsonObject = {};
  const errors: FieldError[] = [];
  const about = new Map<string, string>();
  for (const [target, source] of Object.entries(from)) {
    const value = readSource(source, sent);
    if (isAbout(target)) {
      const text = readAbout(target, value);
      if (text !== null) about.set(target, text);
      else errors.push({ path: target, message: aboutFault(target, source, value) });
    } else if (value !== undefined) {
      place(body, target, value);
    }
  }
  for (const [target, value] of Object.entries(set)) place(body, target, value);
  const [first] = errors;
  if (first !== undefined) return reject('validation_failed', `${first.path} ${first.message}.`, errors);
  const [job_id, job_key] = [about.get('job_id'), about.get('job_key')];
  const job = job_id !== undefined ? { job_id } : job_key !== undefined ? { job_key } : null;
  return { body, key: about.get('idempotency_key') ?? null, job: action === 'create' ? null : job };
}

/** Faults of a mapped body with, for each, where its value comes from. */
export function explain(
  { from, set }: Mapping,
  sent: ArrivalContent,
  errors: readonly FieldError[],
): FieldError[] {
  return errors.map(({ path, message }) => {
    const touches = (target: string) =>
      path === target || path.startsWith(`${target}.`) || target.startsWith(`${path}.`);
    const target = Object.keys(from).find(touches);
    const source = target === undefined ? undefined : from[target];
    if (source !== undefined) {
      const nothing = readSource(source, sent) === undefined ? ', where the payload has nothing' : '';
      return { path, message: `${message}; it is taken from ${writtenSource(source)}${nothing}` };
    }
    const constant = Object.keys(set).some(touches);
    return { path, message: constant ? `${message}; it is a constant of set` : message };
  });
}

function isAbout(target: string): target is About {
  return (ABOUT as readonly string[]).includes(target);
}

/** A text, or an integer as the text that writes it; keys have to be possible as an `Idempotency-Key`. */
function readAbout(target: About, value: Json | undefined): string | null {
  const written = isRaw(value) && /^-?\d+$/.test(value.rawJSON) ? value.rawJSON : value;
  const text = typeof written === 'number' && Number.isSafeInteger(written) ? String(written) : written;
  if (typeof text !== 'string') return null;
  return target === 'job_id' || isIdempotencyKey(text) ? text : null;
}

function aboutFault(target: About, source: Source, value: Json | undefined): string {
  if (value === undefined) return `is taken from ${writtenSource(source)}, where the payload has nothing`;
  const right = target === 'job_id' ? 'a string' : '1 to 255 printable ASCII characters, or an integer';
  return `must be ${right}; it is taken from ${writtenSource(source)}`;
}

/** Puts `value` at a dotted place. No target lies within another, so every step on the way is an object made here. */
function place(body: JsonObject, target: string, value: Json): void {
  const steps = target.split('.');
  const last = steps.pop() ?? '';
  let here = body;
  for (const step of steps) {
    if (!Object.hasOwn(here, step)) here[step] = {};
    here = here[step] as JsonObject;
  }
  here[last] = value;
}

/** What is wrong with a mapping, at paths whose steps are joined by NUL: a target may have dots in it. */
function* faultsOf(given: z.output<typeof mappingSchema>): Generator<FieldError> {
  const { action, from, set, when, each, once, answer } = given;
  const fields = BODIES[action].shape as Record<string, z.ZodType>;
  const taken = Object.entries(from ?? {});
  const constants = Object.entries(set ?? {});
  const targets = [...taken, ...constants].map(([target]) => target);
  if (jsonSize({ from: from ?? {}, set: set ?? {}, when: (when ?? []) as Json }) > MAPPING_LIMIT) {
    yield { path: '', message: `must be at most ${MAPPING_LIMIT} bytes as JSON` };
    return;
  }
  for (const [target, source] of taken) {
    const path = `from\0${target}`;
    const fault = faultOfSource(source);
    if (fault !== null) yield { path, message: fault };
    const fits = isAbout(target)
      ? action === 'report' || target === 'idempotency_key'
      : isField(fields, target);
    if (!fits) yield { path, message: `is not a field that ${named(action)} takes` };
  }
  for (const [target, value] of constants) {
    const path = `set\0${target}`;
    if (isAbout(target))
      yield { path, message: 'must be taken from the payload: it differs from one to the next' };
    else if (!isField(fields, target)) yield { path, message: `is not a field that ${named(action)} takes` };
    else if (fields[target] !== undefined && !fields[target].safeParse(value).success) {
      yield { path, message: `must be a value that ${target} can have` };
    }
  }
  for (const [index, target] of targets.entries()) {
    const within = targets.some((other, at) => at !== index && `${target}.`.startsWith(`${other}.`));
    const path = `${index < taken.length ? 'from' : 'set'}\0${target}`;
    if (within) yield { path, message: 'is given twice' };
  }
  if (once && from && 'idempotency_key' in from) {
    yield {
      path: 'once',
      message: 'must not come with from.idempotency_key, which makes two deliveries the same',
    };
  }
  if (answer && (action !== 'create' || each != null)) {
    yield { path: 'answer', message: 'line is for a creation of one job' };
  }
  if (action === 'report' && 'job_id' in (from ?? {}) === 'job_key' in (from ?? {})) {
    yield { path: 'from', message: 'must say which job a report is for: job_id or job_key, one of them' };
  }
  for (const [field, schema] of Object.entries(fields)) {
    const given = targets.some((target) => target === field || target.startsWith(`${field}.`));
    if (!given && !schema.safeParse(undefined).success) {
      yield { path: 'from', message: `must take ${field}, or set must give it: it is required` };
    }
  }
}

function isField(fields: Record<string, z.ZodType>, target: string): boolean {
  const steps = target.split('.');
  return Object.hasOwn(fields, steps[0] ?? '') && !steps.some((step) => FORBIDDEN_STEPS.includes(step));
}

function named(action: Mapping['action']): string {
  return action === 'create' ? 'a creation' : 'a report';
}
