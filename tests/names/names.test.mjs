/**
 * Name by name: what the reference declares is declared here and there at run time. What is not stands in missing.json,
 * each with its reason; a name there that is found is a fault as well.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import codebolt, * as all from 'codebolt-wasm';
import * as tools from 'codebolt-wasm/tools';
import { declared, membersOf, textsAt, ts, typeAt } from './declarations.mjs';

const read = (/** @type {string} */ file) => JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
const { modules } = read('../recordings/sdk-methods.json');
const types = Object.entries(read('../recordings/sdk-types.json'));
const exported = Object.entries(read('../recordings/sdk-exports.json'));
const open = read('../recordings/sdk-open-types.json');
const missing = read('./missing.json');

const folder = mkdtempSync(path.join(tmpdir(), 'codebolt-names-'));
after(() => rmSync(folder, { recursive: true }));
symlinkSync(fileURLToPath(new URL('../../node_modules', import.meta.url)), path.join(folder, 'node_modules'));
const ours = declared(folder, 'as-it-is');
const strict = declared(folder, 'strictly', "import 'codebolt-wasm/strict';");
const required = createRequire(import.meta.url)('codebolt-wasm');

/**
 * Why a name may be missing; undefined when it may not. Each reason is in use.
 * @param {string} name
 */
const reasonFor = (name) => {
  const reason = missing.names[name];
  if (reason) used.add(name);
  return reason;
};
/** @type {Set<string>} */
const used = new Set();

/** @param {any} symbol */
const isValue = (symbol) => Boolean(symbol.flags & ts.SymbolFlags.Value);

describe('methods', () => {
  it('are all there, as functions and declared, with the parameters in their order', () => {
    /** @type {string[]} */
    const faults = [];
    for (const { module, methods } of modules) {
      for (const { name, params } of methods) {
        const access = `${module}.${name}`;
        const value = access.split('.').reduce((/** @type {any} */ at, step) => at?.[step], codebolt);
        if (typeof value !== 'function') faults.push(`${access} is ${typeof value}`);
        const type = typeAt(ours, access);
        const parameters = type?.getCallSignatures()[0]?.getParameters().map((/** @type {any} */ parameter) => parameter.name);
        const wanted = params.map((/** @type {any} */ parameter) => parameter.name);
        if (!parameters) faults.push(`${access} is not declared`);
        else if (wanted.some((/** @type {string} */ parameter, /** @type {number} */ at) => parameters[at] !== parameter)) {
          const renamed = missing.parameters[access];
          if (renamed) used.add(access);
          else faults.push(`${access}(${parameters}), but the reference has (${wanted})`);
        }
      }
    }
    assert.deepEqual(faults, []);
  });
});

describe('types', () => {
  it('are all exported by codebolt-wasm/types, with their members', () => {
    /** @type {string[]} */
    const faults = [];
    // A second type of a name stands under `Name@path` or `Name.member` there.
    for (const [name, { fields = [], kind }] of types.filter(([wanted]) => !/[@.]/.test(wanted))) {
      const symbol = ours.types.get(name);
      if (!symbol) {
        if (!reasonFor(name)) faults.push(`${name} is not exported`);
        continue;
      }
      if (kind === 'enum') continue;
      // The index exports another type of that name.
      if (exported.some(([other]) => other === name)) continue;
      const type = ours.checker.getDeclaredTypeOfSymbol(symbol);
      const members = membersOf(ours.checker, type);
      for (const [field] of fields) if (!members.has(field) && !reasonFor(`${name}.${field}`)) faults.push(`${name}.${field} is not declared`);
    }
    assert.deepEqual(faults, []);
  });

  it('of codebolt-wasm/types are those of the package as well', () => {
    const isType = (/** @type {any} */ symbol) => Boolean(symbol.flags & ts.SymbolFlags.Type);
    const lacking = [...ours.names].filter(([name, symbol]) => isType(symbol) && ours.types.get(name) !== symbol).map(([name]) => name);
    assert.deepEqual(lacking, []);
  });

  it('are any where the reference has any, and unknown there with the strict types', () => {
    /** @type {string[]} */
    const faults = [];
    for (const access of open) {
      const [type, strictly] = [ours, strict].map((of) => typeAt(of, access));
      if (!(type && type.flags & ts.TypeFlags.Any)) {
        if (!reasonFor(access)) faults.push(`${access} is ${type ? ours.checker.typeToString(type) : 'not declared'}`);
      } else if (strictly && strictly.flags & ts.TypeFlags.Any) faults.push(`${access} is any with the strict types`);
    }
    assert.deepEqual(faults, []);
  });

  it('have no any at all with the strict types', () => {
    const access = 'fs.writeToFile()';
    assert.ok(typeAt(ours, access).flags & ts.TypeFlags.Any);
    assert.ok(typeAt(strict, access).flags & ts.TypeFlags.Unknown);
    assert.equal(strict.checker.typeToString(typeAt(strict, 'mcp.listMcpFromServers().data.tools')).includes('any'), false);
  });
});

describe('replies', () => {
  it('are declared with the type that comes, wherever a type is declared', () => {
    /** @type {string[]} */
    const faults = [];
    let compared = 0;
    for (const { module, methods } of modules) {
      for (const { name, replyTypes, sendsOnlyIf } of methods) {
        // What is only sent in some cases does not make what the call settles with.
        if (!replyTypes || sendsOnlyIf) continue;
        const path = `${module}.${name}()`;
        const texts = textsAt(ours, path, 'type');
        if (!texts) continue;
        compared += 1;
        const lacking = replyTypes.filter((/** @type {string} */ type) => !texts.includes(type));
        if (lacking.length > 0) faults.push(`${path} gets a reply of type ${lacking}, and declares ${texts}`);
      }
    }
    assert.deepEqual(faults, []);
    assert.ok(compared > 40, `${compared} were compared`);
  });
});

describe('replies of the event log', () => {
  it('have data where nobody looked at success, as public code reads it; with the strict types it may be absent', () => {
    const text = (/** @type {typeof ours} */ of) =>
      of.checker.typeToString(of.checker.getTypeOfSymbol(typeAt(of, 'eventLog.createInstance()').getProperty('data')));
    assert.equal(text(ours), '{ instance: EventLogInstance; }');
    assert.equal(text(strict), '{ instance: EventLogInstance; } | undefined');
  });
});

/** The tool that a class of the reference is of. @param {string} name */
const toolOf = (name) => name.replace(/Tools?$/, '').replace(/\B[A-Z]/g, '_$&').toLowerCase();

describe('the names of the reference’s index', () => {
  for (const [name, { declared: as, kind, fields = [], members, equals }] of exported) {
    const reason = reasonFor(name);
    if (reason) {
      it(`${name} is not there, and ${reason}`, () => {
        assert.equal(ours.names.has(name), false);
        const [, tool] = /getTool\('(.*)'\)/.exec(reason) ?? [];
        if (tool) assert.ok(tools.hasTool(tool));
        else if (reason.startsWith('is exported by codebolt-wasm/tools')) assert.ok(name in tools);
        else if (reason.includes('it is none of them')) assert.equal(tools.hasTool(toolOf(name)), false);
        if (members) assert.deepEqual(/** @type {any} */ (tools)[name], members);
      });
      continue;
    }
    it(`${name} is there`, () => {
      const symbol = ours.names.get(name);
      assert.ok(symbol, 'it is not declared');
      if (as.startsWith('type') || as.endsWith('type')) {
        assert.ok(symbol.flags & ts.SymbolFlags.Type, 'it is not a type');
        const own = membersOf(ours.checker, ours.checker.getDeclaredTypeOfSymbol(symbol));
        for (const [field] of fields) {
          if (field !== '()') assert.ok(own.has(field), `it lacks ${field}`);
        }
      }
      if (!as.startsWith('value')) return;
      assert.ok(isValue(symbol), 'it is declared as no value');
      const value = /** @type {any} */ (all)[name];
      assert.notEqual(value, undefined, 'an import gives undefined');
      // `codebolt.state` may become a module.
      if (name !== 'state') assert.equal(required[name], value, 'require gives something else');
      if (kind === 'enum') assert.deepEqual(value, members);
      if (equals) {
        const stands = equals.split('.').slice(1).reduce((/** @type {any} */ at, /** @type {string} */ step) => at?.[step], codebolt);
        assert.equal(typeof value, typeof stands);
        if (typeof value === 'object') assert.deepEqual(Object.keys(value), Object.keys(stands));
      }
    });
  }
});

it('what is missing is missing, and has a reason of some words', () => {
  const listed = [...Object.entries(missing.names), ...Object.entries(missing.parameters)];
  for (const [name, reason] of listed) assert.ok(String(reason).split(' ').length >= 4, name);
  assert.deepEqual(
    listed.map(([name]) => name).filter((name) => !used.has(name)),
    [],
  );
});
