/** What the host has beside the common interfaces, found by looking for it: a process, where there is one. */
export interface HostProcess {
  pid?: number;
  env?: Record<string, string | undefined>;
  execPath?: string;
  getBuiltinModule?(name: string): unknown;
  on?(event: string, listener: (...args: never[]) => unknown): unknown;
  off?(event: string, listener: (...args: never[]) => unknown): unknown;
  listenerCount?(event: string): number;
  hasUncaughtExceptionCaptureCallback?(): boolean;
  getActiveResourcesInfo?(): string[];
  kill?(pid: number, signal: string): unknown;
}

export const host: HostProcess | undefined = (globalThis as unknown as { process?: HostProcess }).process;

/** A variable of the environment; undefined where it is empty, or there is none. */
export function variable(name: string): string | undefined {
  return host?.env?.[name] || undefined;
}

/** A name that no other instance of the client has: what tells a reader where it runs, and 64 bits of chance. */
export function uniqueName(): string {
  const parts = [variable('HOSTNAME'), host?.pid, random()];
  return parts.filter(Boolean).join('-').slice(-100);
}

/** 64 bits of chance, as digits. */
export function random(): string {
  return String(crypto.getRandomValues(new BigUint64Array(1)));
}

/** Lets the process end before a timer does, where there is one that can. */
export function letGo(timer: unknown): void {
  (timer as { unref?(): void }).unref?.();
}
