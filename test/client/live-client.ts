/** The client against the service that the tests share, and what it was troubled by. */
import { Headway, type HeadwayOptions, type Trouble } from '../../src/client/index.ts';
import { live } from './service.ts';

export const troubles: Trouble[] = [];
export const headway = open();

export function open(options: Partial<HeadwayOptions> = {}): Headway {
  const { url, apiKey } = live.client;
  return new Headway({ url, apiKey, onTrouble: (trouble) => troubles.push(trouble), ...options });
}

export async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const ROWS = { job_type: 'import', total_items: 4 };
export const issue = { entity_type: 'row', entity_key: '130', error_type: 'missing', message: 'no price' };
