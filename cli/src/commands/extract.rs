//! `pngine extract`: the payload of a PNG, or a part of it.

use pngine_compiler::diag::Code;
use pngine_format::payload::tag;

use crate::args::Extract;
use crate::failure::{Exit, Failure};
use crate::input::{Input, InputKind};
use crate::output::{Content, ReadFiles, Target};
use crate::scene;
use crate::shaders;

/// Writes what was asked for.
///
/// # Errors
/// E0910 to E0912 for an input without a payload, E0915 if the part is not in it.
pub fn run(args: &Extract) -> Result<Exit, Failure> {
    let target = args.output.as_deref().map_or(Target::Standard, Target::new);
    let input = Input::read(&args.input)?;
    let part = &args.part;
    let content = if part.executor {
        Content::Wasm
    } else if part.wgsl || part.source || part.data {
        Content::Other
    } else {
        Content::Payload
    };
    target.check(content, &[&input])?;
    target.check_replaced(content, &ReadFiles::of(&[&input]), args.force)?;
    if input.kind == InputKind::Source {
        return Err(Failure::input(Code::WrongInput, format!("`{}` is neither a PNG nor a payload", input.name))
            .help("extract takes what build or compile wrote"));
    }
    let opened = scene::open_payload(&input)?;
    let payload = opened.payload();
    let missing =
        |what: &str, help: &str| Err(Failure::input(Code::NotInside, format!("`{}` carries no {what}", input.name)).help(help));
    let bytes = if part.executor {
        if payload.executor.is_empty() {
            return missing("executor", "build it without --no-executor");
        }
        payload.executor.to_vec()
    } else if part.wgsl {
        let shaders = shaders::of(&payload);
        if shaders.is_empty() {
            return missing("shaders", "its program creates none");
        }
        shaders::text(&shaders).into_bytes()
    } else if part.source {
        match payload.extension(tag::SOURCE) {
            Some(text) => text.to_vec(),
            None => return missing("source text", "build it with --source"),
        }
    } else if part.data {
        payload.data.to_vec()
    } else {
        opened.bytes().to_vec()
    };
    target.deliver(&bytes, "")?;
    Ok(Exit::Done)
}
