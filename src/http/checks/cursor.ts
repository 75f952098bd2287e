import { reject } from '../../domain/base/rejection';
import { openCursor } from '../../services/ids/cursor';
import { cursorScope } from '../../services/page';
import { valueNamed } from '../read-query';
import type { Check } from './check';

export const cursor: Check = {
  name: 'the cursor is one of this list',
  refuses: ['invalid_cursor'],
  at({ checked }) {
    if (checked?.cursorOf === undefined) return null;
    const { cursorOf, cursorIn = 'cursor', cursorWords = [], cursorWithin } = checked;
    return async (exchange) => {
      const { config, caller, params, lastEventId, search } = exchange;
      const text = lastEventId ?? (search === null ? null : valueNamed(search, cursorIn)) ?? '';
      if (text === '' || (lastEventId === null && cursorWords.includes(text))) return null;
      // The operator names the organization in the path.
      const organization = caller?.principal.organization ?? params.organization_id ?? '';
      const scope = cursorScope(organization, cursorOf(params));
      const cut = cursorWithin === undefined ? -1 : text.indexOf('~');
      let position = await openCursor(config, scope, cut < 0 ? text : text.slice(0, cut));
      if (cut >= 0 && position !== undefined)
        position = caller ? cursorWithin?.(caller, position, text.slice(cut + 1)) : undefined;
      if (position === undefined) return reject('invalid_cursor', 'This cursor is not one of this list.');
      exchange.position = position;
      return null;
    };
  },
};
