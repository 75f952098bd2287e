import { checkMediaType } from '../parse-body';
import type { Check } from './check';
import { unlessTooLarge } from './too-large';

export const mediaType: Check = {
  name: 'the body is not encoded, and JSON by its type where a browser sent the credential by itself',
  refuses: ['unsupported_media_type'],
  at({ checked }) {
    const body = checked?.body;
    if (body === undefined) return null;
    return ({ headers, raw, ambient }) => unlessTooLarge(body, raw, checkMediaType(headers, raw, ambient));
  },
};
