import type { Config } from '../../config';
import { isSignedId, mintSignedId } from './signed-id';

const PREFIX = 'wh_';

/** A new endpoint's id. */
export async function mintWebhookId(config: Config, organization: string): Promise<string> {
  return `${PREFIX}${await mintSignedId(config, 'webhook', organization)}`;
}

/** Whether an id was made here for `organization`. */
export async function isOwnWebhookId(config: Config, organization: string, text: string): Promise<boolean> {
  return text.startsWith(PREFIX) && isSignedId(config, 'webhook', organization, text.slice(PREFIX.length));
}
