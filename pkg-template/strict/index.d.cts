/**
 * `import 'codebolt-wasm/strict';` in any file of a program, or `"types": ["codebolt-wasm/strict"]` in its tsconfig.json:
 * what the reference leaves open is `unknown` then, and not `any`. There is nothing at run time.
 */
declare global {
  interface CodeboltTypes {
    strict: true;
  }
}
export {};
