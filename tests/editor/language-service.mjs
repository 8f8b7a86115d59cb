/** TypeScript's language service, asked what an editor asks it while one types a program that imports the package. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from '../names/declarations.mjs';

/** Where a program's text has the cursor. */
const CURSOR = /\/\*(\w*)\|\*\//g;

/**
 * Opens a program. Its text has marks like `/*name|*\/`.
 * @param {string} name of its file
 * @param {string} marked
 */
export const open = (name, marked) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-editor-'));
  symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), path.join(folder, 'node_modules'));
  const file = path.join(folder, name);
  /** @type {Map<string, number>} */
  const marks = new Map();
  let removed = 0;
  const text = marked.replace(CURSOR, (mark, name, at) => {
    marks.set(name, at - removed);
    removed += mark.length;
    return '';
  });
  writeFileSync(file, text);
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      target: ts.ScriptTarget.ES2022,
      types: [],
      lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
    }),
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (/** @type {string} */ wanted) => {
      const found = wanted === file ? text : ts.sys.readFile(wanted);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath,
  });
  const at = (/** @type {string} */ name) => {
    const found = marks.get(name);
    if (found === undefined) throw new Error(`the program has no mark ${name}`);
    return found;
  };
  const words = (/** @type {any[] | undefined} */ parts) => ts.displayPartsToString(parts);
  return {
    /** The completions at a mark. @param {string} name @returns {string[]} */
    offered: (name) => {
      const found = service.getCompletionsAtPosition(file, at(name), {})?.entries ?? [];
      // Keywords are offered everywhere.
      return found.filter((/** @type {any} */ entry) => entry.kind !== 'keyword' && entry.kind !== 'warning').map((/** @type {any} */ entry) => entry.name);
    },
    /** The quick info at a mark. @param {string} name */
    pointed: (name) => {
      const found = service.getQuickInfoAtPosition(file, at(name));
      return { type: words(found?.displayParts), text: words(found?.documentation) };
    },
    /**
     * What is shown while one types arguments, for each form of the call.
     * @param {string} name
     * @returns {{ text: string, parameters: { name: string, text: string }[] }[]}
     */
    helped: (name) =>
      (service.getSignatureHelpItems(file, at(name), {})?.items ?? []).map((/** @type {any} */ item) => ({
        text: words(item.documentation),
        parameters: item.parameters.map((/** @type {any} */ parameter) => ({ name: parameter.name, text: words(parameter.documentation) })),
      })),
    /** What is wrong with the program. @returns {string[]} */
    faults: () => service.getSemanticDiagnostics(file).map((/** @type {any} */ fault) => ts.flattenDiagnosticMessageText(fault.messageText, '\n')),
    close: () => {
      service.dispose();
      rmSync(folder, { recursive: true });
    },
  };
};
