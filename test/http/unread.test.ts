import { expect, it } from 'vitest';
import { House, UNANSWERED, UNPROVEN, Unread } from '../../src/http/unread';

const CHUNK = 65_536;

/** Sends `bytes` in chunks, with an answer made of each ping's mark; the bytes after which it is too much, or null. */
function sendTo(unread: Unread, bytes: number, answer: (mark: string) => string | null): number | null {
  for (let sent = CHUNK; sent <= bytes; sent += CHUNK) {
    if (unread.sent(CHUNK)) return sent;
    const mark = unread.ask();
    const text = mark === null ? null : answer(mark);
    if (text !== null) unread.heard(text);
  }
  return null;
}

it('one that says nothing may be sent 1 MiB', () => {
  expect(sendTo(new Unread(new House()), 2 ** 26, () => null)).toBe(UNANSWERED + CHUNK);
});

it('one that gives the marks back may be sent anything', () => {
  expect(sendTo(new Unread(new House()), 2 ** 26, (mark) => `{"type":"pong","mark":"${mark}"}`)).toBeNull();
});

it('one that answers without having read may be sent 8 MiB', () => {
  for (const text of ['x', '{"type":"pong"}', '{"type":"pong","mark":"00000000"}']) {
    expect(sendTo(new Unread(new House()), 2 ** 26, () => text)).toBe(UNPROVEN + CHUNK);
  }
});

it('a mark proves what came before it, once', () => {
  const unread = new Unread(new House());
  let first: string | null = null;
  const sent = sendTo(unread, 2 ** 26, (mark) => {
    first ??= mark;
    return first;
  });
  expect(sent).toBe(UNPROVEN + 262_144 + CHUNK);
});

it('a mark in a long text is not looked for', () => {
  const sent = sendTo(new Unread(new House()), 2 ** 26, (mark) => mark.padEnd(1_000));
  expect(sent).toBe(UNPROVEN + CHUNK);
});

it('of many that do not read, the one that owes most is given up where all owe 16 MiB', () => {
  const house = new House();
  const gone = new Set<number>();
  const clients = Array.from({ length: 40 }, () => new Unread(house));
  // Fewer than any of them may have by itself.
  for (let round = 0; round < 15; round++) {
    for (const [n, client] of clients.entries()) {
      // Each learns of it as it is sent something itself: no other request may close its socket.
      if (!gone.has(n) && client.sent(CHUNK + n)) gone.add(n);
    }
  }
  const held = clients.filter((_, n) => !gone.has(n)).reduce((sum, { overdue }) => sum + overdue, 0);
  expect(gone.size).toBeGreaterThan(20);
  expect(held).toBeLessThanOrEqual(16_777_216);
});

it('those that were never asked owe nothing, however many they are', () => {
  const house = new House();
  for (let n = 0; n < 200; n++) expect(new Unread(house).sent(262_144)).toBe(false);
});
