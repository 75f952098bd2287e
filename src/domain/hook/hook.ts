import * as z from 'zod';
import { text } from '../base/text';
import { describeHmac, type HmacDescription, keyBytes, PRESETS, type Preset } from './hmac-description';
import { mappingSchema } from './hook-mapping';

/** How an inbound hook knows its sender. `token`: whoever has the URL. */
export const SCHEMES = ['standard_webhooks', 'github', 'stripe', 'hmac', 'token'] as const;

export type Verification = { scheme: Preset | 'token' } | ({ scheme: 'hmac' } & HmacDescription);

const HEADER = /^[A-Za-z0-9-]{1,100}$/;
const header = z
  .string()
  .regex(HEADER, { error: 'must be the name of a header' })
  .transform((name) => name.toLowerCase());

const verificationSchema = z
  .strictObject({
    scheme: z.enum(SCHEMES),
    secret: text(512, 8).nullish().meta({ description: 'Never shown again. Required but for token.' }),
    header: header.nullish().meta({ description: 'hmac: the header that holds the signature.' }),
    algorithm: z.enum(['sha256', 'sha512', 'sha1']).nullish().meta({ description: 'hmac. Default sha256.' }),
    encoding: z.enum(['hex', 'base64']).nullish().meta({ description: 'hmac. Default hex, lower case.' }),
    signed: text(100, 1).nullish().meta({
      description: 'hmac: what is signed, a text with {body}, {t} and {id}. Default {body}.',
    }),
    prefix: text(40).nullish().meta({ description: 'hmac: what a signature begins with.' }),
    separator: z
      .enum([',', ';', ' '])
      .nullish()
      .meta({ description: 'hmac: what parts a list of signatures.' }),
    timestamp_header: header.nullish().meta({ description: 'hmac: the header of {t}, in seconds.' }),
    timestamp_prefix: text(40, 1).nullish().meta({ description: 'hmac: what {t} begins with in the list.' }),
    id_header: header.nullish().meta({ description: 'hmac: the header of {id}.' }),
    secret_encoding: z.enum(['text', 'base64']).nullish().meta({ description: 'hmac. Default text.' }),
  })
  .superRefine((given, ctx) => {
    for (const [path, message] of faultsOf(given)) ctx.addIssue({ code: 'custom', path: [path], message });
  })
  .meta({ id: 'HookVerification' });
export type VerificationInput = z.output<typeof verificationSchema>;

/** The body of `POST /api/hooks`. */
export const createHookSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, {
        error: 'must be 1 to 40 of a-z, 0-9 and -, not beginning with -',
      })
      .meta({ description: 'A part of the URL, so it stays.' }),
    verification: verificationSchema,
    mapping: mappingSchema,
  })
  .meta({ id: 'CreateHook' });

/** The body of `PATCH /api/hooks/{hook_id}`: what is given takes the place of what was. */
export const updateHookSchema = z
  .strictObject({ verification: verificationSchema.nullish(), mapping: mappingSchema.nullish() })
  .meta({ id: 'UpdateHook' });

/** What is kept of a verification beside its secret. */
export function toVerification(given: VerificationInput): Verification {
  const { scheme, secret: _secret, ...fields } = given;
  if (scheme !== 'hmac') return { scheme };
  const named = Object.entries(fields).filter(([, value]) => value !== null && value !== undefined);
  const description = Object.fromEntries(named) as Partial<HmacDescription>;
  return { scheme, ...describeHmac({ ...description, header: description.header ?? '' }) };
}

/** How a delivery is signed; null where the URL alone is the proof. */
export function descriptionOf(verification: Verification): HmacDescription | null {
  if (verification.scheme === 'token') return null;
  return verification.scheme === 'hmac' ? verification : PRESETS[verification.scheme];
}

function* faultsOf(given: z.output<typeof verificationSchema>): Generator<[path: string, message: string]> {
  const { scheme, secret, ...fields } = given;
  const has = (value: unknown) => value !== null && value !== undefined;
  if (scheme === 'token' && has(secret)) yield ['secret', 'must not come with token: the URL is the proof'];
  if (scheme !== 'token' && !has(secret)) yield ['secret', `is required with ${scheme}`];
  if (scheme !== 'hmac') {
    for (const [field, value] of Object.entries(fields)) {
      if (has(value)) yield [field, `is for the scheme hmac; ${scheme} has its own`];
    }
    if (scheme === 'standard_webhooks' && has(secret) && keyBytes('base64', secret ?? '') === null) {
      yield ['secret', 'must be whsec_ and base64'];
    }
    return;
  }
  if (!has(fields.header)) yield ['header', 'is required with hmac'];
  if (fields.secret_encoding === 'base64' && has(secret) && keyBytes('base64', secret ?? '') === null) {
    yield ['secret', 'must be base64'];
  }
  const signed = fields.signed ?? '{body}';
  const places: string[] = signed.match(/\{[^}]*\}?/g) ?? [];
  if (!places.includes('{body}') || new Set(places).size !== places.length) {
    yield ['signed', 'must hold {body}, and each of {body}, {t}, {id} once at most'];
  }
  if (places.some((place) => !['{body}', '{t}', '{id}'].includes(place))) {
    yield ['signed', 'must hold no other braces than {body}, {t} and {id}'];
  }
  const timestamps = [fields.timestamp_header, fields.timestamp_prefix].filter(has).length;
  if (timestamps !== (places.includes('{t}') ? 1 : 0)) {
    yield ['signed', 'must hold {t} just where timestamp_header or timestamp_prefix says where it is'];
  }
  if (has(fields.timestamp_prefix) && !has(fields.separator)) {
    yield ['separator', 'is required beside timestamp_prefix'];
  }
  if (has(fields.id_header) !== places.includes('{id}')) {
    yield ['signed', 'must hold {id} just where id_header says where it is'];
  }
}
