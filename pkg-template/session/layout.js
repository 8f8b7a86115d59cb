/** What the WebAssembly module and the script agree on, in numbers. A test in src/session/slab/slot.rs holds them against Rust's. */

/** The length of a request id. */
export const ID_LENGTH = 36;

/** A reserved slot stands above the index of its id, which has so many bits. */
export const INDEX_BITS = 7;

/** What stands there where the module gives no slot. */
export const NO_SLOT = -1;

const INDEX = (1 << INDEX_BITS) - 1;

/** The slot of what was reserved. @param {number} reserved */
export const slotOf = (reserved) => reserved >>> INDEX_BITS;

/** Its id, which stands among others in one text. @param {string} ids @param {number} reserved */
export const idOf = (ids, reserved) => {
  const start = (reserved & INDEX) * ID_LENGTH;
  return ids.substring(start, start + ID_LENGTH);
};

/**
 * A frame's text: a whole one, or two halves with the id in between.
 * @param {import('../define.d.ts').Frame} frame
 * @param {string} id
 */
export const textOf = ([head, tail], id) => (tail === undefined ? head : head + id + tail);
