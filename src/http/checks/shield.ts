import { refuseRate } from '../../domain/access/rate';
import { addressOf } from '../address';
import { SHIELD_WINDOW, shieldOf, windowEnds } from '../shield';
import type { Check } from './check';

const WINDOW = SHIELD_WINDOW / 1_000;

export const shield: Check = {
  name: 'nobody asks too often',
  refuses: ['rate_limited'],
  at() {
    return (exchange) => {
      const { env, config, credential, incoming } = exchange;
      const now = Date.now();
      const before = shieldOf(env, config);
      const name = before.nameOf(credential?.text ?? null, () => addressOf(incoming, config), now);
      if (name === null) return null;
      const answer = (admitted: boolean) => (admitted ? null : tooOften(config.shieldLimit, now));
      const admitted = before.admits(name, now);
      return typeof admitted === 'boolean' ? answer(admitted) : admitted.then(answer);
    };
  },
};

function tooOften(quota: number, now: number) {
  const rate = { name: 'requests', quota, window: WINDOW, left: 0, reset: windowEnds(now) };
  return refuseRate(rate, `These are more than ${quota} requests in ${WINDOW} seconds. Try again shortly.`);
}
