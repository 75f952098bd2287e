import { Complaint } from './complaint.ts';
import { EXIT } from './exit-codes.ts';
import { type Profile, readProfile } from './profile.ts';

/** Which service is meant, and what opens it. */
export interface Settings {
  url: string;
  /** A key, or a token. */
  apiKey: string;
}

/** What may be said of it on the command line. */
export interface Flags {
  url?: string | undefined;
  key?: string | undefined;
}

type Environment = Record<string, string | undefined>;

/** By flags, else the environment, else the profile; a `Complaint` where none of them says it. */
export async function settingsOf(flags: Flags, environment: Environment): Promise<Settings> {
  const settings = chosen(flags, environment, await readProfile(environment));
  if (settings !== null) return usable(settings);
  throw new Complaint(
    'which service? `headway login <url>`, or set HEADWAY_URL and HEADWAY_API_KEY',
    EXIT.usage,
  );
}

/** Without the spaces and ends of lines that a file may add; a `Complaint` that shows no key. */
export function usable({ url, apiKey }: Settings): Settings {
  const settings = { url: url.trim(), apiKey: apiKey.trim() };
  if (!/^https?:\/\//i.test(settings.url) || !URL.canParse(settings.url)) throw noAddress(url);
  if (/^[!-~]+$/.test(settings.apiKey)) return settings;
  throw new Complaint('the key holds a character that no key has, a space say', EXIT.usage);
}

/** Null where something is missing. A key of the profile is shown to its own service alone. */
export function chosen(flags: Flags, environment: Environment, profile: Profile | null): Settings | null {
  const [, origin, token] =
    /^(https?:\/\/[^/]+)\/r\/([\w.~-]+)/.exec(environment.HEADWAY_REPORT_URL ?? '') ?? [];
  const url = flags.url || environment.HEADWAY_URL || profile?.url || origin;
  if (url === undefined) return null;
  const kept = profile !== null && sameOrigin(profile.url, url) ? profile.api_key : undefined;
  const handed = origin !== undefined && sameOrigin(origin, url) ? token : undefined;
  const apiKey = flags.key || environment.HEADWAY_API_KEY || kept || handed;
  return apiKey === undefined ? null : { url, apiKey };
}

const HERE = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?(\/|$)/i;

/** An address as it is kept: with its scheme, which on this machine is http, without a path. */
export function addressOf(text: string): string {
  const scheme = /^https?:\/\//i.test(text) ? '' : HERE.test(text) ? 'http://' : 'https://';
  if (URL.canParse(scheme + text)) return new URL(scheme + text).origin;
  throw noAddress(text);
}

function noAddress(text: string): Complaint {
  return new Complaint(`${JSON.stringify(text)} is no address of a service: https://host[:port]`, EXIT.usage);
}

function sameOrigin(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && new URL(one).origin === new URL(other).origin;
}
