/** `docs/hooks.md` has a row for every refusal that a partner's delivery can meet, and names every handshake. */
import { expect, it } from 'vitest';
import page from '../../docs/hooks.md?raw';
import openapi from '../../openapi.json';
import { DELIVERY_ROUTES } from '../../src/dialects/hooks/delivery-routes';
import { handshakeSchema } from '../../src/domain/hook/handshake';
import { PROBLEMS } from '../../src/http/problem';

const ANSWERS = page.split('\n## Answers\n')[1] ?? '';
const ROWS = [...ANSWERS.matchAll(/^\| (.*?) \|/gm)].map(([, answer = '']) => answer);
const [delivery] = DELIVERY_ROUTES;

it('every status of a refused delivery has a row', () => {
  const { responses } = openapi.paths['/hooks/{organization_id}/{name}/{token}'].post;
  const told = ANSWERS.match(/\b[45]\d\d\b/g) ?? [];
  for (const status of Object.keys(responses).filter((one) => Number(one) >= 400))
    expect(told).toContain(status);
});

it('every code that has a status with others stands beside it', () => {
  const several = [403, 404, 409, 429];
  for (const code of delivery?.refusals ?? []) {
    const { status } = PROBLEMS[code];
    const rows = ROWS.filter((row) => row.includes(`\`${code}\``));
    if (several.includes(status)) expect([code, rows.length]).toEqual([code, 1]);
  }
});

it('every handshake is named', () => {
  const said = page.split('**Handshakes.**')[1]?.split('\n\n')[0] ?? '';
  for (const kind of handshakeSchema.shape.kind.options)
    expect(said).toMatch(new RegExp(`\`${kind}\`|"kind": "${kind}"`));
});
