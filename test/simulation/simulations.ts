import { simulateDeliveries } from './deliveries/simulate-deliveries';
import type { Machine, Outcome } from './machine';
import { simulate } from './simulate';

/** What can be simulated: jobs and their index, and deliveries from the index to endpoints. */
export const SIMULATIONS = {
  jobs: simulate,
  deliveries: simulateDeliveries,
} satisfies Record<string, (seed: number, machine: Machine) => Promise<Outcome>>;
