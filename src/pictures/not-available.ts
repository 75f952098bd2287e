import { coloursOf } from '../domain/base/palette';

const WORDS = 'not available';

/** The picture in place of one that there is none of: small, grey, and the same whatever the reason. */
export function notAvailable(): string {
  const { fill, onFill } = coloursOf('light', 'quiet');
  return `<svg xmlns="http://www.w3.org/2000/svg" width="88" height="20" viewBox="0 0 88 20" role="img" aria-label="${WORDS}">\
<title>${WORDS}</title>\
<rect width="88" height="20" rx="4" fill="${fill}"/>\
<text x="44" y="14" text-anchor="middle" font-family="Helvetica,Arial,sans-serif" font-size="11" fill="${onFill}" textLength="74">${WORDS}</text>\
</svg>`;
}
