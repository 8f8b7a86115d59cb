/**
 * A client's members as members of the object itself. What CommonJS code makes of `import * as codebolt` and of
 * `import codebolt, { fs }` is a copy of the object's own members, and the same code calls them with whatever `this` it has.
 */

/**
 * Makes the methods and getters of the object's class work whatever `this` is: taken off it, copied, behind a Proxy. They
 * cannot be listed, as a class's methods cannot, and a subclass's own ones, and what is put in their place later, count.
 * @param {object} object
 */
export const ownMethods = (object) => {
  /** @type {Record<string | symbol, any>} */
  const prototype = Object.getPrototypeOf(object);
  for (let level = prototype; level !== Object.prototype; level = Object.getPrototypeOf(level)) {
    for (const name of Reflect.ownKeys(level)) {
      if (name === 'constructor' || name === Symbol.toStringTag || Object.hasOwn(object, name)) continue;
      const isMethod = typeof Object.getOwnPropertyDescriptor(level, name)?.value === 'function';
      Object.defineProperty(
        object,
        name,
        isMethod
          ? { configurable: true, writable: true, value: method(object, prototype, name) }
          : { configurable: true, get: () => Reflect.get(prototype, name, object), set: replace(name) },
      );
    }
  }
};

/**
 * @param {object} object
 * @param {Record<string | symbol, any>} prototype
 * @param {any} name
 */
const method = (object, prototype, name) =>
  // In an object for its name.
  ({ [name]: (/** @type {unknown[]} */ ...values) => prototype[name].apply(object, values) })[name];

/**
 * A member that can be listed, is made when it is first read, and can be replaced.
 * @param {object} object
 * @param {string} name
 * @param {() => unknown} make
 */
export const ownValue = (object, name, make) =>
  Object.defineProperty(object, name, { configurable: true, enumerable: true, get: make, set: replace(name, true) });

/**
 * The same, made once. One function a member, for every client has them all.
 * @template Argument
 * @param {object} object
 * @param {string} name
 * @param {(argument: Argument) => unknown} make
 * @param {Argument} argument
 */
export const ownLazily = (object, name, make, argument) => {
  /** @type {unknown} */
  let made;
  ownValue(object, name, () => (made ??= make(argument)));
};

/** The effect of assignments, by name: the same for all clients. @type {Map<string | symbol, (value: unknown) => void>[]} */
const replacing = [new Map(), new Map()];

/**
 * What an assignment does: the object that was assigned to has the value, as it has for a plain member.
 * @param {string | symbol} name
 * @param {boolean} [enumerable]
 */
const replace = (name, enumerable = false) => {
  const known = replacing[Number(enumerable)];
  let set = known.get(name);
  if (set === undefined) {
    /** @this {object} @param {unknown} value */
    set = function (value) {
      Object.defineProperty(this, name, { configurable: true, enumerable, writable: true, value });
    };
    known.set(name, set);
  }
  return set;
};
