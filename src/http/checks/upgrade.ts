import { reject } from '../../domain/base/rejection';
import type { Check } from './check';

export const upgrade: Check = {
  name: 'what is a WebSocket is asked for as one',
  refuses: ['invalid_request'],
  at({ checked }) {
    if (!checked?.upgrades) return null;
    return ({ incoming }) =>
      asksToUpgrade(incoming)
        ? null
        : reject('invalid_request', 'This is a WebSocket: ask with Upgrade: websocket.');
  },
};

function asksToUpgrade({ method, headers }: Request): boolean {
  return method === 'GET' && headers.get('Upgrade')?.toLowerCase() === 'websocket';
}
