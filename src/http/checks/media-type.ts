import { checkMediaType } from '../read-body';
import type { Check } from './check';

export const mediaType: Check = {
  name: 'the body is of a type that is read here',
  refuses: ['unsupported_media_type'],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined) return null;
    return ({ headers, raw }) => checkMediaType(headers, raw, body.text ?? false);
  },
};
