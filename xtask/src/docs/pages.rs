//! Which pages the site has, and the files they come from.

use super::links;
use crate::addresses;
use crate::build::folders;
use crate::context::Context;
use crate::setup;
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

/// The pages at the root of the repository. What is not there yet is left out.
const ROOT: [&str; 4] = [
    "PROTOCOL.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
];
/// The site's own files: no pages.
const SITE: &str = "docs/site";
/// The built reference pages.
const API: &str = "pkg/docs/api";

/// The site's page for a file of the repository, as a path of Markdown, or `None` for a file that the site does not show.
///
/// Pages link to each other by their paths in the repository, so that they can be followed there too. The reference is built,
/// so links to it name what it is built from.
pub fn page_of(file: &str) -> Option<String> {
    if ROOT.contains(&file) {
        return Some(file.to_lowercase());
    }
    if let Some(name) = file.strip_prefix("definitions") {
        return match name.trim_start_matches('/').trim_end_matches('/') {
            "" => Some("api/index.md".to_owned()),
            name if name.starts_with("tools") => Some("api/tools.md".to_owned()),
            name => {
                let name = name.strip_prefix("class/").unwrap_or(name);
                Some(format!("api/{}.md", name.strip_suffix(".toml")?))
            }
        };
    }
    if file == "pkg-template/index.d.ts" {
        return Some("api/codebolt.md".to_owned());
    }
    if let Some(name) = file.strip_prefix(API) {
        return Some(match name.trim_start_matches('/') {
            "README.md" => "api/index.md".to_owned(),
            name => format!("api/{name}"),
        });
    }
    let page = file.strip_prefix("docs/")?;
    (page.ends_with(".md") && !file.starts_with(SITE)).then(|| page.to_owned())
}

/// The address of a page within the site, such as `guide/errors` or `api/`.
pub fn address_of(page: &str) -> &str {
    let address = page.strip_suffix(".md").unwrap_or(page);
    match address.strip_suffix("index") {
        Some(folder) if folder.is_empty() || folder.ends_with('/') => folder,
        _ => address,
    }
}

/// Makes the folder that VitePress builds; files that did not change are not touched.
pub fn stage(context: &Context, to: &Path) -> Result<()> {
    let fresh = context.scratch("site-fresh");
    let _ = fs::remove_dir_all(&fresh);
    for file in files(context)? {
        let Some(page) = page_of(&file) else { continue };
        let text = fs::read_to_string(context.root.join(&file))
            .with_context(|| format!("cannot read {file}"))?;
        let text = links::rewritten(&text, &file, |target, anchor| {
            on_the_site(context, &file, &page, target, anchor)
        })?;
        write(&fresh.join(&page), &without_comments(&text))?;
    }
    folders::copy(
        &context.root.join("docs/images"),
        &fresh.join("images"),
        |_| true,
    )?;
    for image in svg_files(context)? {
        fs::copy(context.root.join("docs").join(&image), fresh.join(&image))?;
    }
    folders::copy(
        &context.root.join(SITE).join(".vitepress"),
        &fresh.join(".vitepress"),
        |_| true,
    )?;
    // What VitePress made the last time stays, for when nothing changed.
    for kept in ["dist", "cache"] {
        let made = to.join(".vitepress").join(kept);
        if made.is_dir() {
            fs::rename(&made, fresh.join(".vitepress").join(kept))?;
        }
    }
    let _ = fs::remove_dir_all(to);
    fs::rename(&fresh, to).with_context(|| format!("cannot make the folder {}", to.display()))?;
    setup::link_folder(
        &setup::docs_tools(context).join("node_modules"),
        &to.join("node_modules"),
    )
}

/// The text without lines that are comments, such as what the tests are told of a code block.
fn without_comments(text: &str) -> String {
    text.split_inclusive('\n')
        .filter(|line| !(line.starts_with("<!--") && line.trim_end().ends_with("-->")))
        .collect()
}

/// Where a link of a page leads on the site: to a page, an image, or the file in the repository.
fn on_the_site(
    context: &Context,
    file: &str,
    page: &str,
    target: &str,
    anchor: &str,
) -> Result<String> {
    if let Some(there) = page_of(target) {
        return Ok(format!("{}{anchor}", relative(page, &there)));
    }
    if !context.root.join(target).exists() {
        bail!("{file} links to {target}, which does not exist");
    }
    match target.strip_prefix("docs/") {
        Some(image) if !image.ends_with(".mjs") && !target.starts_with(SITE) => {
            Ok(relative(page, image))
        }
        _ => Ok(format!("{}{anchor}", addresses::file(target))),
    }
}

/// The files that pages come from, by their paths in the repository.
fn files(context: &Context) -> Result<Vec<String>> {
    let mut files: Vec<String> = ROOT
        .iter()
        .filter(|file| context.root.join(file).is_file())
        .map(|&file| file.to_owned())
        .collect();
    collect(context, Path::new("docs"), &mut files)?;
    collect(context, Path::new(API), &mut files)?;
    files.sort();
    Ok(files)
}

fn collect(context: &Context, folder: &Path, files: &mut Vec<String>) -> Result<()> {
    let at = context.root.join(folder);
    for entry in
        fs::read_dir(&at).with_context(|| format!("cannot read the folder {}", at.display()))?
    {
        let entry = entry?;
        let path = folder.join(entry.file_name());
        if entry.path().is_dir() {
            collect(context, &path, files)?;
        } else {
            files.push(path.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

fn svg_files(context: &Context) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(context.root.join("docs"))?;
    let mut files = Vec::new();
    for entry in entries {
        let name = PathBuf::from(entry?.file_name());
        if name.extension().is_some_and(|extension| extension == "svg") {
            files.push(name);
        }
    }
    Ok(files)
}

fn write(file: &Path, text: &str) -> Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// The way from one page to another, both as paths below the same folder.
fn relative(from: &str, to: &str) -> String {
    let from: Vec<&str> = from.split('/').collect();
    let to: Vec<&str> = to.split('/').collect();
    let folders = from.len().saturating_sub(1).min(to.len().saturating_sub(1));
    let shared = (0..folders)
        .take_while(|&depth| from.get(depth) == to.get(depth))
        .count();
    let mut way = vec![".."; from.len().saturating_sub(1 + shared)];
    if way.is_empty() {
        way.push(".");
    }
    way.extend(to.iter().skip(shared));
    way.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_file_has_its_page() {
        for (file, page) in [
            ("docs/guide/errors.md", Some("guide/errors.md")),
            ("docs/host.md", Some("host.md")),
            ("PROTOCOL.md", Some("protocol.md")),
            ("definitions", Some("api/index.md")),
            ("definitions/event-log.toml", Some("api/event-log.md")),
            ("definitions/tools/file.toml", Some("api/tools.md")),
            ("definitions/class/listeners.toml", Some("api/listeners.md")),
            ("pkg/docs/api/README.md", Some("api/index.md")),
            ("pkg/docs/api/fs.md", Some("api/fs.md")),
            ("docs/site/README.md", None),
            ("docs/images/page.png", None),
            ("README.md", None),
            ("src/lib.rs", None),
        ] {
            assert_eq!(page_of(file).as_deref(), page, "{file}");
        }
    }

    #[test]
    fn ways_between_pages_are_relative() {
        assert_eq!(relative("host.md", "protocol.md"), "./protocol.md");
        assert_eq!(relative("guide/a.md", "guide/b.md"), "./b.md");
        assert_eq!(relative("guide/a.md", "api/b.md"), "../api/b.md");
        assert_eq!(relative("a.md", "api/b.md"), "./api/b.md");
        assert_eq!(relative("a/b/c.md", "d.md"), "../../d.md");
    }

    #[test]
    fn a_folders_page_has_the_folders_address() {
        assert_eq!(address_of("api/index.md"), "api/");
        assert_eq!(address_of("guide/errors.md"), "guide/errors");
        assert_eq!(address_of("index.md"), "");
    }
}
