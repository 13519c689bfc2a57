//! `pngine dev`: a page that plays a scene, and plays it anew whenever a file of it changes.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pngine_compiler::Options;
use pngine_compiler::diag::{self, Code};
use pngine_compiler::pack::{self, Effort, Embed, SizeReport};
use pngine_host::OwnedPayload;
use serde_json::{Value, json};

use super::Context;
use crate::args::Dev;
use crate::failure::{Exit, Failure};
use crate::findings::{self, Levels, Report};
use crate::input::{self, Input, InputKind};
use crate::output;
use crate::play;
use crate::progress;
use crate::scene;
use crate::serve::{self, Site};
use crate::watch::Watch;

/// Where the server listens unless it is told otherwise. Picked by feel: nothing well known is there.
const PORT: u16 = 4646;
/// How many frames are run without a GPU, as `validate` does it.
const FRAMES: u32 = 4;

/// Serves the page until the process is ended.
///
/// # Errors
/// [`Failure::Usage`], E0901 to E0904 if the input cannot be read at first, E0919 if nothing can be served or watched.
pub fn run(args: &Dev, context: Context) -> Result<Exit, Failure> {
    if input::is_standard(&args.input) {
        return Err(Failure::Usage("dev watches a file: standard input cannot change".to_owned()));
    }
    // A slip in the name is better told now than on a page.
    Input::read(&args.input)?;

    let host = args.host.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let listen = |port: u16| serve::listen(SocketAddr::new(host, port));
    let server = match args.port {
        Some(port) => listen(port),
        None => listen(PORT).or_else(|_| listen(0)),
    };
    let server = server.map_err(|reason| {
        let port = args.port.unwrap_or(PORT);
        Failure::unable(Code::CannotServe, format!("cannot listen at {}: {reason}", SocketAddr::new(host, port)))
            .help("another program may be there: name another port with --port, or 0 for any that is free")
    })?;
    let address = server.server_addr().to_ip().unwrap_or(SocketAddr::new(host, PORT));
    let mut watch = Watch::new().map_err(|error| not_watched(&error))?;

    let site = Arc::new(Site::default());
    let (shown, is_open) = (Arc::clone(&site), args.host.is_some());
    let serving = std::thread::Builder::new().name("server".to_owned()).spawn(move || serve::run(&server, &shown, is_open));
    serving.map_err(|error| Failure::unable(Code::CannotServe, format!("cannot serve: {error}")))?;
    output::print(&format!("http://{}/\n", reachable(address)))?;
    progress::say("open this address in a browser; Ctrl-C ends it");

    let mut last: Option<Round> = None;
    let mut pictures = 0_u64;
    loop {
        let round = Round::new(args);
        if last.as_ref().is_none_or(|last| !last.is_same(&round)) {
            show(&round, args, &site, &mut pictures, context);
            last = Some(round.clone());
        }
        // In a folder that was not watched until now, something may have changed since it was read.
        if !watch.follow(&round.files).map_err(|error| not_watched(&error))? && !watch.wait() {
            return Err(Failure::unable(Code::CannotServe, "the system no longer tells of changes"));
        }
    }
}

#[cold]
fn not_watched(error: &notify::Error) -> Failure {
    Failure::unable(Code::CannotServe, format!("the scene's folder cannot be watched: {error}"))
        .help("on Linux, `fs.inotify.max_user_watches` says how much may be watched")
}

/// An address that a browser on this machine can go to.
fn reachable(address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() { SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), address.port()) } else { address }
}

/// What came of the files as they are.
#[derive(Clone)]
struct Round {
    report: Report,
    /// The PNG, and how it plays; `None` if there is an error.
    built: Option<Built>,
    /// What was read or looked for.
    files: BTreeSet<PathBuf>,
}

#[derive(Clone, PartialEq)]
struct Built {
    png: Arc<[u8]>,
    way_to_play: String,
    sizes: Option<SizeReport>,
}

impl Round {
    fn new(args: &Dev) -> Self {
        let report = Report { name: input::display(&args.input), ..Report::default() };
        let mut round = Self { report, built: None, files: BTreeSet::from([absolute(&args.input)]) };
        match round.build(args) {
            Ok(built) => round.built = built,
            // What is no finding is wrong usage, which was looked for at the start.
            Err(failure) => drop(round.report.take(failure)),
        }
        round
    }

    /// What comes of the files; `None` for errors, which are in the report then. It is run without a GPU, as `validate` does.
    fn build(&mut self, args: &Dev) -> Result<Option<Built>, Failure> {
        let input = Input::read(&args.input)?;
        if input.kind != InputKind::Source {
            let payload = scene::open_payload(&input)?;
            if play::check_into(&mut self.report, &payload, None, FRAMES)? {
                return Ok(None);
            }
            let png = if input.kind == InputKind::Png { input.bytes } else { packed(&payload)? };
            return Ok(Some(Built::new(png, &payload)));
        }
        let sources = input.sources(args.root.as_deref())?;
        let compiled = pngine_compiler::compile(&sources, &input.name, &input.bytes, &Options::default());
        self.files.extend(sources.into_asked());
        let (files, warnings, program) = scene::accept(compiled)?;
        self.report.sources = files;
        self.report.diagnostics = warnings;
        let payload = scene::payload_of(&program, Embed::Prebuilt)?;
        if play::check_into(&mut self.report, &payload, Some(&program), FRAMES)? {
            return Ok(None);
        }
        Ok(Some(Built::new(packed(&payload)?, &payload)))
    }

    /// Whether there is nothing new to tell.
    fn is_same(&self, other: &Self) -> bool {
        self.built == other.built && findings::human(&self.report, false) == findings::human(&other.report, false)
    }
}

impl Built {
    fn new(png: Vec<u8>, payload: &OwnedPayload) -> Self {
        let sizes = SizeReport::measure(payload.bytes(), Effort::Normal);
        Self { png: png.into(), way_to_play: scene::way_to_play(&payload.payload()), sizes }
    }
}

fn packed(payload: &OwnedPayload) -> Result<Vec<u8>, Failure> {
    pack::png(payload.bytes(), None, Effort::Normal).map_err(|error| scene::pack_failure(&error))
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// Tells the page, and the terminal.
fn show(round: &Round, args: &Dev, site: &Site, pictures: &mut u64, context: Context) {
    if round.built.is_some() {
        *pictures += 1;
    }
    let png = round.built.as_ref().map(|built| Arc::clone(&built.png));
    site.show(&state(round, args.max_size, *pictures), png);
    output::report(&findings::human(&round.report, context.has_color()), context.color);
    if let Some(built) = &round.built {
        progress::say(&format!("{}: {}", round.report.name, line(built)));
    }
}

/// `1,963 bytes, plays by itself (render compute)`
fn line(built: &Built) -> String {
    format!("{}, {}", progress::bytes(built.png.len()), built.way_to_play)
}

/// What the page is told. Source: viewers/web/dev/dev.js, `State`.
fn state(round: &Round, budget: Option<u64>, picture: u64) -> Value {
    let mut object = findings::object(std::slice::from_ref(&round.report), &Levels::default());
    let one = |diagnostic: &diag::Diagnostic| Report { diagnostics: vec![diagnostic.clone()], ..round.report.clone() };
    let excerpts: Vec<String> = round.report.diagnostics.iter().map(|found| findings::human(&one(found), false)).collect();
    let sections = round.built.iter().flat_map(|built| &built.sizes).flat_map(|sizes| &sizes.sections);
    let sections = sections.map(|part| json!({ "name": part.name, "bytes": part.raw, "deflated": part.alone }));
    object["name"] = round.report.name.clone().into();
    object["current"] = round.built.is_some().into();
    object["picture"] = (picture > 0).then_some(picture).into();
    object["bytes"] = round.built.as_ref().map_or(0, |built| built.png.len()).into();
    object["budget"] = budget.into();
    object["line"] = round.built.as_ref().map(line).into();
    object["sections"] = sections.collect();
    object["excerpts"] = excerpts.into();
    object
}
