/** The service, with endpoints and hooks whose objects count how often one of them is started. */
import { HookDO as ServiceHook } from '../../src/objects/hook/hook-do';
import { WebhookDO as ServiceWebhook } from '../../src/objects/webhook/webhook-do';
import service from '../../src/worker';

export * from '../../src/worker';

const starts = { endpoints: 0, hooks: 0 };

export class WebhookDO extends ServiceWebhook {
  constructor(...made: ConstructorParameters<typeof ServiceWebhook>) {
    super(...made);
    starts.endpoints += 1;
  }
}

export class HookDO extends ServiceHook {
  constructor(...made: ConstructorParameters<typeof ServiceHook>) {
    super(...made);
    starts.hooks += 1;
  }
}

export default {
  fetch(request: Request, env, ctx) {
    if (new URL(request.url).pathname === '/starts') return Response.json(starts);
    return service.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Cloudflare.Env>;
