/** Each partner of the table: a payload shaped as it documents it, with details made up, and how it signs. */
import { GITHUB_PUSH, STRIPE_EVENT } from '../payloads';
import { type Headers, SECRETS } from '../senders';
import * as sign from './signers';

export interface Partner {
  /** What the hook is given as its secret. */
  secret: string;
  payload: unknown;
  /** Where the payload says what it is about: the job is named so. */
  name: string;
  /** As a form, not as JSON. */
  form?: true;
  sign: (unsigned: sign.Unsigned) => Headers;
}

const SECRET = 'a shared secret of the two';
const MAIL = { email: 'buyer@shop.example', 'smtp-id': '<q7@mail.example>', timestamp: 1_795_340_801 };

export const PARTNERS = {
  github: {
    ...{ secret: SECRETS.github, payload: GITHUB_PUSH, name: '/repository/full_name' },
    sign: sign.body('X-Hub-Signature-256', 'sha256='),
  },
  stripe: {
    ...{ secret: SECRETS.stripe, payload: STRIPE_EVENT, name: '/type' },
    sign: sign.listed('Stripe-Signature'),
  },
  standard_webhooks: {
    secret: SECRETS.standard,
    payload: {
      type: 'invoice.paid',
      timestamp: '2026-11-22T09:41:07Z',
      data: { id: 'inv_81', total: 4_200 },
    },
    name: '/type',
    sign: sign.standard('webhook'),
  },
  standard_webhooks_v1a: {
    secret: sign.SHOWN.standard,
    payload: {
      type: 'invoice.paid',
      timestamp: '2026-11-22T09:41:07Z',
      data: { id: 'inv_81', total: 4_200 },
    },
    name: '/type',
    sign: sign.standardPublic,
  },
  svix: {
    secret: SECRETS.standard,
    payload: {
      type: 'user.created',
      object: 'event',
      data: { id: 'user_29w83sxmDNGwOuEthce5gg56FcC', username: 'mira' },
    },
    name: '/type',
    sign: sign.standard('svix'),
  },
  shopify: {
    secret: SECRET,
    payload: {
      ...{ id: 820_982_911_946_154_500, admin_graphql_api_id: 'gid://shopify/Order/820982911946154508' },
      ...{
        email: 'buyer@shop.example',
        created_at: '2026-11-22T09:41:07-05:00',
        currency: 'SEK',
        name: '#9999',
      },
      line_items: [{ id: 866_550_311_766_439_000, title: 'Lamp “Öre”', quantity: 1, price: '199.00' }],
    },
    name: '/name',
    sign: sign.body('X-Shopify-Hmac-SHA256', '', 'base64'),
  },
  slack: {
    secret: SECRETS.slack,
    payload: {
      ...{
        token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl',
        team_id: 'T061EG9R6',
        api_app_id: 'A0PNCHHK2',
        type: 'event_callback',
      },
      event: {
        type: 'app_mention',
        user: 'U061F7AUR',
        text: '<@U0LAN0Z89> import it',
        ts: '1795340801.000200',
        channel: 'C0LAN2Q65',
      },
      ...{ event_id: 'Ev08MFMKH6', event_time: 1_795_340_801 },
    },
    name: '/event/type',
    sign: sign.slack,
  },
  gitlab: {
    secret: SECRET,
    payload: {
      ...{
        object_kind: 'push',
        event_name: 'push',
        ref: 'refs/heads/main',
        user_username: 'mira',
        project_id: 15,
      },
      ...{ after: GITHUB_PUSH.after, before: GITHUB_PUSH.before, checkout_sha: GITHUB_PUSH.after },
      project: { id: 15, name: 'Catalogue', path_with_namespace: 'acme/catalogue', default_branch: 'main' },
      commits: [
        {
          id: GITHUB_PUSH.after,
          message: 'Prices in öre\n',
          author: { name: 'Mira', email: 'mira@feeds.example' },
        },
      ],
      total_commits_count: 1,
    },
    name: '/project/path_with_namespace',
    sign: ({ secret }) => ({ 'X-Gitlab-Token': secret, 'X-Gitlab-Event': 'Push Hook' }),
  },
  bitbucket: {
    secret: SECRET,
    payload: {
      actor: { type: 'user', display_name: 'Mira', uuid: '{d301aafa-d676-4ee0-88be-962be7417567}' },
      repository: { type: 'repository', full_name: 'acme/catalogue', is_private: true },
      push: {
        changes: [
          {
            new: { type: 'branch', name: 'main', target: { hash: GITHUB_PUSH.after } },
            created: false,
            closed: false,
          },
        ],
      },
    },
    name: '/repository/full_name',
    sign: sign.body('X-Hub-Signature', 'sha256='),
  },
  linear: {
    secret: SECRET,
    payload: {
      ...{ action: 'create', type: 'Issue', createdAt: '2026-11-22T09:41:07.000Z' },
      data: { id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9', title: 'Import the autumn range', number: 71 },
      ...{ organizationId: '3fa1b6c2-0d4e-4c0e-9d52-0e6f1d2c3b4a', webhookTimestamp: 1_795_340_801_000 },
    },
    name: '/data/title',
    sign: sign.body('Linear-Signature'),
  },
  jira: {
    secret: SECRET,
    payload: {
      ...{
        timestamp: 1_795_340_801_000,
        webhookEvent: 'jira:issue_created',
        issue_event_type_name: 'issue_created',
      },
      issue: {
        id: '10002',
        key: 'IMP-41',
        fields: { summary: 'Import again', labels: ['import'], priority: { name: 'High' } },
      },
    },
    name: '/issue/key',
    sign: sign.body('X-Hub-Signature', 'sha256='),
  },
  sentry: {
    secret: SECRET,
    payload: {
      action: 'created',
      installation: { uuid: '7a485448-a9e2-4c85-8a3c-4f44175783c9' },
      data: {
        issue: {
          id: '1170820242',
          shortId: 'CATALOGUE-1',
          title: 'TypeError: price is null',
          culprit: 'import.ts',
          level: 'error',
        },
      },
      actor: { type: 'application', id: 'sentry', name: 'Sentry' },
    },
    name: '/data/issue/shortId',
    sign: sign.body('Sentry-Hook-Signature'),
  },
  pagerduty: {
    secret: SECRET,
    payload: {
      event: {
        ...{ id: '01BWQ9JKG4YKR6LXM4QQ51T6CX', event_type: 'incident.triggered', resource_type: 'incident' },
        occurred_at: '2026-11-22T09:41:07.238Z',
        data: {
          id: 'PGR0VU2',
          type: 'incident',
          title: 'Imports are late',
          number: 2,
          status: 'triggered',
          urgency: 'high',
        },
      },
    },
    name: '/event/event_type',
    sign: sign.pagerduty,
  },
  alertmanager: {
    secret: SECRET,
    payload: {
      ...{
        version: '4',
        groupKey: '{}:{alertname="ImportLate"}',
        truncatedAlerts: 0,
        status: 'firing',
        receiver: 'headway',
      },
      ...{
        groupLabels: { alertname: 'ImportLate' },
        commonLabels: { alertname: 'ImportLate', severity: 'page' },
      },
      ...{ commonAnnotations: {}, externalURL: 'http://alertmanager.example' },
      alerts: [
        {
          ...{
            status: 'firing',
            labels: { alertname: 'ImportLate', instance: 'a' },
            annotations: {},
            fingerprint: '5ef77f1f8a3ecfc2',
          },
          ...{
            startsAt: '2026-11-22T09:41:07.000Z',
            endsAt: '0001-01-01T00:00:00Z',
            generatorURL: 'http://prometheus.example/graph',
          },
        },
      ],
    },
    name: '/commonLabels/alertname',
    sign: ({ secret }) => ({ Authorization: `Bearer ${secret}` }),
  },
  twilio: {
    secret: 'f0e1d2c3b4a5968778695a4b3c2d1e0f',
    payload: {
      ...{
        ToCountry: 'SE',
        SmsMessageSid: 'SM4b6f',
        NumMedia: '0',
        Body: 'import & go, å',
        FromCountry: 'SE',
      },
      ...{
        To: '+46700000001',
        MessageSid: 'SM4b6f',
        AccountSid: 'AC9a1e',
        From: '+46700000002',
        ApiVersion: '2010-04-01',
      },
    },
    name: '/MessageSid',
    form: true,
    sign: sign.twilio,
  },
  sendgrid: {
    secret: sign.SHOWN.sendgrid,
    payload: [
      {
        ...MAIL,
        event: 'delivered',
        category: ['import'],
        sg_event_id: 'ZGVsaXZlcmVkLTA',
        sg_message_id: '14c5d75ce93.dfd.64b469',
      },
      {
        ...MAIL,
        event: 'open',
        useragent: 'Mail/1',
        ip: '198.51.100.7',
        sg_event_id: 'b3Blbi0x',
        sg_message_id: '14c5d75ce93.dfd.64b469',
      },
    ],
    name: '/0/sg_event_id',
    sign: sign.sendgrid,
  },
  hubspot: {
    secret: SECRET,
    payload: [
      {
        ...{
          objectId: 1_246_965,
          propertyName: 'lifecyclestage',
          propertyValue: 'subscriber',
          changeSource: 'CRM',
        },
        ...{
          eventId: 3_816_279_340,
          subscriptionId: 25,
          portalId: 33,
          appId: 1_160_452,
          occurredAt: 1_795_340_801_000,
        },
        ...{ subscriptionType: 'contact.propertyChange', attemptNumber: 0 },
      },
    ],
    name: '/0/subscriptionType',
    sign: sign.hubspot,
  },
  workos: {
    secret: SECRET,
    payload: {
      ...{
        id: 'event_04FKJ843CVE8F7BXQSPFH0M53V',
        event: 'dsync.user.created',
        created_at: '2026-11-22T09:41:07.238Z',
      },
      data: {
        id: 'directory_user_01E1X1B89NH8Z3SDFJR4H7RGX7',
        directory_id: 'directory_01E',
        emails: [{ primary: true, value: 'm@x.example' }],
      },
    },
    name: '/event',
    sign: sign.listed('WorkOS-Signature', true),
  },
  twitch: {
    secret: SECRET,
    payload: {
      subscription: {
        ...{
          id: 'f1c2a387-161a-49f9-a165-0f21d7a4e1c4',
          status: 'enabled',
          type: 'channel.follow',
          version: '2',
          cost: 1,
        },
        ...{ condition: { broadcaster_user_id: '12826' }, created_at: '2026-11-22T09:41:07.634Z' },
        transport: { method: 'webhook', callback: 'https://headway.example/hooks' },
      },
      event: {
        user_id: '1337',
        user_login: 'mira',
        user_name: 'Mira',
        followed_at: '2026-11-22T09:41:07.174Z',
      },
    },
    name: '/subscription/type',
    sign: sign.twitch,
  },
  trello: {
    secret: SECRET,
    payload: {
      action: {
        ...{
          id: '51f9424bcd6e040f3c002412',
          idMemberCreator: '4fc78a59a885233f4b349bd9',
          type: 'updateCard',
        },
        data: {
          board: { name: 'Imports', id: '4d5ea62fd76aa1136000000c' },
          card: { idShort: 1_458, name: 'Autumn', id: '51a79e72dbb7e23c7c003778' },
        },
      },
      model: { id: '4d5ea62fd76aa1136000000c', name: 'Imports', closed: false },
    },
    name: '/action/type',
    sign: sign.trello,
  },
  square: {
    secret: SECRET,
    payload: {
      ...{
        merchant_id: '6SSW7HV8K2ST5',
        type: 'payment.updated',
        event_id: '13b867cf-db3d-4b1c-90b6-2f32a9d78124',
      },
      created_at: '2026-11-22T09:41:07.2Z',
      data: {
        type: 'payment',
        id: 'KkAkhdMsgzn59SM8A89WgKwekxLZY',
        object: { payment: { amount_money: { amount: 100, currency: 'SEK' }, status: 'COMPLETED' } },
      },
    },
    name: '/type',
    sign: sign.square,
  },
  xero: {
    secret: SECRET,
    payload: {
      events: [
        {
          ...{
            resourceUrl: 'https://api.example/Contacts/717f2bfc',
            resourceId: '717f2bfc-c6d4-41fd-b238-3f2f0c0cf777',
          },
          ...{
            eventDateUtc: '2026-11-22T09:41:07.000',
            eventType: 'UPDATE',
            eventCategory: 'CONTACT',
            tenantType: 'ORGANISATION',
          },
        },
      ],
      ...{ firstEventSequence: 1, lastEventSequence: 1, entropy: 'S0m3r4Nd0mt3xt' },
    },
    name: '/events/0/eventCategory',
    sign: sign.body('x-xero-signature', '', 'base64'),
  },
  zendesk: {
    secret: SECRET,
    payload: {
      ...{
        account_id: 12_514_403,
        id: 'cbe4028c-7239-495d-b020-f22348516046',
        type: 'zen:event-type:ticket.created',
      },
      ...{
        subject: 'zen:ticket:4711',
        time: '2026-11-22T09:41:07.599Z',
        zendesk_event_version: '2022-06-20',
        event: {},
      },
      detail: { id: '4711', subject: 'Import again, please', status: 'OPEN' },
    },
    name: '/type',
    sign: sign.zendesk,
  },
  discord: {
    secret: sign.SHOWN.discord,
    payload: {
      ...{ version: 1, application_id: '1234560123453231555', type: 1 },
      event: {
        ...{ type: 'APPLICATION_AUTHORIZED', timestamp: '2026-11-22T09:41:07.418Z' },
        data: {
          integration_type: 1,
          scopes: ['applications.commands'],
          user: { id: '987654321', username: 'mira' },
        },
      },
    },
    name: '/event/type',
    sign: sign.discord,
  },
  woocommerce: {
    secret: SECRET,
    payload: {
      ...{
        id: 727,
        parent_id: 0,
        number: '727',
        order_key: 'wc_order_58d2d042d1d',
        status: 'processing',
        currency: 'SEK',
        total: '29.35',
      },
      ...{
        date_created: '2026-11-22T09:41:07',
        line_items: [{ id: 315, name: 'Lamp', quantity: 1 }],
        billing: { first_name: 'J', country: 'SE' },
      },
    },
    name: '/order_key',
    sign: sign.body('X-WC-Webhook-Signature', '', 'base64'),
  },
  typeform: {
    secret: SECRET,
    payload: {
      ...{ event_id: 'LtWXD3crgy', event_type: 'form_response' },
      form_response: {
        ...{
          form_id: 'lT4Z3j',
          token: 'a3a12ec67a1365927098a606107fac15',
          submitted_at: '2026-11-22T09:41:07Z',
        },
        answers: [{ type: 'text', text: 'Lamps', field: { id: 'DlXFaesGBpoF', type: 'short_text' } }],
      },
    },
    name: '/event_type',
    sign: sign.body('Typeform-Signature', 'sha256=', 'base64'),
  },
  calendly: {
    secret: SECRET,
    payload: {
      ...{
        event: 'invitee.created',
        created_at: '2026-11-22T09:41:07.000000Z',
        created_by: 'https://api.example/users/AAAA',
      },
      payload: {
        email: 'buyer@shop.example',
        name: 'J. Ek',
        status: 'active',
        timezone: 'Europe/Stockholm',
        rescheduled: false,
      },
    },
    name: '/event',
    sign: sign.listed('Calendly-Webhook-Signature'),
  },
  paddle: {
    secret: 'pdl_ntfset_01hxs6hf0k4y4hb0g1k8kz1j6k_secret',
    payload: {
      ...{
        event_id: 'evt_01hv8wptq8987qeep44cyrewp9',
        event_type: 'transaction.completed',
        notification_id: 'ntf_01hv8wptvnvs5d6m6vw12c3b33',
      },
      ...{
        occurred_at: '2026-11-22T09:41:07.118702Z',
        data: { id: 'txn_01hv8wptq8987qeep44cyrewp9', status: 'completed', currency_code: 'SEK' },
      },
    },
    name: '/event_type',
    sign: sign.paddle,
  },
  mux: {
    secret: SECRET,
    payload: {
      ...{
        type: 'video.asset.ready',
        id: '3a56ac3d-33da-4366-855b-f592d898409d',
        created_at: '2026-11-22T09:41:07.000000Z',
      },
      object: { type: 'asset', id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002' },
      data: { id: '0201p02fGKPE7MrbC269XRD7LpcHhrmbu0002', status: 'ready', duration: 30.05, tracks: [] },
      ...{ environment: { name: 'Production', id: 'j0863n' }, attempts: [] },
    },
    name: '/type',
    sign: sign.listed('Mux-Signature'),
  },
} satisfies Record<string, Partner>;
