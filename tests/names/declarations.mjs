/** The package's declarations, read with TypeScript's checker as a program that imports it would read them. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// The oldest supported compiler: the newest has no interface for programs.
const { resolve } = createRequire(import.meta.url);
const tools = path.dirname(path.dirname(resolve('typescript/package.json')));
const oldest = readdirSync(tools).find((name) => name.startsWith('typescript-'));
if (!oldest) throw new Error(`no typescript-… in ${tools}`);
const { default: ts } = await import(path.join(tools, oldest, 'lib/typescript.js'));
export { ts };

/**
 * The checker, the types and values that programs import from the package, and the types of `codebolt-wasm/types`, by their names.
 * @param {string} folder of the project that has the package
 * @param {string} name of the program, unlike others
 * @param {string} [lines] at its start
 */
export const declared = (folder, name, lines = '') => {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.mts`);
  writeFileSync(file, `${lines}\nimport codebolt from 'codebolt-wasm';\nimport * as all from 'codebolt-wasm';\nimport type * as types from 'codebolt-wasm/types';\nexport const instance = codebolt;\nexport { all, types };\n`);
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    strict: true,
    target: ts.ScriptTarget.ES2022,
    types: [],
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  });
  const faults = ts.getPreEmitDiagnostics(program);
  if (faults.length > 0) throw new Error(ts.formatDiagnostics(faults, { getCanonicalFileName: String, getCurrentDirectory: () => folder, getNewLine: () => '\n' }));
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const [own, all, types] = ['instance', 'all', 'types'].map((wanted) =>
    checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find((symbol) => symbol.name === wanted),
  );
  const unaliased = (/** @type {import('typescript').Symbol} */ symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exportsOf = (/** @type {import('typescript').Symbol} */ module) =>
    new Map(checker.getExportsOfModule(unaliased(module)).map((symbol) => [symbol.name, unaliased(symbol)]));
  return { checker, instance: checker.getTypeOfSymbol(own), names: exportsOf(all), types: exportsOf(types) };
};

/**
 * What stands at a path: `fs.readFile().stats`, `swarm.listSwarms().data.swarms[].metadata[string]`. `()` is what a call
 * settles with, `[]` an element, `[string]` a member of any name.
 * @param {ReturnType<typeof declared>} of
 * @param {string} access
 */
export const typeAt = ({ checker, instance }, access) => {
  let type = instance;
  for (const [step] of access.matchAll(/\(\)|\[\w*\]|\w+/g)) {
    const parts = partsOf(checker, type);
    // Inside of `any` everything is.
    if (parts.some((part) => part.flags & ts.TypeFlags.Any)) return type;
    // A refusal declares that it has no `data`.
    const next = parts
      .map((part) => stepInto(checker, part, step))
      .find((found) => found && !(checker.getNonNullableType(found).flags & ts.TypeFlags.Never));
    if (!next) return undefined;
    type = next;
  }
  return type;
};

/**
 * The texts that a member may have by its declaration, in any part of a union; undefined where it may be any text.
 * @param {ReturnType<typeof declared>} of
 * @param {string} path of what has the member
 * @param {string} member
 * @returns {string[] | undefined}
 */
export const textsAt = (of, path, member) => {
  const { checker } = of;
  const at = typeAt(of, path);
  if (!at) return undefined;
  const texts = partsOf(checker, at).flatMap((part) => {
    const type = stepInto(checker, part, member);
    return type ? partsOf(checker, type) : [undefined];
  });
  return texts.every((text) => text?.isStringLiteral()) ? texts.map((text) => text.value) : undefined;
};

/** A union's parts, without null and undefined. @param {any} checker @param {any} type */
const partsOf = (checker, type) => {
  const there = checker.getNonNullableType(type);
  return there.isUnion() ? there.types : [there];
};

/** @param {any} checker @param {any} type @param {string} step */
const stepInto = (checker, type, step) => {
  if (step === '()') {
    // The last of several is the general one.
    const signature = type.getCallSignatures().at(-1);
    return signature && checker.getAwaitedType(signature.getReturnType());
  }
  if (step === '[]') return checker.getIndexTypeOfType(type, ts.IndexKind.Number);
  if (step === '[string]') return checker.getIndexTypeOfType(type, ts.IndexKind.String);
  const member = checker.getPropertyOfType(checker.getApparentType(type), step);
  return member && checker.getTypeOfSymbol(member);
};

/** The names of a type's members, of all parts of a union. @param {any} checker @param {any} type */
export const membersOf = (checker, type) =>
  new Set(
    partsOf(checker, type).flatMap((part) => [
      ...checker.getPropertiesOfType(checker.getApparentType(part)).map((/** @type {any} */ member) => member.name),
      ...(checker.getIndexTypeOfType(part, ts.IndexKind.String) ? ['[key: string]'] : []),
    ]),
  );
