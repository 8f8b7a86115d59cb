//! The files of `--www`.

use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// A page may compile WebAssembly and open WebSockets. It loads nothing from other origins.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

/// Serves a folder's files, `index.html` for a folder.
pub fn files<S: Clone + Send + Sync + 'static>(folder: &Path) -> Router<S> {
    // The path to the folder itself may contain links.
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    let files = Router::new()
        .fallback_service(ServeDir::new(&folder))
        .layer(from_fn_with_state(Arc::new(folder), only_its_own));
    guarded(files)
}

/// Adds the headers that restrict a page to its own origin.
pub fn guarded<S: Clone + Send + Sync + 'static>(pages: Router<S>) -> Router<S> {
    let with = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
    };
    pages
        .layer(with(
            header::CONTENT_SECURITY_POLICY,
            CONTENT_SECURITY_POLICY,
        ))
        .layer(with(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(with(header::CACHE_CONTROL, "no-cache"))
}

async fn only_its_own(
    State(folder): State<Arc<PathBuf>>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let may = tokio::task::spawn_blocking(move || may_be_served(&folder, &path)).await;
    if may.unwrap_or(false) {
        next.run(request).await
    } else {
        StatusCode::NOT_FOUND.into_response()
    }
}

/// Whether the path leads to a regular file, or to a folder, inside the served folder. Names that begin with a dot
/// are not served, nor are targets of links outside of the folder. Devices and pipes are not opened, because that
/// may wait for ever.
fn may_be_served(folder: &Path, path: &str) -> bool {
    let Ok(path) = percent_decode_str(path.trim_start_matches('/')).decode_utf8() else {
        return false;
    };
    let is_plain = Path::new(&*path).components().all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        Component::CurDir => true,
        _ => false,
    });
    if !is_plain || path.contains('\0') {
        return false;
    }
    let is_inside = |found: &Path| {
        found
            .canonicalize()
            .ok()
            .filter(|real| real.starts_with(folder))
            .and_then(|real| real.metadata().ok())
    };
    let wanted = folder.join(&*path);
    match is_inside(&wanted) {
        Some(found) if found.is_dir() => {
            is_inside(&wanted.join("index.html")).is_some_and(|index| index.is_file())
        }
        Some(found) => found.is_file(),
        None => false,
    }
}

#[cfg(test)]
#[cfg(unix)]
#[allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::may_be_served;

    #[test]
    fn only_regular_files_of_the_folder_itself_are_served() {
        let outside = tempfile::tempdir().unwrap();
        std::fs::write(outside.path().join("secret"), "secret").unwrap();
        let inside = tempfile::tempdir().unwrap();
        let folder = inside.path().canonicalize().unwrap();
        std::fs::create_dir(folder.join("sub")).unwrap();
        std::fs::create_dir(folder.join("empty")).unwrap();
        std::fs::create_dir(folder.join(".git")).unwrap();
        for name in [
            "index.html",
            "a b.js",
            "sub/index.html",
            ".env",
            ".git/config",
        ] {
            std::fs::write(folder.join(name), "text").unwrap();
        }
        symlink(outside.path().join("secret"), folder.join("link")).unwrap();
        symlink(outside.path(), folder.join("linked")).unwrap();
        symlink(folder.join("index.html"), folder.join("own-link")).unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap();
        for path in [
            "/",
            "/index.html",
            "/a%20b.js",
            "/sub",
            "/sub/",
            "/own-link",
        ] {
            assert!(may_be_served(&folder, path), "{path}");
        }
        for path in [
            "/.env",
            "/%2eenv",
            "/.git/config",
            "/sub/../.env",
            "/../index.html",
            "/%2e%2e/x",
            "/link",
            "/linked/secret",
            "/socket",
            "/empty",
            "/none",
            "/index.html%00",
            "/%ff",
        ] {
            assert!(!may_be_served(&folder, path), "{path}");
        }
    }
}
