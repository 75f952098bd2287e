/** The service as the tools of this project use it: built into a folder, and run from there as a process of its own. */
export { buildBundle, bundleFor } from './service/bundle.ts';
export { type Service, type ServiceOptions, startService } from './service/start-service.ts';
