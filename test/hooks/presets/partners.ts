import type { Partner } from './partner';
import { SHOP_PARTNERS } from './shop-partners';
import { TEAM_PARTNERS } from './team-partners';

/** Each partner of the table, by the name of its preset. */
export const PARTNERS = { ...TEAM_PARTNERS, ...SHOP_PARTNERS } satisfies Record<string, Partner>;
