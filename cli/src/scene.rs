//! From an input of any kind to a payload, with its origins where there is a source.

use std::path::Path;

use pngine_compiler::diag::{Code, Diagnostic, Severity};
use pngine_compiler::pack::{self, Embed, PackError};
use pngine_compiler::source::SourceMap;
use pngine_compiler::{Compiled, Options, Program};
use pngine_format::payload::{Payload, kind};
use pngine_format::status::Plugins;
use pngine_host::{OpenError, OwnedPayload, open};

use crate::failure::{Exit, Failure};
use crate::input::{Input, InputKind};
use crate::output::ReadFiles;

/// A scene that can be played.
#[derive(Debug)]
pub struct Scene {
    /// Its payload.
    pub payload: OwnedPayload,
    /// The files it was compiled from, and the findings in them; empty where the input was no source.
    pub sources: SourceMap,
    /// Warnings of the compiler.
    pub warnings: Vec<Diagnostic>,
    /// What the compiler made; `None` where the input was not a source.
    pub program: Option<Program>,
    /// The files that were read for it.
    pub read: ReadFiles,
}

/// Compiles a source. Also gives the files that were read for it, itself among them.
///
/// # Errors
/// E0903 if it lies outside the root. What is wrong with the source is among the result's diagnostics.
pub fn compile(input: &Input, root: Option<&Path>, options: &Options) -> Result<(Compiled, ReadFiles), Failure> {
    let sources = input.sources(root)?;
    let compiled = pngine_compiler::compile(&sources, &input.name, &input.bytes, options);
    Ok((compiled, ReadFiles::of(&[input]).and(sources.into_read())))
}

/// The program of a compilation, with its warnings.
///
/// # Errors
/// Its diagnostics, if there is an error among them.
pub fn accept(compiled: Compiled) -> Result<(SourceMap, Vec<Diagnostic>, Program), Failure> {
    let Compiled { sources, diagnostics, program, scene_text: _ } = compiled;
    let is_wrong = diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
    match program {
        _ if is_wrong => Err(Failure::Findings { exit: Exit::Errors, sources, diagnostics }),
        Some(program) => Ok((sources, diagnostics, program)),
        None => unreachable!("the compiler gives a program unless it reports an error"),
    }
}

/// Reads the payload of a PNG or of a bare payload.
///
/// # Errors
/// E0904, E0910 to E0912.
pub fn open_payload(input: &Input) -> Result<OwnedPayload, Failure> {
    let name = &input.name;
    open(&input.bytes).map_err(|error| match error {
        OpenError::NotOurs if input.kind == InputKind::Png => {
            Failure::input(Code::DamagedScene, format!("`{name}`: the PNG's signature is damaged"))
        }
        OpenError::NotOurs => Failure::input(Code::WrongInput, format!("`{name}` is neither a PNG nor a payload")),
        OpenError::NoScene => Failure::input(Code::NoScene, format!("there is no scene in `{name}`"))
            .help(
                "a website or an editor that re-encodes a picture drops it: get the original file. A picture of `pngine render` has none: \
                 `pngine build --frame` makes a PNG that is picture and scene",
            ),
        error @ OpenError::Damaged { .. } => Failure::input(Code::DamagedScene, format!("`{name}`: {error}")),
        OpenError::TooLarge { limit } => {
            Failure::input(Code::FileTooLarge, format!("the scene in `{name}` is larger than {} MiB", limit >> 20))
        }
    })
}

/// The failure for a program that cannot be packed.
pub fn pack_failure(error: &PackError) -> Failure {
    match error {
        PackError::TooLarge => Failure::input(Code::FileTooLarge, error.to_string()),
        PackError::Executor(_) => Failure::unable(Code::NoExecutor, error.to_string()),
        PackError::Picture(_) => Failure::input(Code::DamagedScene, error.to_string()),
    }
}

/// A scene from an input of any kind: compiled, or opened.
///
/// # Errors
/// All findings of the compiler if there is an error; else see [`open_payload`].
pub fn load(input: &Input, root: Option<&Path>) -> Result<Scene, Failure> {
    if input.kind != InputKind::Source {
        let payload = open_payload(input)?;
        let read = ReadFiles::of(&[input]);
        return Ok(Scene { payload, sources: SourceMap::default(), warnings: Vec::new(), program: None, read });
    }
    let (compiled, read) = compile(input, root, &Options::default())?;
    let (sources, warnings, program) = accept(compiled)?;
    // As `build` makes it.
    let payload = payload_of(&program, Embed::Prebuilt)?;
    Ok(Scene { payload, sources, warnings, program: Some(program), read })
}

/// The payload of a program, opened.
///
/// # Errors
/// See [`pack_failure`].
pub fn payload_of(program: &Program, embed: Embed) -> Result<OwnedPayload, Failure> {
    let bytes = pack::payload(program, embed).map_err(|error| pack_failure(&error))?;
    OwnedPayload::new(bytes).map_err(|error| Failure::unable(Code::DamagedScene, format!("the payload just written: {error}")))
}

/// How a payload can be played, for the line about what was written: `plays by itself (render compute)`; empty if it is no scene.
pub fn way_to_play(payload: &Payload<'_>) -> String {
    if payload.kind != kind::SCENE {
        return String::new();
    }
    let plugins = Plugins(payload.plugins);
    if payload.executor.is_empty() {
        return format!("needs the shared executor {}.wasm", plugins.file_stem());
    }
    // Every scene has the core.
    let plugins: Vec<&str> = plugins.names().filter(|name| *name != "core").collect();
    if plugins.is_empty() { "plays by itself".to_owned() } else { format!("plays by itself ({})", plugins.join(" ")) }
}
