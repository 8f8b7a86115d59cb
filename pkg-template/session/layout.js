/** Numbers that the WebAssembly module and the script share. A test in src/session/slab/slot.rs compares them with Rust's. */

/** The length of a request id. */
export const ID_LENGTH = 36;

/** A reserved slot stands above the index of its id, which has so many bits. */
export const INDEX_BITS = 7;

/** The number instead of a slot when there is none. */
export const NO_SLOT = -1;

const INDEX = (1 << INDEX_BITS) - 1;

/** The slot in a packed number. @param {number} reserved */
export const slotOf = (reserved) => reserved >>> INDEX_BITS;

/** The id of a packed number, out of the text with the batch's ids. @param {string} ids @param {number} reserved */
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
