/** Takes out of frames what must not stand in a file: tokens, keys, and what looks like one. */

/** @typedef {boolean | (string | RegExp)[]} Secrets */

/** Members whose texts are secret, by their name's words. */
const NAMES = /^(?:.*[_-])?(?:token|secret|password|passwd|passphrase|apikey|api[_-]?key|authorization|cookie|credential|private[_-]?key|access[_-]?key|secret[_-]?key|client[_-]?secret)s?$/i;

/** A name with its words apart: `threadToken` is `thread_Token`. @param {string} name */
const words = (name) => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2');

/** Texts that are secret, or their first group. */
const TEXTS = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[^]*?-----END [A-Z ]*PRIVATE KEY-----/g,
  /\bsk-[\w-]{16,}/g,
  /\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bglpat-[\w-]{16,}|\bnpm_\w{30,}|\bxox[abprs]-[\w-]{10,}/g,
  /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,}/g,
  /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]*/g,
  /\b(?:Bearer|Basic)\s+([\w.~+/=-]{12,})/g,
  /:\/\/[^\s/:@"']*:([^\s/@"']+)@/g,
  /\b\w*(?:TOKEN|SECRET|PASSWORD|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY)\w*["']?\s*[=:]\s*["']?([^\s"',;&]{6,})/gi,
];

export class Masking {
  /** Each secret's number: the same secret has the same number. @type {Map<string, number>} */
  #numbers = new Map();
  #isOn;
  /** @type {RegExp[]} */
  #more;

  /** @param {Secrets} [secrets] `false` leaves all as it is; texts and expressions are taken out besides */
  constructor(secrets = true) {
    this.#isOn = secrets !== false;
    this.#more = (Array.isArray(secrets) ? secrets : []).map((one) => (one instanceof RegExp ? new RegExp(one.source, [...new Set(`${one.flags}g`)].join('')) : new RegExp(RegExp.escape ? RegExp.escape(one) : one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'g')));
  }

  /** @param {any} value @param {boolean} [isSecret] @returns {any} */
  mask(value, isSecret = false) {
    if (!this.#isOn) return value;
    if (typeof value === 'string') return isSecret ? this.#stands(value) : this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.mask(one, isSecret));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inside]) => [name, this.mask(inside, isSecret || NAMES.test(words(name)))]));
  }

  /** @param {string} text */
  text(text) {
    if (!this.#isOn) return text;
    for (const expression of [...TEXTS, ...this.#more]) {
      text = text.replace(expression, (whole, group) => (typeof group === 'string' ? whole.replace(group, () => this.#stands(group)) : this.#stands(whole)));
    }
    // A token may stand in the address.
    return text.replace(/([?&])([^=&\s]+)=([^&\s]+)/g, (whole, mark, name, value) => (NAMES.test(words(name)) ? `${mark}${name}=${this.#stands(value)}` : whole));
  }

  /** @param {string} secret */
  #stands(secret) {
    if (secret === '' || /^‹secret \d+›$/.test(secret)) return secret;
    const number = this.#numbers.get(secret) ?? this.#numbers.size + 1;
    this.#numbers.set(secret, number);
    return `‹secret ${number}›`;
  }
}
