import { type RateState, type Rejection, reject } from '../base/rejection';

/** The one refusal for too much in too short a time: nothing was done, and it may be sent again after `reset` seconds. */
export function refuseRate(rate: RateState, detail: string): Rejection {
  return { ...reject('rate_limited', detail), rate };
}

/** The fields that every such refusal bears. Source: draft-ietf-httpapi-ratelimit-headers-10. */
export function rateFields({ name, quota, window, left, reset }: RateState): Record<string, string> {
  return {
    'Retry-After': String(reset),
    'RateLimit-Policy': `"${name}";q=${quota};w=${window}`,
    RateLimit: `"${name}";r=${left};t=${reset}`,
  };
}
