import * as z from 'zod';

/** Where an act came from, as it is shown: the fields of its trace but for the actor. */
export const traceFields = {
  request_id: z.string().nullable(),
  address: z
    .string()
    .nullable()
    .meta({ description: 'The network of the sender, a /24 or a /48; null where that can’t be told.' }),
  user_agent: z.string().nullable(),
};
