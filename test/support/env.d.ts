import type { Env as ServiceEnv } from '../../src/config';

declare global {
  namespace Cloudflare {
    interface Env extends ServiceEnv {}
    interface GlobalProps {
      mainModule: typeof import('../../src/worker');
    }
  }
}
