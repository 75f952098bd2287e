/** Figures as people read them. */

/** `1,234`. */
export function counted(value: number): string {
  return value.toLocaleString('en-US');
}

/** Seconds as `0:46`, `12:05`, `3:00:00`, `2d 4h`. */
export function clock(seconds: number): string {
  const whole = Math.max(Math.round(seconds), 0);
  const [days, hours, minutes] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600),
    Math.floor(whole / 60),
  ];
  if (days > 0) return `${days}d ${hours % 24}h`;
  const two = (value: number) => String(value % 60).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole)}` : `${minutes}:${two(whole)}`;
}

/** Items a second as `12/s`, `1.4/s`, `8/min`, `3/h`. */
export function rate(perSecond: number): string {
  if (perSecond >= 10) return `${counted(Math.round(perSecond))}/s`;
  if (perSecond >= 1) return `${perSecond.toFixed(1)}/s`;
  if (perSecond * 60 >= 1) return `${Math.round(perSecond * 60)}/min`;
  return `${Math.round(perSecond * 3_600)}/h`;
}

/** How long ago a time was, in its largest unit: `5s`, `3m`, `2h`, `4d`. */
export function ago(time: string, now: number): string {
  const seconds = Math.max(Math.floor((now - Date.parse(time)) / 1_000), 0);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
