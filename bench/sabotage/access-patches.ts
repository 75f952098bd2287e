import type { Patch } from './patch.ts';

const PROVIDER = 'test/services/access/provider-sessions.test.ts';

/** What would let a credential open more than it may, or for longer. */
export const ACCESS_PATCHES: readonly Patch[] = [
  {
    name: 'a JWT that changes something, and its provider is not asked',
    file: 'src/services/access/provider-sessions/session-holder.ts',
    find: 'if (!said.asked || !acts) return said.member;',
    replace: 'if (!said.asked || said.member.until > 0) return said.member;',
    suite: PROVIDER,
  },
  {
    name: 'a session believed after its provider has said no',
    file: 'src/services/access/provider-sessions/session-check.ts',
    find: 'if (answer === null) this.#believed.delete(name);',
    replace: '',
    suite: PROVIDER,
  },
  {
    name: 'keys that are fetched whenever somebody names an unknown one',
    file: 'src/services/access/provider-sessions/key-set.ts',
    find: 'if (!underWay && now - this.#tried < PAUSE) return;',
    replace: '',
    suite: PROVIDER,
  },
];
