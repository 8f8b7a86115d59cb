//! Makes the package's modules, their TypeScript declarations and their reference pages from `definitions/`.

mod commonjs;
mod declaration;
mod definition;
mod entries;
mod javascript;
mod listeners;
mod message;
mod module_lists;
mod names;
mod pages;
mod tools;
mod typescript;
mod wire;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use definition::Module;
use listeners::Listeners;
use names::Names;
use tools::Toolbox;

/// Why nothing was generated.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A definition says something that makes no sense.
    #[error("{}: {reason}", path.display())]
    Definition {
        /// Which file.
        path: PathBuf,
        /// The name, and why.
        reason: String,
    },
    /// Two modules export a type of one name, so that no index can export both.
    #[error("type {name} is exported by both {first}.toml and {second}.toml; rename one")]
    TypeTwice {
        /// The name.
        name: String,
        /// One file.
        first: String,
        /// The other.
        second: String,
    },
    /// Public members without a text.
    #[error("these have no text in definitions/: {}", .0.join(", "))]
    Undocumented(Vec<String>),
}

/// Reads `root/definitions/*.toml` and writes `out/modules/` and `out/docs/api/`. Returns how many methods there are.
pub fn run(root: &Path, out: &Path) -> Result<usize, Error> {
    let modules = read(&root.join("definitions"))?;
    let listeners = Listeners::read(&root.join("definitions/class/listeners.toml"))?;
    let toolbox = Toolbox::read(&root.join("definitions/tools"), &modules)?;
    let names = Names::read(&root.join("definitions/class/names.toml"), &modules)?;
    let missing: Vec<String> = modules
        .iter()
        .flat_map(Module::undocumented)
        .chain(listeners.undocumented())
        .chain(toolbox.undocumented())
        .chain(names.undocumented())
        .collect();
    if !missing.is_empty() {
        return Err(Error::Undocumented(missing));
    }
    let homes = homes(&modules, &names)?;
    let scripts = out.join("modules");
    let pages = out.join("docs/api");
    for folder in [&scripts, &pages] {
        std::fs::create_dir_all(folder).map_err(|source| Error::File {
            path: folder.clone(),
            source,
        })?;
    }
    for module in &modules {
        write(
            &scripts.join(format!("{}.js", module.file)),
            &javascript::module(module),
        )?;
        write(
            &scripts.join(format!("{}.d.ts", module.file)),
            &typescript::module(module, &homes),
        )?;
        write(
            &pages.join(format!("{}.md", module.file)),
            &pages::module(module),
        )?;
    }
    for (name, what_for) in entries::ENTRIES {
        let entry = entries::javascript(name, what_for, &modules, &names);
        write(&out.join(format!("{name}.js")), &entry)?;
    }
    write(
        &scripts.join("named.d.ts"),
        &entries::typescript(&modules, &names),
    )?;
    write(&scripts.join("enumerations.js"), &names.enumerations())?;
    write(&scripts.join("names.d.ts"), &names.declarations(&homes))?;
    write(&pages.join("names.md"), &names.page())?;
    let template = |name: &str| {
        let path = root.join("pkg-template").join(name);
        std::fs::read_to_string(&path).map_err(|source| Error::File { path, source })
    };
    // The types of all other modules are behind `codebolt-wasm/types`.
    let declarations: Vec<String> = modules
        .iter()
        .filter(|module| module.name == module_lists::CORE_MODULE)
        .map(|module| typescript::module(module, &homes))
        .chain([names.declarations(&homes), names.values()])
        .collect();
    write(
        &out.join("index.d.cts"),
        &commonjs::declaration(
            &template("index.d.cts")?,
            &template("index.d.ts")?,
            &declarations,
        ),
    )?;
    for (file, text) in toolbox.files(template)? {
        write(&out.join(file), &text)?;
    }
    write(&scripts.join("listeners.js"), &listeners.javascript())?;
    write(&scripts.join("listeners.d.ts"), &listeners.typescript())?;
    write(&pages.join("listeners.md"), &listeners.page())?;
    write(&scripts.join("index.js"), &module_lists::index(&modules))?;
    write(
        &out.join("on-demand.js"),
        &module_lists::on_demand(&modules),
    )?;
    write(&out.join("all-modules.js"), &module_lists::all(&modules))?;
    write(&scripts.join("index.d.ts"), &typescript::index(&modules))?;
    let own = root.join("pkg-template/index.d.ts");
    let class = pages::package(&text_of(&own)?)
        .map_err(|reason| Error::Definition { path: own, reason })?;
    write(&pages.join("codebolt.md"), &class)?;
    write(&pages.join("README.md"), &pages::index(&modules))?;
    Ok(modules.iter().map(|module| module.methods.len()).sum())
}

/// What a host needs to know of every method, as JSON text. `custom_messages` has the messages of the custom ones.
pub fn wire(root: &Path, custom_messages: &Path) -> Result<String, Error> {
    let modules = read(&root.join("definitions"))?;
    let listeners = Listeners::read(&root.join("definitions/class/listeners.toml"))?;
    wire::CustomMessages::parse(&text_of(custom_messages)?)
        .and_then(|table| wire::json(&modules, &table))
        .map(|methods| serde_json::json!({ "methods": methods, "listeners": listeners.wire() }))
        .map(|tables| tables.to_string())
        .map_err(|reason| Error::Definition {
            path: custom_messages.to_owned(),
            reason,
        })
}

fn text_of(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })
}

fn read(folder: &Path) -> Result<Vec<Module>, Error> {
    let failed = |source| Error::File {
        path: folder.to_owned(),
        source,
    };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            paths.push(path);
        }
    }
    paths.sort();
    paths.iter().map(|path| Module::read(path)).collect()
}

fn homes<'a>(modules: &'a [Module], names: &'a Names) -> Result<HashMap<&'a str, &'a str>, Error> {
    let mut homes: HashMap<&str, &str> = HashMap::new();
    let files = modules
        .iter()
        .map(|module| (module.file.as_str(), &module.types))
        .chain([("names", &names.types)]);
    for (file, types) in files {
        for declaration in types {
            if let Some(first) = homes.insert(&declaration.name, file) {
                return Err(Error::TypeTwice {
                    name: declaration.name.clone(),
                    first: first.to_owned(),
                    second: file.to_owned(),
                });
            }
        }
    }
    Ok(homes)
}

/// Writes only what changed, so that watchers and caches stay quiet.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    std::fs::write(path, text).map_err(|source| Error::File {
        path: path.to_owned(),
        source,
    })
}
