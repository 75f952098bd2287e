import type { Route } from '../route';
import { bodySize } from './body-size';
import { bodySyntax } from './body-syntax';
import type { Check, Question } from './check';
import { credential } from './credential';
import { cursor } from './cursor';
import { fields } from './fields';
import { host } from './host';
import { idempotencyKey } from './idempotency-key';
import { knownMethod } from './known-method';
import { knownPath } from './known-path';
import { mediaType } from './media-type';
import { openToPages } from './open-to-pages';
import { organization } from './organization';
import { pageOrigin } from './page-origin';
import { parameters } from './parameters';
import { permission } from './permission';
import { preflight } from './preflight';
import { shield } from './shield';
import { tokenJob } from './token-job';
import { upgrade } from './upgrade';

/**
 * Every check, in the order that is promised: of two faults the earlier one is answered, so that what a job is never
 * shows through a bad request. What comes after them is the job's: key, sequence, terminal. Source: behaviour §2.
 */
export const PROMISED_ORDER: readonly Check[] = [
  host,
  openToPages,
  shield,
  knownPath,
  preflight,
  knownMethod,
  credential,
  pageOrigin,
  organization,
  permission,
  bodySize,
  mediaType,
  bodySyntax,
  idempotencyKey,
  upgrade,
  cursor,
  parameters,
  fields,
  tokenJob,
];

/** What the requests of a route are asked, in order. */
export function questionsAt(route: Route): readonly Question[] {
  return PROMISED_ORDER.flatMap((check) => check.at(route) ?? []);
}
