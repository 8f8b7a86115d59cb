/** The WebAssembly module, packed, as base64; the build puts it in. */
export declare const moduleText: string;
