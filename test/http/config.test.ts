import { env } from 'cloudflare:workers';
import { expect, test } from 'vitest';
import { configOf } from '../../src/config';

const REFUSED: [name: string, text: string, told: string][] = [
  ['INDEX_SHARDS', '65', 'INDEX_SHARDS must be a whole number from 1 to 64'],
  ['FEED_DAYS', '1.5', 'FEED_DAYS must be a whole number from 1 to 365'],
  ['FEED_BYTES', '2G', 'FEED_BYTES must be a whole number from 65536 on'],
  ['LOG_SAMPLE', '', 'LOG_SAMPLE must be a whole number from 1 on'],
  ['SNAPSHOT_MS', '1s', 'SNAPSHOT_MS must be a whole number from 0 to 1000'],
  ['SHIELD_LIMIT', '0', 'SHIELD_LIMIT must be a whole number from 1 on'],
  ['WEBHOOK_TIMEOUT_MS', '15s', 'WEBHOOK_TIMEOUT_MS must be a whole number from 1 to 900000'],
  ['WEBHOOK_SCHEDULE_MS', '0,5s', 'Each of WEBHOOK_SCHEDULE_MS must be a whole number from 0 to 2592000000'],
  ['WEBHOOK_SCHEDULE_MS', '0,', 'Each of WEBHOOK_SCHEDULE_MS must be a whole number from 0 to 2592000000'],
  ['WEBHOOK_PACE_MS', '0', 'WEBHOOK_PACE_MS must be a whole number from 1 to 3600000'],
  ['PUBLISH_INTERVAL_MS', '2s', 'PUBLISH_INTERVAL_MS must be a whole number from 0 to 3600000'],
  ['UNWATCHED_INTERVAL_MS', '-1', 'UNWATCHED_INTERVAL_MS must be a whole number from 0 to 86400000'],
  ['OPEN_FILES', '64k', 'OPEN_FILES must be a whole number from 1 on'],
  ['OWN_HOSTS', 'https://a.example', 'OWN_HOSTS must be hosts, each name or name:port, separated by commas'],
  ['WEBHOOK_HOSTS', 'a b', 'WEBHOOK_HOSTS must be hosts, each name or name:port, separated by commas'],
  ['TRUST_PROXY', 'yes', 'TRUST_PROXY must be 1, or not set'],
];

test.for(REFUSED)('%s=%s is told', ([name, text, told]) => {
  expect(() => configOf({ ...env, [name]: text })).toThrow(new Error(told));
});

test('what an object reads from the environment itself is taken as it was', () => {
  const set = { WEBHOOK_SCHEDULE_MS: '0, 5000,300000', WEBHOOK_TIMEOUT_MS: '15000', OPEN_FILES: '524288' };
  for (const [name, text] of Object.entries(set)) {
    expect(() => configOf({ ...env, [name]: text }), name).not.toThrow();
  }
});
