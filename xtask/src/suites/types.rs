//! The package's types.

use super::Run;
use crate::command;
use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};

/// The compilers, by their folder among the npm tools: the newest, and the oldest that the package is for.
const COMPILERS: [&str; 2] = ["typescript", "typescript-5.4"];

/// How callers resolve the package: a name, the settings that differ, and which of the tests can be compiled so.
const RESOLUTIONS: [(&str, &str, &str, &[&str]); 3] = [
    ("nodenext", "nodenext", "nodenext", &["*.mts", "*.cts"]),
    ("node16", "node16", "node16", &["*.mts", "*.cts"]),
    ("bundler", "esnext", "bundler", &["*.mts"]),
];

/// `tsc` over the package: its declarations, and its JavaScript against them; then over the code of callers in
/// `tests/types`, with each compiler and each way to resolve the package, with and without the browser's types.
pub fn check(run: &Run<'_>) -> Result<()> {
    let folder = run.context.scratch("types");
    fs::create_dir_all(&folder)?;
    package(run, &folder)?;
    let tests = run.context.root.join("tests").join("types");
    for compiler in COMPILERS {
        for (name, module, resolution, files) in RESOLUTIONS {
            for (surroundings, lib, types) in [
                ("dom", json!(["es2022", "dom", "dom.iterable"]), json!([])),
                ("node", json!(["es2022"]), json!(["node"])),
            ] {
                println!("  {compiler}: {name}, {surroundings}");
                let settings = json!({
                    "compilerOptions": {
                        "exactOptionalPropertyTypes": surroundings == "dom",
                        "lib": lib,
                        "module": module,
                        "moduleResolution": resolution,
                        "noEmit": true,
                        "noUncheckedIndexedAccess": true,
                        "skipLibCheck": false,
                        "strict": true,
                        "target": "es2022",
                        "typeRoots": type_roots(run),
                        "types": types,
                    },
                    "include": files.iter().map(|file| tests.join(file)).collect::<Vec<PathBuf>>(),
                });
                let file = folder.join(format!("callers-{name}-{surroundings}.json"));
                compile(run, compiler, &file, &settings)?;
            }
        }
    }
    Ok(())
}

/// wasm-bindgen's script is left out; its declarations are in.
fn package(run: &Run<'_>, folder: &Path) -> Result<()> {
    // What an edge runtime makes of the import.
    let wasm = folder.join("wasm-import.d.ts");
    fs::write(
        &wasm,
        ["*.wasm", "*.wasm?module"]
            .map(|name| {
                format!("declare module '{name}' {{\n  const module: WebAssembly.Module;\n  export default module;\n}}\n")
            })
            .concat(),
    )?;
    let package = run.context.package_sources();
    println!("  typescript: the package itself");
    let settings = json!({
        "compilerOptions": {
            "allowJs": true,
            "checkJs": true,
            "lib": ["es2023", "dom", "dom.iterable"],
            "module": "nodenext",
            "noEmit": true,
            // CARGO_TARGET_DIR may lie where they would not be found.
            "paths": { "ws": [type_roots(run)[0].join("ws")] },
            "strict": true,
            "target": "es2022",
            "typeRoots": type_roots(run),
            "types": ["node", "ws"],
        },
        "include": [&package, &wasm],
        "exclude": [package.join("codebolt_wasm.js")],
    });
    compile(
        run,
        COMPILERS[0],
        &folder.join("package-itself.json"),
        &settings,
    )
}

fn compile(run: &Run<'_>, compiler: &str, file: &Path, settings: &Value) -> Result<()> {
    fs::write(file, settings.to_string())
        .with_context(|| format!("cannot write {}", file.display()))?;
    // By its path: both compilers are called tsc.
    let program = run.context.npm_tools().join("node_modules").join(compiler);
    command::run(
        run.context
            .command("node")
            .arg(program.join("bin").join("tsc"))
            .arg("--project")
            .arg(file)
            .args(run.passed_on),
    )
}

fn type_roots(run: &Run<'_>) -> [PathBuf; 1] {
    [run.context.npm_tools().join("node_modules").join("@types")]
}
