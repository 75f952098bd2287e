import { checksum } from '../../src/services/ids/api-key';

/** The same credential with another secret, whose checksum is right. */
export function withOtherSecret(text: string): string {
  const head = text.slice(0, -56);
  const secret = text.slice(-56, -8);
  const other = `${head}${[...secret].reverse().join('')}`;
  return `${other}${checksum(other)}`;
}
