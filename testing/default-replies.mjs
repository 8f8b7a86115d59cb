/**
 * A reply for every method that fits its declared type, made of the type: members that a success has, each with a plain value.
 */
import { createRequire } from 'node:module';
import path from 'node:path';

// NODE_PATH, which imports do not look at. Of TypeScript 7 there is no compiler to be asked from JavaScript.
const ts = createRequire(path.join(/** @type {string} */ (process.env.NODE_PATH), 'any.js'))('typescript-5.4');

/** How deep a value may go before it stops at what has to be there. */
const DEEPEST = 8;

/** Members of a reply that come from the host. */
const ENVELOPE = new Set(['type', 'requestId', 'timestamp']);

/** Members of refusals only. */
const REFUSAL = /^(error|errors|errorMessage|errorType|message|details|hint|cause)$/;

/** A moment for members that hold one. */
const MOMENT = '2024-01-01T00:00:00.000Z';

/**
 * @param {string} packageFolder
 * @param {{ name: string, replies: string[] }[]} methods each `module.method`, or with a group between, and its replies' types
 * @returns {Map<string, { reply: any, echoed: string[], numericTime: boolean }>}
 */
export const defaultReplies = (packageFolder, methods) => {
  const names = methods.map(({ name }) => name);
  const file = path.join(packageFolder, 'all-replies.ts');
  const text = [
    "import type { Codebolt } from './index.js';",
    ...names.map((name, number) => `export type R${number} = Awaited<ReturnType<Codebolt${name.split('.').map((part) => `['${part}']`).join('')}>>;`),
  ].join('\n');
  const options = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, target: ts.ScriptTarget.ES2022, lib: ['lib.es2022.d.ts'], types: [], noEmit: true };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (/** @type {string} */ wanted, /** @type {any} */ version) => (wanted === file ? ts.createSourceFile(wanted, text, version, true) : getSourceFile.call(host, wanted, version));
  host.fileExists = (/** @type {string} */ wanted) => wanted === file || fileExists.call(host, wanted);
  host.readFile = (/** @type {string} */ wanted) => (wanted === file ? text : readFile.call(host, wanted));
  const program = ts.createProgram([file], options, host);
  const source = program.getSourceFile(file);
  const wrong = program.getSemanticDiagnostics(source);
  if (wrong.length > 0) throw new Error(`the package's types: ${ts.flattenDiagnosticMessageText(wrong[0].messageText, '\n')}`);
  const values = new Values(program.getTypeChecker(), source);
  const aliases = source.statements.filter(ts.isTypeAliasDeclaration);
  return new Map(aliases.map((/** @type {any} */ alias, /** @type {number} */ number) => [names[number], values.replyOf(alias.type, methods[number].replies)]));
};

class Values {
  #checker;
  #location;
  /** @type {string[]} */
  #echoed = [];

  /** @param {any} checker @param {any} location */
  constructor(checker, location) {
    this.#checker = checker;
    this.#location = location;
  }

  /** @param {any} node @param {string[]} types */
  replyOf(node, types) {
    this.#echoed = [];
    const type = this.#success(this.#checker.getTypeFromTypeNode(node));
    if (isOpen(type)) return { reply: { success: true }, echoed: [], numericTime: false };
    /** @type {any} */
    let reply = {};
    let numericTime = false;
    // What a method makes of a reply, such as a status or a list: the reply itself is open.
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) || this.#checker.isArrayType(type)) return { reply: { success: true }, echoed: [], numericTime };
    for (const member of this.#checker.getPropertiesOfType(type)) {
      const of = this.#typeOf(member);
      if (member.name === 'timestamp') numericTime = every(of, (one) => !!(one.flags & (ts.TypeFlags.NumberLike | ts.TypeFlags.Undefined)));
      if (member.name === 'type') {
        const allowed = literals(of);
        if (allowed.length > 0) reply.type = types.find((type) => allowed.includes(type)) ?? allowed[0];
      }
      if (ENVELOPE.has(member.name)) continue;
      if (REFUSAL.test(member.name) && isOptional(member)) continue;
      const value = this.#member(member, of, member.name, 0);
      if (value !== undefined) reply[member.name] = value;
    }
    // Agents look at it, also where the type does not know it.
    reply = { ...('success' in reply ? {} : { success: true }), ...reply };
    return { reply, echoed: this.#echoed, numericTime };
  }

  /** Of the kinds of a reply the one that says that it succeeded. @param {any} type */
  #success(type) {
    if (!type.isUnion()) return type;
    const says = (/** @type {any} */ one) => {
      const member = this.#checker.getPropertyOfType(one, 'success');
      return member ? this.#checker.typeToString(this.#typeOf(member)) : '';
    };
    return type.types.find((/** @type {any} */ one) => says(one) === 'true') ?? type.types.find((/** @type {any} */ one) => !(one.flags & ts.TypeFlags.Nullable)) ?? type;
  }

  /** @param {any} member */
  #typeOf(member) {
    return this.#checker.getTypeOfSymbolAtLocation(member, this.#location);
  }

  /** @param {any} member @param {any} type @param {string} path @param {number} depth */
  #member(member, type, path, depth) {
    // Deeper down only what has to be there: what may be left out there says something.
    if (isOptional(member) && (depth > 0 || !this.#isPlain(type))) return member.name === 'success' ? true : undefined;
    if (member.name === 'success') return true;
    return this.#value(type, member.name, path, depth + 1);
  }

  /** Whether a value says nothing more than that there is one. @param {any} type */
  #isPlain(type) {
    const plain = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike;
    const kinds = (type.isUnion() ? type.types : [type]).filter((/** @type {any} */ one) => !(one.flags & ts.TypeFlags.Undefined));
    return kinds.every((/** @type {any} */ one) => !!(one.flags & plain) || this.#checker.isArrayType(one) || (!!(one.flags & ts.TypeFlags.Object) && this.#checker.getPropertiesOfType(one).length > 0 && !this.#checker.isTupleType(one)));
  }

  /** @param {any} type @param {string} name @param {string} path @param {number} depth @returns {any} */
  #value(type, name, path, depth) {
    const { flags } = type;
    if (isOpen(type)) return null;
    if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
    if (flags & ts.TypeFlags.BooleanLiteral) return type.intrinsicName === 'true';
    if (flags & ts.TypeFlags.EnumLike && !type.isUnion()) return type.value ?? null;
    if (flags & ts.TypeFlags.Boolean) return false;
    if (flags & ts.TypeFlags.StringLike) {
      this.#echoed.push(path);
      if (/(At|Time|timestamp|date)$/i.test(name) && !/format/i.test(name)) return MOMENT;
      return /(^id|Id|ID|_id)$/.test(name) ? `${name.replace(/_?(id|Id|ID)$/, '') || path.split('.').at(-2) || 'entry'}-1` : '';
    }
    if (flags & ts.TypeFlags.NumberLike) return 0;
    if (flags & ts.TypeFlags.Null) return null;
    if (flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return undefined;
    if (type.isUnion()) {
      const there = type.types.filter((/** @type {any} */ one) => !(one.flags & (ts.TypeFlags.Nullable | ts.TypeFlags.Void)));
      if (there.length === 0) return null;
      // What agents take for a success.
      if (name === 'status' && there.some((/** @type {any} */ one) => one.value === 'success')) return 'success';
      // A list before what it could hold, an object before `{}`.
      const chosen = there.find((/** @type {any} */ one) => this.#checker.isArrayType(one)) ?? (there.every((/** @type {any} */ one) => one.flags & ts.TypeFlags.Object) ? this.#success({ isUnion: () => true, types: there }) : there.find((/** @type {any} */ one) => !(one.flags & ts.TypeFlags.Object)) ?? there[0]);
      return this.#value(chosen, name, path, depth);
    }
    // JSON has it as text.
    if (type.symbol?.name === 'Date') return MOMENT;
    if (this.#checker.isArrayType(type)) return [];
    if (this.#checker.isTupleType(type)) {
      return this.#checker.getTypeArguments(type).map((/** @type {any} */ one, /** @type {number} */ number) => this.#value(one, String(number), `${path}.${number}`, depth + 1));
    }
    if (type.isIntersection() && type.types.some((/** @type {any} */ one) => one.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike))) {
      return this.#value(type.types.find((/** @type {any} */ one) => !(one.flags & ts.TypeFlags.Object)), name, path, depth);
    }
    // `X[] & ({} | null)`, as a reply makes a list that has to be there.
    if (type.isIntersection() && type.types.some((/** @type {any} */ one) => this.#checker.isArrayType(one))) return [];
    if (type.getCallSignatures().length > 0) throw new Error(`${this.#checker.typeToString(type)}: ${path} is a function, which no reply can hold`);
    if (depth > DEEPEST) return {};
    /** @type {any} */
    const value = {};
    for (const member of this.#checker.getPropertiesOfType(type)) {
      const inside = this.#member(member, this.#typeOf(member), `${path}.${member.name}`, depth);
      if (inside !== undefined) value[member.name] = inside;
    }
    return value;
  }
}

/** @param {any} type */
const isOpen = (type) => !!(type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown));
/** The texts that a type allows, if it allows only some. @param {any} type @returns {string[]} */
const literals = (type) => (type.isUnion() ? type.types : [type]).filter((/** @type {any} */ one) => one.isStringLiteral()).map((/** @type {any} */ one) => one.value);
/** @param {any} member */
const isOptional = (member) => !!(member.flags & ts.SymbolFlags.Optional);
/** @param {any} type @param {(one: any) => boolean} holds */
const every = (type, holds) => (type.isUnion() ? type.types.every(holds) : holds(type));
