/** Whether an answer is one that openapi.json promises. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Input } from './inputs.ts';
import { bare, type Description, type Schema } from './schema.ts';
import type { Answer } from './wire.ts';

/** Refusals that any route may give, by whatever stands before it. */
const ANYWHERE = [400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 422, 431];
/** workerd's own words for what is no HTTP. */
const OF_THE_RUNTIME = [501, 505];

export class Judge {
  readonly #ajv: Ajv2020;
  readonly #components: unknown;
  readonly #validators = new Map<string, ValidateFunction>();

  constructor({ document }: Description) {
    this.#components = (document as { components: unknown }).components;
    // Patterns say what formats do.
    this.#ajv = new Ajv2020({ strict: false, validateFormats: false, addUsedSchema: false });
  }

  /** What is wrong with it; null where nothing is. */
  faultOf({ operation, odd }: Input, answer: Answer): string | null {
    const { status, headers } = answer;
    if (status >= 500 && !(odd !== null && OF_THE_RUNTIME.includes(status))) return `answered ${status}`;
    if (odd !== null)
      return status < 400 || operation.answers.has(status) || ANYWHERE.includes(status) || status >= 500
        ? null
        : `answered ${status} to ${odd}`;
    const types = operation.answers.get(status);
    if (types === undefined) return `answered ${status}, which it does not promise`;
    if (!headers.has('x-request-id')) return 'has no X-Request-Id';
    if (types.size === 0) return answer.body.length === 0 ? null : 'has a body, which it does not promise';
    const type = bare(headers.get('content-type') ?? '');
    const schema = types.get(type);
    if (schema === undefined) return `is ${type}, which it does not promise`;
    return /[/+]json$/.test(type) ? this.#faultOfJson(schema, answer.body) : null;
  }

  #faultOfJson(schema: Schema, body: Buffer): string | null {
    let json: unknown;
    try {
      json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
    } catch (cause) {
      return `is no JSON: ${cause}`;
    }
    const validate = this.#validatorOf(schema);
    if (validate(json)) return null;
    return `is outside its schema: ${this.#ajv.errorsText(validate.errors)}`;
  }

  #validatorOf(schema: Schema): ValidateFunction {
    const text = JSON.stringify(schema);
    const known = this.#validators.get(text);
    if (known !== undefined) return known;
    const validator = this.#ajv.compile({ ...schema, components: this.#components });
    this.#validators.set(text, validator);
    return validator;
  }
}
