/**
 * Text messages as a client's WebSocket frames (RFC 6455, section 5.2): final, masked, without extensions. Those of one
 * tick stand behind one another in one buffer, so that they go out in one write, and each is encoded directly into the buffer.
 */

import { builtin } from './builtin.js';

const { randomFillSync } = builtin('crypto');

/** How many bytes the shared buffer has. A frame that does not fit in what is left of an empty one gets its own. */
const SIZE = 1 << 16;

/** The longest header: two bytes, eight of length, four of mask. */
const HEADER = 14;

/** UTF-8 takes at most so many bytes for a unit of UTF-16. */
const BYTES_A_UNIT = 3;

/** Masks have to be unpredictable; getting them one by one would be slow. */
const masks = randomFillSync(new Int32Array(1024));
let masksUsed = 0;

const nextMask = () => {
  if (masksUsed === masks.length) {
    randomFillSync(masks);
    masksUsed = 0;
  }
  return masks[masksUsed++];
};

/** Masking by words takes their bytes to be in this order. */
export const canMask = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** A buffer and the same memory by words. */
const allocate = (/** @type {number} */ size) => {
  // Memory of its own, so that words begin where it begins.
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, words: new Int32Array(bytes.buffer, 0, size >> 2) };
};

/**
 * Writes a frame at `at` and returns where it ends. There must be room for it in the worst case.
 * @param {{ bytes: Buffer, words: Int32Array }} memory
 * @param {number} at
 * @param {string} text
 */
const writeFrame = ({ bytes, words }, at, text) => {
  // Text that is ASCII, as most is, has the length that it seems to have.
  let header = headerFor(text.length);
  const length = bytes.write(text, at + header);
  const needed = headerFor(length);
  if (needed !== header) {
    bytes.copyWithin(at + needed, at + header, at + header + length);
    header = needed;
  }
  bytes[at] = 0x81;
  if (header === 6) {
    bytes[at + 1] = 0x80 | length;
  } else if (header === 8) {
    bytes[at + 1] = 0x80 | 126;
    bytes[at + 2] = length >> 8;
    bytes[at + 3] = length;
  } else {
    bytes[at + 1] = 0x80 | 127;
    bytes.writeBigUInt64BE(BigInt(length), at + 2);
  }
  const start = at + header;
  const mask = nextMask();
  for (let byte = 0; byte < 4; byte += 1) bytes[start - 4 + byte] = mask >>> (8 * byte);
  maskBytes(bytes, words, start, start + length, mask);
  return start + length;
};

/** @param {number} length of the payload in bytes */
const headerFor = (length) => (length < 126 ? 6 : length < 65536 ? 8 : HEADER);

/**
 * @param {Buffer} bytes
 * @param {Int32Array} words
 * @param {number} start
 * @param {number} end
 * @param {number} mask its first byte lowest
 */
const maskBytes = (bytes, words, start, end, mask) => {
  let at = start;
  for (; at < end && (at & 3) !== 0; at += 1) bytes[at] ^= mask >>> (8 * ((at - start) & 3));
  // The words begin somewhere within the mask. A shift by 32 shifts by nothing.
  const turn = 8 * ((at - start) & 3);
  const turned = (mask >>> turn) | (mask << (32 - turn));
  const lastWord = end >> 2;
  let word = at >> 2;
  for (; word < lastWord; word += 1) words[word] ^= turned;
  for (at = Math.max(at, word << 2); at < end; at += 1) bytes[at] ^= mask >>> (8 * ((at - start) & 3));
};

/** Buffers that nobody has frames in: a socket has one only while it holds something back. @type {ReturnType<typeof allocate>[]} */
const free = [];

/** How many of them are kept. */
const MOST_FREE = 4;

/** The frames of one tick. */
export class TextFrames {
  /** Where the frames stand: in one of the shared buffers, or in that of a single large one. @type {ReturnType<typeof allocate> | undefined} */
  #memory;
  #length = 0;

  /** How many bytes wait. */
  get length() {
    return this.#length;
  }

  /**
   * Adds a message if there is room for it; the first of a batch always gets in.
   * @param {string} text
   */
  add(text) {
    const most = HEADER + BYTES_A_UNIT * text.length;
    if (this.#memory === undefined) {
      // A large one gets as much as it has to have: such a text may be of any length.
      this.#memory = most > SIZE ? allocate(HEADER + Buffer.byteLength(text)) : (free.pop() ?? allocate(SIZE));
    } else if (this.#length + most > this.#memory.bytes.length) {
      return false;
    }
    this.#length = writeFrame(this.#memory, this.#length, text);
    return true;
  }

  /**
   * Takes out what waits, to be written now; then say what became of it.
   * @param {boolean} keeps whether who gets it keeps it for later: then it is a copy, no longer than what is in it
   */
  take(keeps) {
    const { bytes } = /** @type {ReturnType<typeof allocate>} */ (this.#memory);
    const taken = bytes.subarray(0, this.#length);
    this.#length = 0;
    return keeps && bytes.length === SIZE ? Buffer.from(taken) : taken;
  }

  /** @param {boolean} isWritten whether the memory of what was taken is free again */
  taken(isWritten) {
    const memory = /** @type {ReturnType<typeof allocate>} */ (this.#memory);
    this.#memory = undefined;
    if (isWritten && memory.bytes.length === SIZE && free.length < MOST_FREE) free.push(memory);
  }
}
