/** Bodies that are taken where few that their schema takes would be: the schema can't say all that must go together. */
const MAPPING = {
  action: 'create',
  from: { total_items: '/n', 'metadata.who': '/who' },
  set: { job_type: 'import' },
};

export const EXAMPLES: Record<string, object> = {
  createKey: { name: 'k', permissions: ['job:read'] },
  changeKey: { name: 'k2' },
  createOrganizationKey: { name: 'k', preset: 'worker' },
  changeOrganizationKey: { name: 'k2' },
  changeOrganization: { external_id: null },
  createWebhook: { url: 'named', event_types: ['job.completed'] },
  changeWebhook: { description: 'd' },
  createHook: { name: 'named', verification: { scheme: 'token' }, mapping: MAPPING },
  updateHook: { mapping: MAPPING },
  receiveDelivery: { n: 3, who: 'x' },
  testHook: { n: 3, who: 'x' },
  testNewHook: {
    hook: { name: 'named', verification: { scheme: 'token' }, mapping: MAPPING },
    body: '{"n": 3, "who": "x"}',
  },
  signInByCode: { code: 'named sign_in_code' },
  rotateHook: {},
  rerunJob: {},
  pollRerun: {},
};
