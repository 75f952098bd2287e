export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const NEAREST: Record<string, LogLevel> = {
  warn: 'warn',
  warning: 'warn',
  wrn: 'warn',
  w: 'warn',
  error: 'error',
  err: 'error',
  critical: 'error',
  crit: 'error',
  fatal: 'error',
  alert: 'error',
  emerg: 'error',
  emergency: 'error',
  panic: 'error',
  severe: 'error',
  fail: 'error',
  failure: 'error',
  dpanic: 'error',
  ftl: 'error',
  e: 'error',
  f: 'error',
};
/** Numbers from 0 up to here are severities of syslog (RFC 5424), the lower the worse; from here on levels as pino writes them. */
const SYSLOG_MOST = 7;

/** The nearest of the three levels to what a program calls its own; `info` where nothing is known of it. Source: behaviour §2. */
export function nearestLevel(said: string | number): LogLevel {
  const number = typeof said === 'number' ? said : /^\d{1,3}$/.test(said.trim()) ? Number(said) : null;
  if (number === null) {
    const name = String(said).trim().toLowerCase();
    return Object.hasOwn(NEAREST, name) ? (NEAREST[name] ?? 'info') : 'info';
  }
  if (number >= 0 && number <= SYSLOG_MOST) return number <= 3 ? 'error' : number === 4 ? 'warn' : 'info';
  return number >= 50 ? 'error' : number >= 40 ? 'warn' : 'info';
}
