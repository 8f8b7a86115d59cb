/** Replies made comparable: ids are numbered in the order in which they are first seen, times are masked. */

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;

export class Masked {
  /** @type {Map<string, string>} */
  #ids = new Map();

  /** @param {string} text */
  text(text) {
    const number = (/** @type {string} */ id) => {
      const known = this.#ids.get(id) ?? `id ${this.#ids.size + 1}`;
      this.#ids.set(id, known);
      return known;
    };
    return text.replace(ID, number).replace(TIME, 'time');
  }

  /** The id that was given a number. @param {number} wanted */
  id(wanted) {
    for (const [id, name] of this.#ids) if (name === `id ${wanted}`) return id;
    throw new Error(`no reply had ${wanted} ids`);
  }
}
