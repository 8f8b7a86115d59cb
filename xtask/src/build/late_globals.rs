//! Makes wasm-bindgen's script touch nothing but the language before it is used: as it comes, importing it already makes a
//! TextDecoder and a TextEncoder, which not every place has where a package is only imported.

use anyhow::{Result, bail};

const IMPORT: &str =
    "import { fillRandom, newTextDecoder, textEncoder } from './platform/late-globals.js';\n";

/// A text of the script, and its replacement.
const EDITS: [(&str, &str); 7] = [
    (
        "let cachedTextDecoder = new TextDecoder('utf-8', { ignoreBOM: true });\ncachedTextDecoder.decode();\n",
        "let cachedTextDecoder;\n",
    ),
    (
        "if (numBytesDecoded >= MAX_SAFARI_DECODE_BYTES)",
        "if (cachedTextDecoder === undefined || numBytesDecoded >= MAX_SAFARI_DECODE_BYTES)",
    ),
    ("new TextDecoder(", "newTextDecoder("),
    ("new TextEncoder()", "textEncoder()"),
    ("cachedTextEncoder.", "textEncoder()."),
    ("crypto.getRandomValues(", "fillRandom("),
    // Next's edge runtime compiles in another realm than it runs in, with classes of its own.
    (
        "if (!(module instanceof WebAssembly.Module))",
        "if (module[Symbol.toStringTag] !== 'WebAssembly.Module')",
    ),
];

/// The encoder with a substitute for `encodeInto`, which every runtime has that has WebAssembly's reference types.
const ENCODER: (&str, &str) = (
    "const cachedTextEncoder = new TextEncoder();",
    "let WASM_VECTOR_LEN",
);

/// The script, with `pkg-template/platform/late-globals.js` for what it wants of the runtime.
pub fn made_late(script: &str) -> Result<String> {
    let (Some(start), Some(end)) = (script.find(ENCODER.0), script.find(ENCODER.1)) else {
        bail!(
            "wasm-bindgen's script makes its TextEncoder in another way than it did; see build/late_globals.rs"
        );
    };
    let (Some(before), Some(after)) = (script.get(..start), script.get(end..)) else {
        bail!("wasm-bindgen's script has another order than it had; see build/late_globals.rs");
    };
    let mut text = format!("{IMPORT}{before}{after}");
    for (old, new) in EDITS {
        if !text.contains(old) {
            bail!("wasm-bindgen's script has no `{old}`; see build/late_globals.rs");
        }
        text = text.replace(old, new);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_of_another_form_is_refused() {
        assert!(made_late("let WASM_VECTOR_LEN = 0;").is_err());
        let half = "const cachedTextEncoder = new TextEncoder();\nlet WASM_VECTOR_LEN = 0;\n";
        assert!(made_late(half).is_err());
    }
}
