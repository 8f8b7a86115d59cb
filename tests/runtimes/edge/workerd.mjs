/** Runs a bundled worker in workerd, and prints what it answers: node workerd.mjs FOLDER SCRIPT HOST-URL. */
import { Miniflare } from 'miniflare';

const [folder, script, host] = process.argv.slice(2);
const miniflare = new Miniflare({
  rootPath: folder,
  modulesRoot: folder,
  modules: true,
  scriptPath: script,
  modulesRules: [
    { type: 'ESModule', include: ['**/*.js'] },
    { type: 'CompiledWasm', include: ['**/*.wasm'] },
  ],
  compatibilityDate: '2026-01-01',
});
try {
  const ask = async () => {
    const response = await miniflare.dispatchFetch(`http://worker/?host=${encodeURIComponent(host)}`);
    return response.json();
  };
  // Two requests at a time and one after: the module is shared, the connections are not.
  const outcomes = await Promise.all([ask(), ask()]);
  console.log(JSON.stringify([...outcomes, await ask()]));
} finally {
  await miniflare.dispose();
}
