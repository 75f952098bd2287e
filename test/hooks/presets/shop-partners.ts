/** Who calls those who sell: shops, payments, books, mail, messages, forms, support. */
import { STRIPE_EVENT } from '../payloads';
import { SECRETS } from '../senders';
import { type Partner, SECRET } from './partner';
import * as sign from './signers';

const MAIL = { email: 'buyer@shop.example', 'smtp-id': '<q7@mail.example>', timestamp: 1_795_340_801 };

export const SHOP_PARTNERS = {
  stripe: {
    ...{ secret: SECRETS.stripe, payload: STRIPE_EVENT, name: '/type' },
    sign: sign.listed('Stripe-Signature'),
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
} satisfies Record<string, Partner>;
