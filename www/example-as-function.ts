/**
 * `import run from './example.js?run'` gives an example as a function of the page's client and of a console. Its text is
 * the very file that is shown and copied, without the import at its head and the `close` at its end: in the page, both
 * are the page's own.
 */
import type { Plugin } from 'vite';

const HEAD = "import codebolt from 'codebolt-wasm';\n";
const END = '\nawait codebolt.close();\n';

export const exampleAsFunction: Plugin = {
  name: 'example-as-function',
  transform(code, id) {
    if (!id.endsWith('.js?run')) return undefined;
    const body = code.slice(HEAD.length, -END.length);
    if (HEAD + body + END !== code || /^(import|export)\b/m.test(body)) {
      this.error(`an example begins with ${HEAD.trim()}, ends with ${END.trim()}, and imports and exports nothing else: ${id}`);
    }
    return { code: `export default async ({ codebolt, console }) => {\n${body}\n};\n`, map: null };
  },
};
