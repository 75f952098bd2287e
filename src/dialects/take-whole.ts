import type * as z from 'zod';
import type { Json } from '../domain/base/json';
import type { Rejection } from '../domain/base/rejection';
import { readCancellation, readCreation } from '../domain/door/read-creation';
import { Reading } from '../domain/door/reading';
import { cancelSchema, createSchema } from '../domain/job/command';
import type { BodyInput, TakenBody } from '../http/endpoint';
import { refuseBody } from '../http/field-errors';
import { takeBody } from '../http/take-body';
import { withinLimits } from '../http/within-limits';

/** Takes the body of a creation. */
export function takeCreation(input: BodyInput): TakenBody<z.output<typeof createSchema>> | Rejection {
  return takeWhole(createSchema, readCreation, input);
}

/** Takes the body of a cancellation. */
export function takeCancellation(input: BodyInput): TakenBody<z.output<typeof cancelSchema>> | Rejection {
  return takeWhole(cancelSchema, readCancellation, input);
}

/** A body without an end: read, and then taken whole or refused. */
function takeWhole<Schema extends z.ZodType>(
  schema: Schema,
  read: (json: Json, reading: Reading) => Json,
  { json, adjusted }: BodyInput,
): TakenBody<z.output<Schema>> | Rejection {
  const reading = new Reading(false);
  const limited = withinLimits(json, reading);
  const taken = limited.ok ? takeBody(schema, read(limited.data, reading), reading) : limited;
  if (taken.ok) {
    return { body: taken.data, told: reading.told(adjusted) };
  }
  return refuseBody(taken.errors);
}
