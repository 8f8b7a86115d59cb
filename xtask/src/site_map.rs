//! Which pages the documentation site has, and the files they come from.

/// The pages at the root of the repository. What is not there yet is left out.
pub const ROOT: [&str; 4] = [
    "PROTOCOL.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "ARCHITECTURE.md",
];
/// The site's own files: no pages.
pub const SITE: &str = "docs/site";
/// The built reference pages.
pub const API: &str = "pkg/docs/api";

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
    fn a_folders_page_has_the_folders_address() {
        assert_eq!(address_of("api/index.md"), "api/");
        assert_eq!(address_of("guide/errors.md"), "guide/errors");
        assert_eq!(address_of("index.md"), "");
    }
}
