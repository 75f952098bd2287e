/// <reference lib="dom" />
import { type Colours, coloursOf, type Tone, toneOf } from '../domain/base/palette.ts';
import { HeadwayError } from './headway-error.ts';
import { watch } from './reading.ts';
import { Service } from './service.ts';
import type { Job } from './types.ts';

const TONES: readonly Tone[] = ['active', 'good', 'warning', 'bad', 'quiet'];

/** A colour of the palette, in the light and in the dark. */
function colour(name: keyof Colours, tone: Tone = 'quiet'): string {
  return `light-dark(${coloursOf('light', tone)[name]},${coloursOf('dark', tone)[name]})`;
}

/** The bar's words stand there twice, each in the colour that reads on its side, and are cut where the bar is done. */
const STYLE = `:host{display:flex;height:20px;overflow:hidden;border-radius:4px;font:11px/20px Helvetica,Arial,sans-serif;color-scheme:light dark;forced-color-adjust:none}\
:host([hidden]){display:none}\
:host([theme=light]){color-scheme:light}\
:host([theme=dark]){color-scheme:dark}\
span{overflow:hidden;text-overflow:ellipsis;white-space:nowrap}\
[part=name]{box-sizing:border-box;flex:none;width:min(35%,180px);padding:0 7px;background:${colour('label')};color:${colour('onLabel')}}\
[part=bar]{position:relative;flex:1}\
[part=bar]>*{position:absolute;inset:0;display:flex;justify-content:space-between;gap:12px;padding:0 7px;background:${colour('track')};color:${colour('onTrack')}}\
[part=done]{color:${colour('onFill')};clip-path:inset(0 calc(100% - var(--done)) 0 0)}\
[part=bar] span+span{flex:none}\
@media(prefers-reduced-motion:no-preference){[part=done]{transition:clip-path .3s}}\
${TONES.map((tone) => `[data-tone=${tone}]>[part=done]{background:${colour('fill', tone)}}`).join('')}`;

const WORDS = '<span></span><span></span>';
const BODY = `<span part="name"></span><div part="bar" role="progressbar" aria-valuemin="0" aria-valuemax="100">\
<div part="left" aria-hidden="true">${WORDS}</div><div part="done" aria-hidden="true">${WORDS}</div></div>`;

/**
 * `<headway-job src="https://host/api/jobs/{id}" token="hwt_…">`: the job’s name and a bar that moves as it does. Without a
 * `token` the sign-in of the page’s own origin opens it. `theme` is `light` or `dark` where the reader’s own preference is not
 * meant, `name` what stands there before the job is known. Each change is a `change` event, with the job in `detail`.
 */
export class JobElement extends HTMLElement {
  static readonly observedAttributes = ['src', 'token'];

  /** The job as it was told last; null before it was told. */
  job: Job | null = null;
  #watching: AbortController | null = null;
  readonly #bar: HTMLElement;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    root.innerHTML = BODY;
    this.#bar = root.lastElementChild as HTMLElement;
  }

  connectedCallback(): void {
    this.disconnectedCallback();
    this.job = null;
    this.#show('quiet', 0, '');
    const watching = new AbortController();
    this.#watching = watching;
    // Whoever gives it another address sets both attributes first.
    queueMicrotask(() => void this.#watch(watching.signal));
  }

  disconnectedCallback(): void {
    this.#watching?.abort();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.connectedCallback();
  }

  async #watch(signal: AbortSignal): Promise<void> {
    try {
      signal.throwIfAborted();
      const { href } = new URL(this.getAttribute('src') ?? '', this.baseURI);
      const [, url, id] = /^(.*)\/api\/jobs\/([^/?#]+)/.exec(href) ?? [];
      if (url === undefined || id === undefined) throw new HeadwayError('not_found', 'src is no job');
      const service = new Service({ url, credential: this.getAttribute('token') });
      for await (const job of watch(service, decodeURIComponent(id), { signal })) {
        this.job = job;
        this.#tell(job);
        this.dispatchEvent(new CustomEvent('change', { detail: job }));
      }
    } catch (error) {
      if (signal.aborted) return;
      this.#show('quiet', null, 'not available');
      if (!(error instanceof HeadwayError)) throw error;
    }
  }

  #tell(job: Job): void {
    const { status, health, stage, error_message, progress_percentage } = job;
    const running = status === 'in_progress';
    const state = running && health !== 'ok' ? health : status.replaceAll('_', ' ');
    const words = [state, running ? stage : error_message].filter(Boolean).join(' · ');
    this.#show(toneOf(job), progress_percentage, words);
  }

  /** `percent` is null where nothing is known of it. */
  #show(tone: Tone, percent: number | null, words: string): void {
    const bar = this.#bar;
    const name = this.job?.name ?? this.getAttribute('name') ?? 'job';
    const whole = percent === null ? '' : `${Math.floor(percent)}%`;
    const texts = [name, words, whole, words, whole];
    for (const span of this.shadowRoot?.querySelectorAll('span') ?? [])
      span.textContent = texts.shift() ?? '';
    bar.dataset.tone = tone;
    bar.style.setProperty('--done', whole || '0%');
    bar.ariaLabel = name;
    bar.ariaValueNow = whole === '' ? null : whole.slice(0, -1);
    bar.ariaValueText = [whole, words].filter(Boolean).join(', ');
  }
}

customElements.define('headway-job', JobElement);

declare global {
  interface HTMLElementTagNameMap {
    'headway-job': JobElement;
  }
}
