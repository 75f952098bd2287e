import type { Publication, Receipt } from '../../src/domain/feed/publication';
import type { OrgIndexDO } from '../../src/objects/org-index/org-index-do';
import type { Host } from './host';
import type { InstanceStorage } from './storage';
import type { World } from './world';

/** Told of what passes between a job and its index. */
export interface Wire {
  /** The index can't be reached now. */
  away(): boolean;
  sent(publication: Publication): void;
  /** The index has dealt with a publication by changing `rows` rows; null where it dealt with another at once. */
  dealt(
    publication: Publication,
    known: { revision: number; through: number } | null,
    rows: number | null,
  ): void;
  known(jobId: string): { revision: number; through: number } | null;
}

/**
 * The index as a job reaches it: what is sent may be lost, arrive twice, late or out of order, and so may the answer. A
 * sender that has crashed hears nothing.
 */
export function indexStub(world: World, index: Host<OrgIndexDO>, sender: InstanceStorage, wire: Wire) {
  const arrive = async (publication: Publication): Promise<Receipt> => {
    const [known, before] = [wire.known(publication.summary.job_id), index.disk.database.written];
    const [idle, calls] = [index.idle, index.calls];
    const receipt = await index.call((instance) => instance.publish(publication));
    wire.dealt(
      publication,
      known,
      idle && index.calls === calls + 1 ? index.disk.database.written - before : null,
    );
    return receipt;
  };
  return {
    publish(publication: Publication): Promise<Receipt> {
      wire.sent(publication);
      const sent = structuredClone(publication);
      return new Promise((resolve, reject) => {
        const answer = (tell: () => void) =>
          world.at(world.now + world.random.between(0, 10), () => sender.dead || tell());
        const lost = () => answer(() => reject(new Error('lost')));
        if (wire.away() || world.fault(0.08)) return lost();
        // Not even an error comes back.
        if (world.fault(0.02)) return;
        const delay = world.fault(0.1) ? world.random.between(100, 8_000) : world.random.between(0, 20);
        if (world.fault(0.08)) {
          const copy = structuredClone(sent);
          world.at(
            world.now + delay + world.random.between(0, 9_000),
            () => void arrive(copy).catch(() => {}),
          );
        }
        world.at(world.now + delay, () => {
          arrive(sent).then((receipt) => {
            if (world.fault(0.08)) lost();
            else answer(() => resolve(receipt));
          }, lost);
        });
      });
    },
  };
}
