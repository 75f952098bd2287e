/** Who signed what by a scheme that the hook itself describes. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { toVerification, type Verification } from '../../src/domain/hook/verification';
import { SECRETS, SLACK, slack } from './senders';
import { NOW, SMALL, T, VERIFIED, verify } from './verify';

describe('hmac describes', () => {
  const secret = 'a secret';
  const code = (content: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') =>
    createHmac(algorithm, secret).update(content).digest(encoding);

  it.each(['sha1', 'sha256', 'sha512'] as const)('%s over the body, as hex and base64', async (algorithm) => {
    for (const encoding of ['hex', 'base64'] as const) {
      const given = { scheme: 'hmac', secret, header: 'x-sig', algorithm, encoding } as const;
      const sender = { verification: toVerification(given), secret };
      const headers = { 'X-Sig': code(SMALL, algorithm, encoding) };
      expect(await verify(sender, SMALL, headers)).toMatchObject({ id: null });
      expect(await verify(sender, `${SMALL} `, headers)).toBe('signature_wrong');
    }
  });

  it('an id that is signed, which must not hold what follows it', async () => {
    const given = { header: 'x-sig', signed: '{id}|{body}', id_header: 'x-id' };
    const sender = { verification: toVerification({ scheme: 'hmac', secret, ...given }), secret };
    const good = { 'X-Id': 'd-1', 'X-Sig': code(`d-1|${SMALL}`) };
    expect(await verify(sender, SMALL, good)).toMatchObject({ id: 'd-1' });
    const shifted = { 'X-Id': 'd-1|2', 'X-Sig': code(`d-1|2|${SMALL}`) };
    expect(await verify(sender, SMALL, shifted)).toBe('id_missing');
  });
});

describe('a manifest', () => {
  const secret = 'a secret';
  const sign = (content: string) => createHmac('sha256', secret).update(content).digest('hex');
  const described = (given: object) => ({
    ...{ verification: toVerification({ scheme: 'hmac', secret, header: 'x-sig', ...given }), secret },
  });

  it.each([
    ['milliseconds', String(NOW), String(NOW - 301_000)],
    ['iso', '2026-11-22T12:00:00.123456789Z', '2026-11-22T11:54:58Z'],
    ['iso', '2026-11-22T13:00:00+01:00', '2026-11-22T12:00:00+01:00'],
    ['seconds', String(T), String(NOW)],
  ])('takes a time in %s', async (timestamp_format, good, late) => {
    const sender = described({ signed: '{t}.{body}', timestamp_header: 'x-t', timestamp_format });
    const at = (t: string) => verify(sender, SMALL, { 'x-t': t, 'x-sig': sign(`${t}.${SMALL}`) });
    expect(await at(good)).toMatchObject(VERIFIED);
    expect(await at(late)).toBe('timestamp_outside_tolerance');
    expect(await at('yesterday')).toBe('timestamp_missing');
  });

  it('may lie as far from now as the hook tolerates', async () => {
    const sender = described({ signed: '{t}.{body}', timestamp_header: 'x-t', tolerance: 10 });
    const at = (t: number) => verify(sender, SMALL, { 'x-t': String(t), 'x-sig': sign(`${t}.${SMALL}`) });
    expect(await at(T - 10)).toMatchObject(VERIFIED);
    expect(await at(T - 11)).toBe('timestamp_outside_tolerance');
  });

  it('covers method, URL and headers', async () => {
    const sender = described({ signed: '{method}|{url}|{header:X-Topic}|{body}' });
    const code = sign(`POST|https://headway.test/hooks/a/b/c|push|${SMALL}`);
    expect(await verify(sender, SMALL, { 'X-Topic': 'push', 'X-Sig': code })).toMatchObject(VERIFIED);
    expect(await verify(sender, SMALL, { 'X-Topic': 'pull', 'X-Sig': code })).toBe('signature_wrong');
    expect(await verify(sender, SMALL, { 'X-Sig': code })).toBe('signature_missing');
  });

  it('is signed by a key in hex', async () => {
    const key = '6b657920696e20686578';
    const verification = toVerification({
      scheme: 'hmac',
      secret: key,
      header: 'x-sig',
      secret_encoding: 'hex',
    });
    const code = createHmac('sha256', 'key in hex').update(SMALL).digest('hex');
    expect(await verify({ verification, secret: key }, SMALL, { 'x-sig': code })).toMatchObject(VERIFIED);
  });

  it('an older version kept, without a format and a tolerance, is read as it was', async () => {
    const {
      timestamp_format: _format,
      tolerance: _tolerance,
      ...old
    } = toVerification(SLACK) as never as Record<string, unknown>;
    const sender = { verification: old as never as Verification, secret: SECRETS.slack };
    expect(await verify(sender, SMALL, slack(SMALL, T))).toMatchObject(VERIFIED);
    expect(await verify(sender, SMALL, slack(SMALL, T - 301))).toBe('timestamp_outside_tolerance');
  });
});
