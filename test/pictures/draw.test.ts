/** Pictures: sound SVG whatever the job is called, nothing cut off, every colour readable. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HEALTHS, STATUSES } from '../../src/domain/job/job';
import type { Summary } from '../../src/domain/job/summary';
import { summarize } from '../../src/domain/job/summary';
import { badge, progressBar } from '../../src/pictures/draw';
import { fitText, textWidth } from '../../src/pictures/text-width';
import { freshJob, NOW } from '../support/arbitraries';
import { type Element, findAll, readXml, textOf } from '../support/xml';

const PICTURES = [
  ['badge', (shown: Summary) => badge(shown, false), 'ETA 01:00 UTC'],
  ['progress', (shown: Summary) => progressBar(shown, false), 'ETA 01:00 UTC'],
  ['badge of an overdue job', (shown: Summary) => badge(shown, true), 'overdue'],
  ['progress of an overdue job', (shown: Summary) => progressBar(shown, true), 'overdue'],
] as const;

const BASE: Summary = summarize(freshJob({ total_items: 200 }));
const job = (fields: Partial<Summary> = {}): Summary => ({ ...BASE, ...fields });
const number = (element: Element, name: string) => Number(element.attributes[name]);

const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({
    unit: fc.constantFrom('<', '>', '&', '"', "'", ']]>', '\u0000', '\ud800', '\u202e'),
    maxLength: 20,
  }),
  fc.constantFrom(
    'W'.repeat(200),
    '<script>alert(1)</script>',
    '"/><script/>',
    '日'.repeat(200),
    'i'.repeat(200),
  ),
);
const anyJob = fc.record({
  name: anyName,
  status: fc.constantFrom(...STATUSES),
  health: fc.constantFrom(...HEALTHS),
  total_items: fc.constantFrom(0, 200),
  progress_percentage: fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100),
  eta_at: fc.option(fc.integer({ min: NOW, max: NOW + 4e12 })),
  duration_seconds: fc.option(fc.double({ min: 0, max: 1e8, noNaN: true })),
  last_report_at: fc.option(fc.constant(NOW)),
});

describe.each(PICTURES)('%s', (_, draw, time) => {
  it('is well-formed, harmless and 20 pixels high, and neither text nor bar leaves it', () => {
    fc.assert(
      fc.property(anyJob, (fields) => {
        const svg = readXml(draw(job(fields)));
        expect(svg.name).toBe('svg');
        const width = number(svg, 'width');
        expect(svg.attributes).toMatchObject({ height: '20', viewBox: `0 0 ${width} 20`, role: 'img' });
        const names = new Set(['clipPath', 'rect', 'g', 'text', 'title', 'style']);
        for (const element of everything(svg)) {
          expect(names).toContain(element.name);
          for (const attribute of Object.keys(element.attributes)) {
            expect(attribute).not.toMatch(/^on|href|^style$|^src$/);
          }
          if (element.name !== 'rect' && element.name !== 'text') continue;
          const [x, wide] = [
            number(element, 'x') || 0,
            number(element, element.name === 'text' ? 'textLength' : 'width'),
          ];
          expect(x).toBeGreaterThanOrEqual(0);
          expect(wide).toBeGreaterThanOrEqual(0);
          expect(x + wide).toBeLessThanOrEqual(width);
          if (element.name === 'text') expect(Math.min(x, width - x - wide)).toBeGreaterThan(6.98);
        }
        const [style = ''] = findAll(svg, 'style').map(textOf);
        expect(style).not.toMatch(/url|import|http|expression/i);
      }),
      { numRuns: 300 },
    );
  });

  it('links to where more is shown, and nowhere else', () => {
    const links = (details_url: string | null) => findAll(readXml(draw(job({ details_url }))), 'a');
    const address = `https://runs.example/1?a=1&b="'`;
    expect(links(address).map(({ attributes }) => attributes.href)).toEqual([
      'https://runs.example/1?a=1&b=%22%27',
    ]);
    for (const none of [null, 'javascript:alert(1)', 'https://me:pw@runs.example/']) {
      expect(links(none)).toEqual([]);
    }
  });

  it('keeps its texts apart', () => {
    fc.assert(
      fc.property(anyJob, (fields) => {
        const svg = readXml(draw(job(fields)));
        const [label, ...words] = findAll(svg, 'text');
        const half = words.length / 2;
        expect(words.slice(0, half)).toEqual(words.slice(half));
        const inOrder = [label as Element, ...words.slice(0, half)];
        for (const [index, text] of inOrder.slice(1).entries()) {
          const before = inOrder[index] as Element;
          const end = number(before, 'x') + number(before, 'textLength');
          expect(number(text, 'x') - end).toBeGreaterThanOrEqual(11.9);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('cuts the bar and its words where they end', () => {
    const svg = readXml(draw(job({ status: 'in_progress', progress_percentage: 42 })));
    const shapes = findAll(svg, 'clipPath').map((shape) => `url(#${shape.attributes.id})`);
    const cuts = findAll(svg, 'g').map((group) => group.attributes['clip-path']);
    expect(cuts.filter((one) => one !== undefined).sort()).toEqual(shapes.sort());
    expect(shapes).toHaveLength(3);
  });

  it('says it all in words, once for those that can’t see it', () => {
    const fields = { name: 'A <b> & "c"', status: 'in_progress', progress_percentage: 42.5 } as const;
    const svg = readXml(draw(job({ ...fields, eta_at: NOW + 3_600_000, last_report_at: NOW })));
    const says = `A <b> & "c": in progress, 42%, ${time}`;
    expect(svg.attributes['aria-label']).toBe(says);
    expect(findAll(svg, 'title').map(textOf)).toEqual([says]);
    const [drawn] = svg.children.filter((child) => typeof child === 'object' && child.name === 'g') as [
      Element,
    ];
    expect(drawn.attributes['aria-hidden']).toBe('true');
    const seen = findAll(drawn, 'text').map(textOf).join(' ');
    for (const word of ['A <b> & "c"', 'in progress', '42%', time]) expect(seen).toContain(word);
  });

  it('shows some as soon as anything is done, and all only at the end', () => {
    const doneAt = (progress_percentage: number) => {
      const rects = findAll(readXml(draw(job({ status: 'in_progress', progress_percentage }))), 'rect');
      const width = (name: string) =>
        number(rects.find((rect) => rect.attributes.class === name) as Element, 'width');
      return [width('f'), width('t')] as const;
    };
    expect(doneAt(0)[0]).toBe(0);
    expect(doneAt(0.01)[0]).toBe(1);
    const [nearly, all] = doneAt(99.99);
    expect(nearly).toBe(all - 1);
    expect(doneAt(100)[0]).toBe(doneAt(100)[1]);
    const [half, whole] = doneAt(50);
    expect(Math.abs(half - whole / 2)).toBeLessThanOrEqual(0.5);
  });

  it('is a function of the job alone', () => {
    const fields = { status: 'in_progress', eta_at: NOW + 60_000, last_report_at: NOW } as const;
    const before = draw(job(fields));
    const now = Date.now;
    Date.now = () => NOW + 1e10;
    try {
      expect(draw(job(fields))).toBe(before);
    } finally {
      Date.now = now;
    }
  });

  it.each(STATUSES.flatMap((status) => HEALTHS.map((health) => [status, health] as const)))(
    '%s and %s: every text has a contrast of 4.5, and the bar one of 3, in light and dark',
    (status, health) => {
      const svg = readXml(draw(job({ status, health })));
      const [style = ''] = findAll(svg, 'style').map(textOf);
      const [light = '', dark = ''] = style.split('@media(prefers-color-scheme:dark)');
      for (const theme of [light, dark]) {
        const colour = (name: string) => {
          const found = new RegExp(`\\.${name}\\{fill:(#[0-9a-f]{6})\\}`).exec(theme)?.[1];
          if (found === undefined) throw new Error(`no colour for ${name}`);
          return found;
        };
        for (const [text, ground] of ['xl', 'ut', 'gf'] as const) {
          expect(contrast(colour(text as string), colour(ground as string))).toBeGreaterThanOrEqual(4.5);
        }
        expect(contrast(colour('f'), colour('t'))).toBeGreaterThanOrEqual(3);
      }
      expect(light).not.toBe(dark);
    },
  );
});

describe('the width of a text', () => {
  it('is that of Helvetica', () => {
    expect(textWidth('', 11)).toBe(0);
    expect(textWidth('in progress', 1_000)).toBe(4_946);
    expect(textWidth('~', 1_000)).toBe(584);
    expect(textWidth('日本', 11)).toBe(22);
    expect(textWidth('👩‍👩‍👧', 11)).toBe(11);
    expect(textWidth('e\u0301', 1_000)).toBe(textWidth('é', 1_000));
  });

  /** As Lohit and Tlwg draw them, in thousandths. */
  it.each([
    ['हिन्दी में प्रगति', 4989],
    ['आयात रिपोर्ट', 4751],
    ['क्षेत्र विद्यार्थी', 4123],
    ['ग्राहकों का निर्यात', 6096],
    ['আমদানি প্রতিবেদন', 7561],
    ['தரவு இறக்குமதி', 7203],
    ['తెలుగు నివేదిక', 5000],
    ['മലയാളം റിപ്പോർട്ട്', 8472],
    ['ગુજરાતી અહેવાલ', 6500],
    ['ਪੰਜਾਬੀ ਰਿਪੋਰਟ', 5357],
    ['ಕನ್ನಡ ವರದಿ', 4270],
    ['ଓଡ଼ିଆ ରିପୋର୍ଟ', 5523],
    ['รายงานการนำเข้า', 7954],
  ])('is about what %s takes: it is not squeezed', (text, drawn) => {
    expect(textWidth(text, 1_000) / drawn).toBeGreaterThan(0.85);
    expect(textWidth(text, 1_000) / drawn).toBeLessThan(1.2);
  });

  it('is kept by cutting between characters as people see them', () => {
    fc.assert(
      fc.property(anyName, fc.integer({ min: 12, max: 200 }), (text, most) => {
        const fitted = fitText(text, 11, most);
        expect(textWidth(fitted, 11)).toBeLessThanOrEqual(most);
        if (fitted !== text) expect(fitted.endsWith('…')).toBe(true);
      }),
    );
    expect(fitText('a👩‍👩‍👧b', 10, 30)).toBe('a👩‍👩‍👧b');
    expect(fitText('aaa👩‍👩‍👧bbbbbb', 10, 36)).toBe('aaa…');
  });
});

function everything(element: Element): Element[] {
  return element.children.flatMap((child) =>
    typeof child === 'string' ? [] : [child, ...everything(child)],
  );
}

/** WCAG 2.2's contrast of two colours `#rrggbb`. */
function contrast(one: string, other: string): number {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
