/** Payloads as the partners send them: their public structure, with content made up for these tests. */

const ACTOR = {
  login: 'mira-feeds',
  id: 7_140_221,
  node_id: 'MDQ6VXNlcjcxNDAyMjE=',
  avatar_url: 'https://avatars.example/u/7140221?v=4',
  url: 'https://api.example/users/mira-feeds',
  html_url: 'https://code.example/mira-feeds',
  type: 'User',
  site_admin: false,
};

const person = { name: 'Mira Sandström', email: 'mira@feeds.example', username: 'mira-feeds' };

function commit(id: string, message: string, files: { added?: string[]; modified?: string[] }) {
  return {
    id,
    tree_id: '4f1c9a0d7be6323f0a8f5a2b1c3d4e5f60718293',
    distinct: true,
    message,
    timestamp: '2026-11-22T09:41:07+01:00',
    url: `https://code.example/acme/catalogue/commit/${id}`,
    author: person,
    committer: { name: 'Codehost', email: 'noreply@code.example', username: 'web-flow' },
    added: files.added ?? [],
    removed: [],
    modified: files.modified ?? [],
  };
}

const HEAD = '8f2d6c1b90a7e5d4c3b2a1908f7e6d5c4b3a2918';

/** The body of GitHub's `push` event. */
export const GITHUB_PUSH = {
  ref: 'refs/heads/main',
  before: '0d1a26e67d8f5eaf1f6ba5c57fc3c7d91ac0fd1c',
  after: HEAD,
  repository: {
    id: 186_853_002,
    node_id: 'MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=',
    name: 'catalogue',
    full_name: 'acme/catalogue',
    private: true,
    owner: { ...ACTOR, login: 'acme', type: 'Organization', name: 'acme', email: null },
    html_url: 'https://code.example/acme/catalogue',
    description: 'Product data – prices, images & stock 📦',
    fork: false,
    created_at: 1_557_933_565,
    updated_at: '2026-11-21T18:03:51Z',
    pushed_at: 1_795_337_467,
    size: 48_211,
    stargazers_count: 3,
    language: 'TypeScript',
    topics: ['feed', 'import'],
    visibility: 'private',
    default_branch: 'main',
    master_branch: 'main',
  },
  pusher: { name: 'mira-feeds', email: 'mira@feeds.example' },
  organization: { login: 'acme', id: 38_302_899, description: '' },
  sender: ACTOR,
  created: false,
  deleted: false,
  forced: false,
  base_ref: null,
  compare: 'https://code.example/acme/catalogue/compare/0d1a26e67d8f...8f2d6c1b90a7',
  commits: [
    commit(
      '1b6453892473a467d07372d45eb05abc2031647a',
      'Add the autumn range\n\n* 214 rows\n* images follow',
      {
        added: ['data/2026-autumn.csv', 'data/2026-autumn.schema.json'],
      },
    ),
    commit(HEAD, 'Prices in öre, not kronor', { modified: ['data/2026-autumn.csv'] }),
  ],
  head_commit: commit(HEAD, 'Prices in öre, not kronor', { modified: ['data/2026-autumn.csv'] }),
};

/** A Stripe event: a checkout that was paid. */
export const STRIPE_EVENT = {
  id: 'evt_1SWkQb2eZvKYlo2C0mQx4TzA',
  object: 'event',
  api_version: '2026-09-30.clover',
  created: 1_795_340_801,
  data: {
    object: {
      id: 'cs_live_a1Qm9sVwB2n0kq3RrXyZ',
      object: 'checkout.session',
      amount_subtotal: 48_900,
      amount_total: 61_125,
      automatic_tax: { enabled: true, liability: { type: 'self' }, status: 'complete' },
      client_reference_id: 'export-2026-11',
      created: 1_795_340_620,
      currency: 'sek',
      customer: 'cus_TKf3bqPz81LmVe',
      customer_details: {
        address: { city: 'Malmö', country: 'SE' },
        email: 'buyer@shop.example',
        name: 'J. Ek',
      },
      expires_at: 1_795_427_020,
      livemode: true,
      metadata: { seats: '25', plan: 'catalogue-export' },
      mode: 'payment',
      payment_intent: 'pi_3SWkQZ2eZvKYlo2C1hT9dRfu',
      payment_method_types: ['card', 'klarna'],
      payment_status: 'paid',
      status: 'complete',
      total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 12_225 },
    },
  },
  livemode: true,
  pending_webhooks: 1,
  request: { id: null, idempotency_key: '3b2f7f0e-4a55-4f0c-9a39-2d6a6f7cf0b1' },
  type: 'checkout.session.completed',
};
