//! Puts the pages together for VitePress.

use crate::addresses;
use crate::build::folders;
use crate::context::Context;
use crate::links;
use crate::setup;
use crate::site_map::{API, ROOT, SITE, page_of};
use anyhow::{Context as _, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};

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

/// The text without lines that are comments, such as the tests' instructions for a code block.
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
    fn ways_between_pages_are_relative() {
        assert_eq!(relative("host.md", "protocol.md"), "./protocol.md");
        assert_eq!(relative("guide/a.md", "guide/b.md"), "./b.md");
        assert_eq!(relative("guide/a.md", "api/b.md"), "../api/b.md");
        assert_eq!(relative("a.md", "api/b.md"), "./api/b.md");
        assert_eq!(relative("a/b/c.md", "d.md"), "../../d.md");
    }
}
