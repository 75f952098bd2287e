import { DELIVERY_ROUTES } from './dialects/hooks/delivery-routes';
import { HOOK_ROUTES } from './dialects/hooks/routes';
import { CONFIRM_ROUTES } from './dialects/line/confirm-page';
import { LINE_ERRORS } from './dialects/line/line-answer';
import { LINE_ROUTES } from './dialects/line/routes';
import { MONITORING_ROUTES } from './dialects/monitoring/routes';
import { AUDIT_ROUTES } from './dialects/native/audit/routes';
import { BULK_ROUTES } from './dialects/native/bulk/routes';
import { EVENT_ROUTES } from './dialects/native/feed/routes';
import { CHILDREN_ROUTES } from './dialects/native/jobs/children-routes';
import { EXPORT_ROUTES } from './dialects/native/jobs/export-routes';
import { LIST_ROUTES } from './dialects/native/jobs/list-routes';
import { JOB_ROUTES } from './dialects/native/jobs/routes';
import { STATS_ROUTES } from './dialects/native/jobs/stats-routes';
import { METRICS_ROUTES } from './dialects/native/metrics/routes';
import { PICTURE_ROUTES } from './dialects/native/pictures/routes';
import { REPORT_ROUTES } from './dialects/native/reports/routes';
import { SESSION_ROUTES, SIGN_IN_ROUTES } from './dialects/native/sessions/routes';
import { FILTER_TOKEN_ROUTES } from './dialects/native/tokens/filter-token-routes';
import { TOKEN_ROUTES } from './dialects/native/tokens/routes';
import { USAGE_ROUTES } from './dialects/native/usage/routes';
import { WATCH_ROUTES } from './dialects/native/watching/routes';
import { WEBHOOK_ROUTES } from './dialects/native/webhooks/routes';
import { KEY_ROUTES } from './dialects/operator/key-routes';
import { OPERATOR_ROUTES } from './dialects/operator/routes';
import { POLLING_ERRORS, POLLING_ROUTES } from './dialects/polling/routes';
import { DASHBOARD_ROUTES } from './http/dashboard-routes';
import { DOCS_ROUTES } from './http/docs-routes';
import type { Endpoint } from './http/endpoint';
import { type ErrorShape, PROBLEM_JSON } from './http/problem';
import { SERVICE_ROUTES } from './http/service-routes';

/** A published surface: its routes, and the shape of its errors. */
export interface Surface {
  name: 'native' | 'polling' | 'monitoring' | 'line' | 'admin' | 'open';
  /** Unknown paths below it are answered in its shape. */
  prefix: string;
  errors: ErrorShape;
  endpoints: readonly Endpoint[];
}

/** Every route of the service. The router, OpenAPI and the test matrices are made from this one table. */
export const SURFACES: readonly Surface[] = [
  { name: 'polling', prefix: '/v1/api/', errors: POLLING_ERRORS, endpoints: POLLING_ROUTES },
  { name: 'monitoring', prefix: '/api/v1/', errors: PROBLEM_JSON, endpoints: MONITORING_ROUTES },
  {
    name: 'native',
    prefix: '/api/',
    errors: PROBLEM_JSON,
    endpoints: [
      // The router takes the first path that matches: names before ids.
      ...EXPORT_ROUTES,
      ...STATS_ROUTES,
      ...BULK_ROUTES,
      ...JOB_ROUTES,
      ...REPORT_ROUTES,
      ...LIST_ROUTES,
      ...CHILDREN_ROUTES,
      ...EVENT_ROUTES,
      ...WATCH_ROUTES,
      ...PICTURE_ROUTES,
      ...TOKEN_ROUTES,
      ...FILTER_TOKEN_ROUTES,
      ...KEY_ROUTES,
      ...SESSION_ROUTES,
      ...AUDIT_ROUTES,
      ...USAGE_ROUTES,
      ...METRICS_ROUTES,
      ...WEBHOOK_ROUTES,
      ...HOOK_ROUTES,
    ],
  },
  { name: 'line', prefix: '/r/', errors: LINE_ERRORS, endpoints: LINE_ROUTES },
  { name: 'admin', prefix: '/admin/', errors: PROBLEM_JSON, endpoints: OPERATOR_ROUTES },
  {
    name: 'open',
    prefix: '/',
    errors: PROBLEM_JSON,
    endpoints: [
      ...SERVICE_ROUTES,
      ...SIGN_IN_ROUTES,
      ...DASHBOARD_ROUTES,
      ...DOCS_ROUTES,
      ...CONFIRM_ROUTES,
      ...DELIVERY_ROUTES,
    ],
  },
];
