/** The service with objects that count what webhooks write and ask for. */
import type { Namespaces } from '../../src/objects/address';
import { OrgDO as ServiceOrg } from '../../src/objects/org/org-do';
import { OrgIndexDO as ServiceIndex } from '../../src/objects/org-index/org-index-do';
import { WebhookDO as ServiceWebhook } from '../../src/objects/webhook/webhook-do';
import type { WebhookVariables } from '../../src/objects/webhook/webhook-settings';
import service from '../../src/worker';

export * from '../../src/worker';

const counts = { rows: 0, indexAlarms: 0, pulls: 0, pokes: 0, settings: 0, alarms: 0 };

export class OrgDO extends ServiceOrg {
  override webhook(...ask: Parameters<ServiceOrg['webhook']>) {
    counts.settings += 1;
    return super.webhook(...ask);
  }
}

export class OrgIndexDO extends ServiceIndex {
  constructor(ctx: DurableObjectState, env: Namespaces) {
    const { setAlarm } = ctx.storage;
    ctx.storage.setAlarm = (...at) => {
      counts.indexAlarms += 1;
      return setAlarm.apply(ctx.storage, at);
    };
    super(ctx, env);
  }

  override pull(...ask: Parameters<ServiceIndex['pull']>) {
    counts.pulls += 1;
    return super.pull(...ask);
  }
}

export class WebhookDO extends ServiceWebhook {
  constructor(ctx: DurableObjectState, env: Namespaces & WebhookVariables) {
    const { storage } = ctx;
    const { sql, setAlarm } = storage;
    const { exec } = sql;
    sql.exec = ((...query: Parameters<SqlStorage['exec']>) => {
      const cursor = exec.apply(sql, query);
      counts.rows += cursor.rowsWritten;
      return cursor;
    }) as SqlStorage['exec'];
    storage.setAlarm = (...at) => {
      counts.rows += 1;
      return setAlarm.apply(storage, at);
    };
    super(ctx, env);
  }

  override poke(...poke: Parameters<ServiceWebhook['poke']>) {
    counts.pokes += 1;
    return super.poke(...poke);
  }

  override alarm() {
    counts.alarms += 1;
    return super.alarm();
  }
}

export default {
  fetch(request, env, ctx) {
    if (new URL(request.url).pathname === '/webhook-counts') return Response.json(counts);
    return service.fetch(request, env as never, ctx);
  },
} satisfies ExportedHandler<Namespaces>;
