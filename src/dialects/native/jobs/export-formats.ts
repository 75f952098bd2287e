import type { ExportPart } from '../../../services/jobs/export-jobs';
import type { ListedJob } from '../../../services/jobs/lists';
import { LISTED_FIELDS, toListed } from './mapper';

/** How an export is written. */
export interface ExportFormat {
  contentType: string;
  head: string;
  write(part: ExportPart): string;
}

/** Where a spreadsheet takes a text for a formula. Source: OWASP, CSV Injection. */
const FORMULA = /^[=+\-@\t\r]/;

/** One JSON object a line: a job, a cursor behind every thousandth or so, and the end. */
const ndjson: ExportFormat = {
  contentType: 'application/x-ndjson',
  head: '',
  write(part) {
    const lines = 'jobs' in part ? part.jobs.map(toListed) : [part];
    return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  },
};

/** A row a job under a row of names, and one more at the end, whose first cell is `#end`. Source: RFC 4180. */
const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  head: row(LISTED_FIELDS),
  write(part) {
    if ('jobs' in part) return part.jobs.map(toRow).join('');
    if ('cursor' in part) return '';
    const { jobs, next_cursor } = part.end;
    const cells = ['#end', String(jobs), next_cursor ?? ''];
    return row([...cells, ...LISTED_FIELDS.slice(cells.length).map(() => '')]);
  },
};

export const EXPORT_FORMATS = { ndjson, csv } as const;

function toRow(job: ListedJob): string {
  const body: Record<string, unknown> = toListed(job);
  return row(LISTED_FIELDS.map((name) => cell(body[name])));
}

function row(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

/** An absent value is an empty cell, an empty text a quoted one. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return plain === '' || /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
