import type { Command, Option } from './command.ts';
import { COMPLETION } from './commands/completion-command.ts';
import { CREATE } from './commands/create-command.ts';
import { EVENTS } from './commands/events-command.ts';
import { CREATE_HOOK, DELETE_HOOK, HOOKS, TEST_HOOK } from './commands/hooks-commands.ts';
import { CANCEL, RERUN } from './commands/job-commands.ts';
import { JOBS } from './commands/jobs-command.ts';
import { CREATE_KEY, KEYS, REVOKE_KEY, ROTATE_KEY } from './commands/keys-commands.ts';
import { LISTEN } from './commands/listen-command.ts';
import { LOGIN, LOGOUT } from './commands/login-commands.ts';
import { LOGS } from './commands/logs-command.ts';
import { OPEN } from './commands/open-command.ts';
import { RUN } from './commands/run-command.ts';
import { WATCH } from './commands/watch-command.ts';

/** What every command takes. */
export const SHARED: readonly Option[] = [
  { flags: '--url <url>', about: 'where the service is: before HEADWAY_URL and the profile' },
  { flags: '--key <key>', about: 'a key, or a token: before HEADWAY_API_KEY and the profile' },
];

/** The groups that commands stand in by their first word. */
export const GROUPS: Record<string, string> = {
  hooks: 'addresses at which other services make jobs and reports',
  keys: 'what opens the service',
  webhooks: 'deliveries of events',
};

/** The one table. */
export const COMMANDS: readonly Command[] = [
  ...[LOGIN, LOGOUT],
  ...[RUN, WATCH],
  ...[JOBS, CREATE, LOGS, CANCEL, RERUN],
  ...[EVENTS, LISTEN],
  ...[HOOKS, CREATE_HOOK, TEST_HOOK, DELETE_HOOK],
  ...[KEYS, CREATE_KEY, ROTATE_KEY, REVOKE_KEY],
  ...[OPEN, COMPLETION],
];
