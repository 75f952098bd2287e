import * as z from 'zod';
import { text } from '../base/text';
import { type Handshake, handshakeSchema } from './handshake';
import { keyBytes, publicKey } from './key-bytes';
import { PRESET_NAMES, type PresetName, type Proof, presetOf, type SenderPreset } from './presets';
import {
  describeSignature,
  faultOfManifest,
  isPublic,
  type SignatureDescription,
} from './signature-description';

/** Schemes whose parts the hook itself describes. */
const DESCRIBED = ['hmac', 'ed25519', 'ecdsa-p256'] as const;
/** How an inbound hook knows its sender. `token`: whoever has the URL. */
export const SCHEMES = [...PRESET_NAMES, ...DESCRIBED, 'header', 'basic', 'token'] as const;

/** How a hook answers, where it says otherwise than its scheme. */
interface Manner {
  handshake?: Handshake;
  answer_with?: 200 | 204;
  refuse_with?: 401;
}

/** What is kept of a verification beside its secret. What an older version kept may lack fields. */
export type Verification = Manner &
  (
    | { scheme: PresetName | 'token' | 'basic' }
    | { scheme: 'header'; header: string; prefix: string }
    | ({ scheme: (typeof DESCRIBED)[number] } & Partial<SignatureDescription> & { header: string })
  );

const header = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,100}$/, { error: 'must be the name of a header' })
  .transform((name) => name.toLowerCase());

export const verificationSchema = z
  .strictObject({
    scheme: z.enum(SCHEMES),
    secret: text(512, 1).nullish().meta({
      description:
        'Never shown again. Required but for token. A key of 16 bytes at least, or the public key where there is one.',
    }),
    header: header.nullish().meta({ description: 'The header that holds the signature or the secret.' }),
    algorithm: z.enum(['sha256', 'sha512', 'sha1']).nullish().meta({ description: 'hmac. Default sha256.' }),
    encoding: z.enum(['hex', 'base64']).nullish().meta({ description: 'Of the signature. Default hex.' }),
    signed: text(500, 1).nullish().meta({
      description:
        'What is signed, a text with {body}, {t}, {id}, {url}, {method}, {form} and {header:Its-Name}. Default {body}.',
    }),
    prefix: text(40).nullish().meta({ description: 'What a signature or a secret begins with.' }),
    separator: z.enum([',', ';', ' ']).nullish().meta({ description: 'What parts a list of signatures.' }),
    timestamp_header: header.nullish().meta({ description: 'The header of {t}.' }),
    timestamp_prefix: text(40, 1).nullish().meta({ description: 'What {t} begins with in the list.' }),
    timestamp_format: z
      .enum(['seconds', 'milliseconds', 'iso'])
      .nullish()
      .meta({ description: 'How {t} is written: since 1970, or as RFC 3339. Default seconds.' }),
    tolerance: z
      .int()
      .min(1)
      .max(86_400)
      .nullish()
      .meta({ description: 'How far {t} may lie from now, in seconds. Default 300.' }),
    id_header: header.nullish().meta({ description: 'The header of {id}.' }),
    secret_encoding: z.enum(['text', 'base64', 'hex']).nullish().meta({ description: 'hmac. Default text.' }),
    handshake: handshakeSchema.nullish().meta({ description: 'How a sender’s question is answered.' }),
    answer_with: z
      .union([z.literal(200), z.literal(204)])
      .nullish()
      .meta({ description: 'The status of a good answer. Default 202.' }),
    refuse_with: z
      .literal(401)
      .nullish()
      .meta({ description: 'The status of a refused signature. Default 404.' }),
  })
  .superRefine((given, ctx) => {
    for (const [path, message] of faultsOf(given)) ctx.addIssue({ code: 'custom', path: [path], message });
  })
  .meta({ id: 'HookVerification' });
export type VerificationInput = z.output<typeof verificationSchema>;

/** What is kept of a verification beside its secret. `verify_token` is the digest of the handshake's, where it has one. */
export function toVerification(given: VerificationInput, verify_token: string | null = null): Verification {
  const { scheme, secret: _secret, handshake, answer_with, refuse_with, ...fields } = given;
  const manner = present({
    answer_with,
    refuse_with,
    handshake: handshake && toHandshake(handshake, verify_token),
  });
  const own = present(fields);
  if (scheme === 'header')
    return { scheme, ...manner, header: fields.header ?? '', prefix: fields.prefix ?? '' };
  if (!isDescribed(scheme)) return { scheme, ...manner };
  const algorithm = scheme === 'hmac' ? (fields.algorithm ?? 'sha256') : scheme;
  return { scheme, ...manner, ...describeSignature({ ...own, algorithm, header: fields.header ?? '' }) };
}

/** How a hook's deliveries are proven and answered. */
export function customsOf({
  handshake,
  answer_with,
  refuse_with,
  ...verification
}: Verification): SenderPreset {
  const manner = present({ handshake, answer_with, refuse_with });
  const { scheme } = verification;
  if (scheme === 'token') return { proof: { by: 'url' }, ...manner };
  if (scheme === 'basic') return { proof: { by: 'basic' }, ...manner };
  if (scheme === 'header') {
    return { proof: { by: 'header', header: verification.header, prefix: verification.prefix }, ...manner };
  }
  if (!isDescribed(scheme)) return { ...presetOf(scheme), ...manner };
  const described = verification as SignatureDescription & { scheme: string };
  const { scheme: _scheme, ...description } = described;
  return { proof: { by: 'signature', ...describeSignature(description) }, ...manner };
}

/** Bytes of a key at least. */
const LEAST_KEY = 16;
const NO_BASE64 = 'must be base64';

/** The secret's faults, by what the scheme makes of it; null where it will do. */
function faultOfSecret(proof: Proof, secret: string): string | null {
  if (proof.by === 'url') return null;
  if (proof.by === 'basic' && !/^[^:]+:/.test(secret)) return 'must be user:password';
  if (proof.by !== 'signature') return faultOfKey(keyBytes('text', secret));
  const { algorithm, secret_encoding } = proof;
  if (isPublic(algorithm)) {
    return publicKey(algorithm, secret) === null
      ? `must be a public key for ${algorithm}, as hex, base64 or PEM`
      : null;
  }
  const key = keyBytes(secret_encoding, secret);
  if (key === null) return secret_encoding === 'hex' ? 'must be hex' : NO_BASE64;
  return faultOfKey(key);
}

/** A key is as good as its bytes, however it is written: a shorter one can be tried through. */
function faultOfKey(key: Uint8Array | null): string | null {
  return key !== null && key.byteLength < LEAST_KEY ? `must be a key of ${LEAST_KEY} bytes at least` : null;
}

function* faultsOf(given: VerificationInput): Generator<[path: string, message: string]> {
  const { scheme, secret, handshake, answer_with: _answer, refuse_with: _refuse, ...fields } = given;
  if (scheme === 'token' && secret != null)
    yield ['secret', 'must not come with token: the URL is the proof'];
  if (scheme !== 'token' && secret == null) yield ['secret', `is required with ${scheme}`];
  if (handshake?.kind === 'zoom' && scheme !== 'hmac') yield ['handshake', 'zoom is for the scheme hmac'];
  for (const [field, value] of Object.entries(fields)) {
    if (value != null && !takes(scheme, field))
      yield [field, `is for the scheme ${takenBy(field)}; ${scheme} has its own`];
  }
  if (takes(scheme, 'header') && fields.header == null) {
    yield ['header', `is required with ${scheme}`];
    return;
  }
  const { proof } = customsOf(toVerification(given));
  const fault = secret == null ? null : faultOfSecret(proof, secret);
  if (fault !== null) {
    const prefixed = scheme === 'standard_webhooks' || scheme === 'svix';
    yield ['secret', prefixed && fault === NO_BASE64 ? 'must be whsec_ and base64' : fault];
  }
  if (isDescribed(scheme)) yield* faultsOfDescription(fields);
}

function* faultsOfDescription(
  fields: Pick<
    VerificationInput,
    | 'signed'
    | 'timestamp_header'
    | 'timestamp_prefix'
    | 'timestamp_format'
    | 'separator'
    | 'id_header'
    | 'tolerance'
  >,
): Generator<[path: string, message: string]> {
  const signed = fields.signed ?? '{body}';
  const fault = faultOfManifest(signed);
  if (fault !== null) yield ['signed', fault];
  const timed = signed.includes('{t}');
  const timestamps = [fields.timestamp_header, fields.timestamp_prefix].filter(
    (value) => value != null,
  ).length;
  if (timestamps !== (timed ? 1 : 0)) {
    yield ['signed', 'must hold {t} just where timestamp_header or timestamp_prefix says where it is'];
  }
  for (const field of ['timestamp_format', 'tolerance'] as const) {
    if (fields[field] != null && !timed) yield [field, 'is for a {t} in signed'];
  }
  if (fields.timestamp_prefix != null && fields.separator == null) {
    yield ['separator', 'is required beside timestamp_prefix'];
  }
  if ((fields.id_header != null) !== signed.includes('{id}')) {
    yield ['signed', 'must hold {id} just where id_header says where it is'];
  }
}

/** Whether a scheme takes a field of the description. */
function takes(scheme: VerificationInput['scheme'], field: string): boolean {
  if (scheme === 'header') return field === 'header' || field === 'prefix';
  if (field === 'algorithm' || field === 'secret_encoding') return scheme === 'hmac';
  return isDescribed(scheme);
}

function takenBy(field: string): string {
  const some = ['hmac', 'ed25519', 'ecdsa-p256', 'header'] as const;
  return some.filter((scheme) => takes(scheme, field)).join(', ');
}

function isDescribed(scheme: string): scheme is (typeof DESCRIBED)[number] {
  return (DESCRIBED as readonly string[]).includes(scheme);
}

function toHandshake(given: z.output<typeof handshakeSchema>, verify_token: string | null): Handshake {
  const { kind, pointer, as } = given;
  if (kind === 'echo') return { kind, pointer: pointer ?? '', as: as ?? 'text' };
  return kind === 'meta' ? { kind, verify_token: verify_token ?? '' } : { kind };
}

/** An object without the fields that are null or absent. */
function present<T extends object>(fields: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value != null)) as never;
}
