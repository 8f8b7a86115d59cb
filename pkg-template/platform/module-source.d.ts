/** Node's own types have no `WebAssembly`, and no error where a caller has those alone. */
type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } } ? Module : object;

/** Where the module comes from: an address, its bytes, a response or the compiled module. */
export type ModuleSource = string | URL | Response | ArrayBuffer | ArrayBufferView | CompiledModule | PromiseLike<Response>;
