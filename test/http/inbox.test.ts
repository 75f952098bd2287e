import { expect, it, vi } from 'vitest';
import { Inbox } from '../../src/http/inbox';

it('between long messages of one client others are served, and the order is kept', async () => {
  const seen: string[] = [];
  const inbox = new Inbox((data) => seen.push(String(data).slice(0, 1)));
  const long = (name: string) => name.padEnd(5_000);
  for (const name of ['a', 'b', 'c']) inbox.add(long(name));
  setTimeout(() => seen.push('somebody else'), 0);
  await vi.waitFor(() => expect(seen).toHaveLength(4));
  expect(seen.filter((name) => name.length === 1)).toEqual(['a', 'b', 'c']);
  expect(seen.indexOf('somebody else')).toBeLessThan(3);
});

it('short messages are read as they come, up to a turn of them', async () => {
  const read = vi.fn();
  const inbox = new Inbox(read);
  for (let n = 0; n < 100; n++) inbox.add('m'.repeat(100));
  expect(read).toHaveBeenCalledTimes(21);
  await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(100));
});

it('what waits is read to the end where nothing more will come', () => {
  const seen: string[] = [];
  const inbox = new Inbox((data) => seen.push(String(data).slice(0, 1)));
  for (const name of ['a', 'b', 'c']) inbox.add(name.padEnd(5_000));
  expect(seen).toEqual(['a']);
  inbox.flush();
  expect(seen).toEqual(['a', 'b', 'c']);
});

it('what may wait has an end: then it is read at once', () => {
  let read = 0;
  const inbox = new Inbox(() => {
    read += 1;
  });
  for (let n = 0; n < 3; n++) inbox.add('m'.repeat(1_000_000));
  expect(read).toBe(1);
  inbox.add('m'.repeat(1_000_000));
  expect(read).toBe(4);
});

it('what may wait of all clients together has an end too', () => {
  let read = 0;
  const inboxes = Array.from({ length: 20 }, () => new Inbox(() => (read += 1)));
  for (const inbox of inboxes) for (let n = 0; n < 2; n++) inbox.add('m'.repeat(1_000_000));
  expect(read).toBeGreaterThan(20);
  for (const inbox of inboxes) inbox.flush();
  expect(read).toBe(40);
});
