//! The package's types.

use super::Run;
use crate::command;
use anyhow::{Context as _, Result};
use serde_json::json;
use std::fs;

/// `tsc` over the package: its declarations, and its JavaScript against them. wasm-bindgen's script is left out; its
/// declarations are in. What stands in `tests/types` is checked with it: a caller's code, which imports the package by name.
pub fn check(run: &Run<'_>) -> Result<()> {
    let folder = run.context.scratch("types");
    fs::create_dir_all(&folder)?;
    // What an edge runtime makes of the import.
    fs::write(
        folder.join("wasm-import.d.ts"),
        "declare module '*.wasm' {\n  const module: WebAssembly.Module;\n  export default module;\n}\n",
    )?;
    let package = run.context.package();
    let tests = run.context.root.join("tests").join("types");
    let mut include = vec![package.clone(), folder.join("wasm-import.d.ts")];
    if tests.is_dir() {
        include.push(tests);
    }
    let settings = json!({
        "compilerOptions": {
            "allowJs": true,
            "checkJs": true,
            "lib": ["es2023", "dom", "dom.iterable"],
            "module": "nodenext",
            "noEmit": true,
            "strict": true,
            "target": "es2022",
            "typeRoots": [run.context.npm_tools().join("node_modules").join("@types")],
            "types": ["node", "ws"],
        },
        "include": include,
        "exclude": [package.join("codebolt_wasm.js"), package.join("node_modules")],
    });
    let file = folder.join("tsconfig.json");
    fs::write(&file, settings.to_string())
        .with_context(|| format!("cannot write {}", file.display()))?;
    command::run(
        run.context
            .command("tsc")
            .arg("--project")
            .arg(&file)
            .args(run.passed_on),
    )
}
