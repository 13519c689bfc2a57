//! The web server of `pngine dev`: a page, the player, the PNG that was built last, and a stream of what became of the source.
//!
//! It answers this machine alone, unless told otherwise, and only to its own addresses: a page elsewhere that gives its own name to this
//! machine's address (DNS rebinding) reads nothing.

use std::io::{self, Cursor, Write};
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};

/// The page and what it loads.
const PAGE: &str = include_str!("../../viewers/web/dev/index.html");
const SCRIPT: &str = include_str!("../../viewers/web/dev/dev.js");
const STYLE: &str = include_str!("../../viewers/web/dev/dev.css");
const CONTROLS: &str = include_str!("../../viewers/web/controls.js");
const PLAYER: &str = include_str!("../../viewers/web/pngine.js");

/// What the page may do: nothing that reaches beyond this server. Source: docs/embedding.md, with what recordings need.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self' data: blob:; \
                      img-src 'self' data: blob:; media-src data: blob:; worker-src 'self' blob:; base-uri 'none'; form-action 'none'";

/// How often a stream without news shows that it lives, which is also how a page that went away is found out.
const PULSE: Duration = Duration::from_secs(10);
/// Most streams at a time: more pages than anybody looks at.
const MOST_STREAMS: usize = 64;

/// What the page is told, and the PNG.
#[derive(Debug, Default)]
struct Shown {
    /// Counts what is told.
    version: u64,
    state: String,
    png: Arc<[u8]>,
}

/// What the server shows.
#[derive(Debug, Default)]
pub struct Site {
    shown: Mutex<Shown>,
    changed: Condvar,
    streams: AtomicUsize,
}

impl Site {
    /// Shows something else. `png` is `None` if the last one stays.
    pub fn show(&self, state: &Value, png: Option<Arc<[u8]>>) {
        let mut shown = self.lock();
        shown.version += 1;
        shown.state = state.to_string();
        if let Some(png) = png {
            shown.png = png;
        }
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, Shown> {
        // Nothing panics while it holds the lock, and if it did, what is shown would still be whole.
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is told after `seen`, or `None` if nothing comes in time.
    fn after(&self, seen: u64) -> Option<(u64, String)> {
        let shown = self.lock();
        let waited = self.changed.wait_timeout_while(shown, PULSE, |shown| shown.version <= seen);
        let (shown, _) = waited.unwrap_or_else(PoisonError::into_inner);
        (shown.version > seen).then(|| (shown.version, shown.state.clone()))
    }
}

/// Listens at an address. With port 0 the system chooses one.
///
/// # Errors
/// What the system says.
pub fn listen(address: SocketAddr) -> Result<Server, String> {
    Server::http(address).map_err(|error| error.to_string())
}

/// Answers requests until the process ends.
pub fn run(server: &Server, site: &Arc<Site>, is_open: bool) {
    for request in server.incoming_requests() {
        // Whoever asked may be gone: then nobody misses the answer.
        let _ = answer(request, site, is_open);
    }
}

fn answer(request: Request, site: &Arc<Site>, is_open: bool) -> io::Result<()> {
    let host = request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
    if !host.is_some_and(|host| is_ours(host, is_open)) {
        return refuse(request, 403, "this server answers at its own address alone");
    }
    if !matches!(request.method(), Method::Get | Method::Head) {
        return refuse(request, 405, "there is nothing here to change");
    }
    let path = request.url().split(['?', '#']).next().unwrap_or_default().to_owned();
    match path.as_str() {
        "/" => send(request, PAGE.as_bytes(), "text/html; charset=utf-8"),
        "/dev.js" => send(request, SCRIPT.as_bytes(), "text/javascript; charset=utf-8"),
        "/dev.css" => send(request, STYLE.as_bytes(), "text/css; charset=utf-8"),
        "/controls.js" => send(request, CONTROLS.as_bytes(), "text/javascript; charset=utf-8"),
        "/pngine.js" => send(request, PLAYER.as_bytes(), "text/javascript; charset=utf-8"),
        "/scene.png" => {
            let png = Arc::clone(&site.lock().png);
            if png.is_empty() { refuse(request, 404, "there is no picture yet") } else { send(request, &png, "image/png") }
        }
        "/events" => {
            if site.streams.fetch_add(1, Ordering::Relaxed) >= MOST_STREAMS {
                site.streams.fetch_sub(1, Ordering::Relaxed);
                return refuse(request, 503, "too many pages are open");
            }
            let site = Arc::clone(site);
            let stream = move || {
                // Ends when the page goes away.
                let _ = tell(request, &site);
                site.streams.fetch_sub(1, Ordering::Relaxed);
            };
            std::thread::Builder::new().name("events".to_owned()).spawn(stream).map(drop)
        }
        _ => refuse(request, 404, "there is no such page"),
    }
}

/// Whether a `Host` is this machine by a name that nobody else can give it: `localhost`, or an address. Source: RFC 9110, section 7.2.
fn is_ours(host: &str, is_open: bool) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name).parse::<IpAddr>();
    name.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| is_open || address.is_loopback())
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).expect("our own headers are ASCII")
}

fn headers(kind: &str) -> Vec<Header> {
    vec![
        header("Content-Type", kind),
        header("Cache-Control", "no-store"),
        header("X-Content-Type-Options", "nosniff"),
        header("Cross-Origin-Resource-Policy", "same-origin"),
        header("Content-Security-Policy", POLICY),
    ]
}

fn send(request: Request, body: &[u8], kind: &str) -> io::Result<()> {
    request.respond(Response::new(StatusCode(200), headers(kind), Cursor::new(body), Some(body.len()), None))
}

fn refuse(request: Request, status: u16, reason: &str) -> io::Result<()> {
    let body = Cursor::new(reason.as_bytes());
    request.respond(Response::new(StatusCode(status), headers("text/plain; charset=utf-8"), body, Some(reason.len()), None))
}

/// Streams what is shown, and whatever comes after it. Source: HTML, section 9.2 (server-sent events).
fn tell(request: Request, site: &Site) -> io::Result<()> {
    let is_head = *request.method() == Method::Head;
    let mut out = request.into_writer();
    out.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n")?;
    for header in headers("text/event-stream") {
        write!(out, "{}: {}\r\n", header.field, header.value)?;
    }
    out.write_all(b"\r\n")?;
    out.flush()?;
    if is_head {
        return Ok(());
    }
    let mut seen = 0;
    loop {
        match site.after(seen) {
            // JSON has no line breaks of its own here.
            Some((version, state)) => {
                seen = version;
                write!(out, "data: {state}\n\n")?;
            }
            None => out.write_all(b":\n\n")?,
        }
        out.flush()?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:1", "127.1.2.3", "[::1]:4646", "[::1]"] {
            assert!(is_ours(host, false) && is_ours(host, true), "{host}");
        }
        for host in ["192.168.1.5:4646", "[fe80::1]:80", "10.0.0.1"] {
            assert!(!is_ours(host, false) && is_ours(host, true), "{host}");
        }
        for host in ["", ":", "evil.example", "evil.example:4646", "localhost.evil.example", "127.0.0.1.evil.example:80", "::"] {
            assert!(!is_ours(host, false), "{host}");
        }
        assert!(!is_ours("evil.example:4646", true));
    }

    #[test]
    fn what_is_shown_is_told_once_and_the_last_picture_stays() {
        let site = Site::default();
        site.show(&serde_json::json!({ "a": 1 }), Some(Arc::from(&b"png"[..])));
        assert_eq!(site.after(0), Some((1, r#"{"a":1}"#.to_owned())));
        site.show(&serde_json::json!({ "a": "two\nlines" }), None);
        assert_eq!(site.after(1), Some((2, r#"{"a":"two\nlines"}"#.to_owned())));
        assert_eq!(&*site.lock().png, b"png");
    }
}
