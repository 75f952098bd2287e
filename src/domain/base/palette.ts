import type { Summary } from '../job/summary';

/** `#rrggbb`. Every `on…` is the colour of the text on it. */
export interface Colours {
  label: string;
  onLabel: string;
  /** The part of the bar that is not done, and what stands on it. */
  track: string;
  onTrack: string;
  /** The part that is done. */
  fill: string;
  onFill: string;
}

export type Tone = 'active' | 'good' | 'warning' | 'bad' | 'quiet';
export type Theme = 'light' | 'dark';

const FILLS: Record<Theme, Record<Tone, string>> = {
  light: { active: '#0b6bcb', good: '#1a7f37', warning: '#946200', bad: '#c4232c', quiet: '#5d6773' },
  dark: { active: '#2270d8', good: '#23803a', warning: '#966300', bad: '#d5393a', quiet: '#67717d' },
};

const BASE: Record<Theme, Omit<Colours, 'fill'>> = {
  light: { label: '#333b45', onLabel: '#ffffff', track: '#e3e8ee', onTrack: '#1f2630', onFill: '#ffffff' },
  dark: { label: '#39424d', onLabel: '#f3f6f9', track: '#1d232b', onTrack: '#e9eef4', onFill: '#ffffff' },
};

/** The colours of a picture. All text in them has a contrast of 4.5 at least (WCAG 2.2, 1.4.3). */
export function coloursOf(theme: Theme, tone: Tone): Colours {
  return { ...BASE[theme], fill: FILLS[theme][tone] };
}

export function toneOf({ status, health }: Pick<Summary, 'status' | 'health'>): Tone {
  switch (status) {
    case 'pending':
    case 'cancelled':
      return 'quiet';
    case 'in_progress':
      return health === 'ok' ? 'active' : 'warning';
    case 'completed':
      return 'good';
    case 'completed_with_warnings':
    case 'partial_success':
      return 'warning';
    case 'failed':
      return 'bad';
  }
}
