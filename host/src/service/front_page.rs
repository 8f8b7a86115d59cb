//! The page at `GET /` without `--www`: what this host is, and how to connect.

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::HOST;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::files::guarded;

/// Serves the page at `/`.
pub fn front_page<S: Clone + Send + Sync + 'static>() -> Router<S> {
    guarded(Router::new().route("/", get(page)))
}

async fn page(headers: HeaderMap) -> Response {
    let asked = headers.get(HOST).and_then(|host| host.to_str().ok());
    Html(text(asked.filter(|host| is_authority(host)))).into_response()
}

/// Whether a text can be part of an address. Such a text contains no markup either.
fn is_authority(host: &str) -> bool {
    !host.is_empty()
        && host
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte))
}

fn text(host: Option<&str>) -> String {
    let host = host.unwrap_or("localhost:12345");
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>codebolt-host</title>
<style>
body {{ max-width: 40rem; margin: 3rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; color-scheme: light dark }}
pre {{ overflow-x: auto; padding: 1rem; border: 1px solid #8888; border-radius: .5rem }}
</style>
<h1>codebolt-host {version}</h1>
<p>This is a local host for Codebolt agents: a durable event log over a WebSocket. It runs, and listens on</p>
<pre>ws://{host}/codebolt</pre>
<p>Connect with the package <code>codebolt-wasm</code>:</p>
<pre>import {{ Codebolt }} from 'codebolt-wasm';

const codebolt = new Codebolt({{ url: 'ws://{host}/codebolt' }});
const created = await codebolt.eventLog.createInstance('orders');
await codebolt.close();</pre>
<p>Agents that use the default address find the host on port 12345.</p>
<ul>
<li><a href="/health">/health</a>: whether writes work</li>
<li><a href="/metrics">/metrics</a>: figures as Prometheus text</li>
</ul>
<p>To look into the event log, start the host with <code>--www DIR</code>, where DIR is the built folder <code>www</code> of
codebolt-wasm. <code>codebolt-host --help</code> lists all options.</p>
</html>
"#
    )
}

#[cfg(test)]
mod tests {
    use super::{is_authority, text};

    #[test]
    fn only_a_text_that_can_be_part_of_an_address_is_shown_on_the_page() {
        for host in [
            "localhost:12345",
            "127.0.0.1:1",
            "[::1]:80",
            "my-host.local",
        ] {
            assert!(is_authority(host), "{host}");
            assert!(text(Some(host)).contains(&format!("ws://{host}/codebolt")));
        }
        for host in ["", "a<b", "a\"b", "a'b", "a b", "a/b", "a&amp;"] {
            assert!(!is_authority(host), "{host}");
        }
    }
}
