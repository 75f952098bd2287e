/** Settings of a service that is measured, or attacked, with more than any organization may do: none of its limits is met. */
const MANY = 1_000_000;

export const UNLIMITED: Record<string, string> = {
  SHIELD_LIMIT: '1000000000',
  LIMITS: JSON.stringify({
    creates_per_minute: 10 * MANY,
    creates_burst: 10 * MANY,
    reports_per_second: MANY,
    reports_burst: 10 * MANY,
    job_bytes: 1_073_741_824,
    streams: MANY / 10,
    waits: MANY / 10,
    endpoints_per_url: 100,
    deliveries: 4_000,
    deliveries_per_host: 4_000,
  }),
};
