/** Sees what a program does to the world while it runs, and prints it at the end. */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

/** @type {Set<string>} */
const did = new Set();

/** @param {any} object @param {string} name @param {string} what @param {(...args: any[]) => boolean} [counts] */
const watch = (object, name, what, counts = () => true) => {
  const original = object[name];
  object[name] = new Proxy(original, {
    apply(target, self, args) {
      if (counts(...args)) did.add(what);
      return Reflect.apply(target, self, args);
    },
    construct(target, args, newTarget) {
      if (counts(...args)) did.add(what);
      return Reflect.construct(target, args, newTarget);
    },
  });
};

// Files that the module loader itself reads are code.
watch(fs, 'readFileSync', 'module', (file) => !/\.(c?js|mjs|json)$/.test(String(file)));
watch(WebAssembly, 'Module', 'module');
watch(WebAssembly, 'Instance', 'module');
watch(net, 'connect', 'socket');
watch(net, 'createConnection', 'socket');
for (const name of ['setTimeout', 'setInterval', 'setImmediate']) watch(globalThis, name, 'timer');
syncBuiltinESMExports();

const before = process.getActiveResourcesInfo();
process.on('exit', () => {
  const left = process.getActiveResourcesInfo().filter((resource) => !before.includes(resource) && !/^(PipeWrap|TTYWrap|FS)/.test(resource));
  console.log(JSON.stringify({ did: [...did].sort(), left }));
});
