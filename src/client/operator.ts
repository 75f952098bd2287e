import { organizations } from './resources.ts';
import { Transport, type TransportOptions } from './transport.ts';

export interface OperatorOptions extends Omit<TransportOptions, 'credential' | 'organization'> {
  adminToken: string;
}

/** Who runs a service: makes organizations and their first keys. */
export class Operator {
  readonly organizations: ReturnType<typeof organizations>;

  constructor({ adminToken, ...options }: OperatorOptions) {
    this.organizations = organizations(new Transport({ ...options, credential: adminToken }));
  }
}
