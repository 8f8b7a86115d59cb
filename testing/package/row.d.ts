/** What the tables say of a method that sends something. */

/** A value of a message: a constant, one that is left out, a path into an argument, or what is made of those. */
export interface Value {
  constant?: any;
  absent?: true;
  argument?: string[];
  object?: Entry[];
  array?: Value[];
  call?: [name: string, values: Value[]];
}

/** A member of an object; without a name it is a spread. */
export type Entry = [name: string | null, value: Value];

export interface Row {
  name: string;
  /** The type of its reply; without one nobody waits for any. */
  replyType?: string;
  /** The default reply. */
  reply?: any;
  /** Where in it stands what the caller named. */
  echoed?: string[];
  /** Whether the reply's timestamp is a number. */
  numericTime?: boolean;
  message: Entry[];
}
