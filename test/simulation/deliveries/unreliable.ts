import type { Host, Wakeful } from '../host';
import type { World } from '../world';

type Methods = Record<string, (...args: unknown[]) => Promise<unknown>>;

/**
 * An object as another one reaches it: a call may be lost, late or made twice, and its answer may be lost. A sender that
 * has crashed hears nothing.
 */
export function unreliable<Instance extends Wakeful>(
  world: World,
  host: Host<Instance>,
  sender: { dead: boolean },
): Instance {
  const call = (method: string, args: unknown[]) =>
    new Promise((resolve, reject) => {
      const { random } = world;
      const sent = structuredClone(args);
      const arrive = () =>
        host.call(
          (instance) => (instance as unknown as Methods)[method]?.(...structuredClone(sent)) ?? never(),
        );
      const answer = (tell: () => void) =>
        world.at(world.now + random.between(0, 10), () => sender.dead || tell());
      const lost = () => answer(() => reject(new Error('lost')));
      if (world.fault(0.05)) return lost();
      if (world.fault(0.05))
        world.at(world.now + random.between(0, 2_000), () => void arrive().catch(() => {}));
      const delay = world.fault(0.08) ? random.between(100, 8_000) : random.between(0, 20);
      world.at(world.now + delay, () => {
        arrive().then((value) => {
          if (world.fault(0.05)) lost();
          else answer(() => resolve(structuredClone(value)));
        }, lost);
      });
    });
  const stub = {
    get:
      (_: object, method: string | symbol) =>
      (...args: unknown[]) =>
        call(String(method), args),
  };
  return new Proxy({}, stub) as Instance;
}

function never(): Promise<never> {
  return Promise.reject(new Error('there is no such method'));
}
