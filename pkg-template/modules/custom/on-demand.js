/** Modules that are made when one of their methods is first touched. */

/**
 * Stands for a module's methods until they are needed, and hands everything on to them then.
 * @template {object} Methods
 * @template Session
 * @param {(session: Session) => Methods} methodsFor
 * @param {Session} session
 * @returns {Methods}
 */
export const onDemand = (methodsFor, session) => {
  /** @type {Methods | undefined} */
  let methods;
  const made = () => (methods ??= methodsFor(session));
  return new Proxy(/** @type {Methods} */ ({}), {
    get: (_, name) => Reflect.get(made(), name),
    set: (_, name, value) => Reflect.set(made(), name, value),
    has: (_, name) => Reflect.has(made(), name),
    ownKeys: () => Reflect.ownKeys(made()),
    defineProperty: (_, name, property) => Reflect.defineProperty(made(), name, property),
    deleteProperty: (_, name) => Reflect.deleteProperty(made(), name),
    getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(made(), name),
  });
};
