/** JSON texts of a given depth and width. */

/** `levels` nested arrays. */
export const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

/** `levels` nested objects. */
export const objects = (levels: number) => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`;

/** One object of `keys` keys. */
export const wide = (keys: number) => `{${Array.from({ length: keys }, (_, i) => `"k${i}":0`).join(',')}}`;
