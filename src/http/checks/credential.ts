import { unauthenticated } from '../../services/access/authenticate';
import { sameSecret } from '../../services/ids/secrets';
import { callerOf } from '../caller-of';
import type { Exchange } from '../exchange';
import { shieldOf } from '../shield';
import type { Check } from './check';

/** A present `Authorization` header is the only credential looked at. Source: behaviour §4. */
export const credential: Check = {
  name: 'the credential is a good one',
  refuses: ['unauthenticated', 'organization_suspended', 'unavailable'],
  at({ checked }) {
    if (checked === null || checked.access === 'open') return null;
    const { access, orAccess, orAdmin, also } = checked;
    if (access === 'admin') {
      return async (exchange) => {
        const shown = exchange.credential;
        const good = shown !== null && (await isOneOf(shown.text, exchange.config.adminTokens));
        if (!good) return unauthenticated();
        await noteGood(exchange, shown.text);
        return null;
      };
    }
    const needed = orAccess === undefined ? [access] : [access, orAccess];
    const acts = checked.method !== 'GET' || checked.upgrades === true;
    return async (exchange) => {
      const shown = exchange.credential;
      if (shown === null) return unauthenticated();
      const { env, config, keepAlive } = exchange;
      if (orAdmin && shown.by === 'bearer' && (await isOneOf(shown.text, config.adminTokens))) {
        await noteGood(exchange, shown.text);
        return null;
      }
      const found = await callerOf(env, config, shown, { needed, also, acts, keepAlive }, Date.now());
      if (!found.ok) return found.rejection;
      exchange.caller = found.value;
      if (found.value === null) return unauthenticated();
      const noted = noteGood(exchange, shown.text);
      if (noted !== undefined) await noted;
      return null;
    };
  },
};

/** Compares with each, whichever it is: how long that takes tells nothing. */
async function isOneOf(text: string, secrets: readonly string[]): Promise<boolean> {
  const same = await Promise.all(secrets.map((secret) => sameSecret(text, secret)));
  return same.includes(true);
}

/** From here on it is the credential that answers for its requests, no longer their address. */
function noteGood({ env, config }: Exchange, credential: string): void | Promise<void> {
  return shieldOf(env, config).found(credential, Date.now());
}
