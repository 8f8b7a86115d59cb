/** Faults at random, which a seed repeats. */
import { TestHostError, shown } from './error.js';
import { randomFrom } from './random.js';

/** @typedef {import('./index.d.ts').Fault} Fault */
/** @typedef {import('./index.d.ts').ChaosOptions} ChaosOptions */

/** How each kind is made of a random number from 0 to 1; `refuse` is done at handshakes. @type {Record<string, (random: () => number) => Fault>} */
const KINDS = {
  delay: (random) => ({ delay: Math.ceil(random() * 20) }),
  reorder: (random) => ({ reorder: 1 + Math.floor(random() * 3) }),
  duplicate: () => ({ duplicate: true }),
  drop: () => ({ drop: true }),
  foreignId: () => ({ foreignId: true }),
  noId: () => ({ noId: true }),
  close: (random) => ({ close: [1001, 1011, 1012, 4000][Math.floor(random() * 4)] }),
  break: () => ({ break: true }),
  halfOpen: (random) => ({ halfOpen: Math.ceil(random() * 20) }),
  restart: (random) => ({ restart: Math.floor(random() * 10) }),
};

const ALL = /** @type {NonNullable<ChaosOptions['kinds']>} */ ([...Object.keys(KINDS), 'refuse']);

/**
 * @param {ChaosOptions} options
 * @returns {{ seed: number, choose: () => Fault | undefined, refuses: () => boolean }}
 */
export const chaos = ({ seed = Math.floor(Math.random() * 2 ** 32), rate = 0.1, kinds = ALL } = {}) => {
  if (!Number.isInteger(seed) || seed < 0) throw new TestHostError('INVALID_ARGUMENT', `chaos: the seed is ${shown(seed)}; expected a whole number, 0 or more.`);
  if (!(rate >= 0 && rate <= 1)) throw new TestHostError('INVALID_ARGUMENT', `chaos: the rate is ${shown(rate)}; expected a number from 0 (never) to 1 (every frame).`);
  const unknown = kinds.find((kind) => !ALL.includes(kind));
  if (unknown !== undefined) throw new TestHostError('INVALID_ARGUMENT', `chaos: there is no kind ${shown(unknown)}; there are ${ALL.join(', ')}.`);
  // Each has numbers of its own, so that a handshake more or less does not change what becomes of the frames.
  const random = randomFrom(seed);
  const handshakes = randomFrom(seed ^ 0x9e3779b9);
  const ofFrames = kinds.filter((kind) => kind !== 'refuse');
  return {
    seed,
    choose: () => (ofFrames.length > 0 && random() < rate ? KINDS[ofFrames[Math.floor(random() * ofFrames.length)]](random) : undefined),
    refuses: () => kinds.includes('refuse') && handshakes() < rate,
  };
};
