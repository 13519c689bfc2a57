//! `pngine embed`: a payload into an existing picture.

use pngine_compiler::diag::Code;
use pngine_compiler::pack::{self, Effort};

use crate::args::Embed;
use crate::failure::{Exit, Failure};
use crate::input::{self, Input, InputKind};
use crate::output::{Content, ReadFiles, Target};
use crate::progress::{self, Notice};
use crate::scene;

/// Writes the picture with the payload in it.
///
/// # Errors
/// E0910 to E0912 for inputs that are no PNG and no payload.
pub fn run(args: &Embed) -> Result<Exit, Failure> {
    if input::is_standard(&args.picture) && input::is_standard(&args.input) {
        return Err(Failure::Usage("only one of the two inputs can be standard input".to_owned()));
    }
    let target = args.output.as_deref().map_or(Target::Standard, Target::new);
    let picture = Input::read(&args.picture)?;
    if picture.kind != InputKind::Png {
        return Err(Failure::input(Code::WrongInput, format!("`{}` is not a PNG", picture.name)).help("the picture comes first"));
    }
    let input = Input::read(&args.input)?;
    if input.kind == InputKind::Source {
        return Err(Failure::input(Code::WrongInput, format!("`{}` is neither a payload nor a PNG", input.name))
            .help("compile it first: pngine compile IN.pngine"));
    }
    target.check(Content::Png, &[&picture, &input])?;
    target.check_replaced(Content::Png, &ReadFiles::of(&[&picture, &input]), args.force)?;
    let payload = scene::open_payload(&input)?;
    let effort = if args.optimize { Effort::Optimize } else { Effort::Normal };
    let notice = args.optimize.then(|| Notice::new("optimizing"));
    let packed = progress::packing(|watch| pack::png_watched(payload.bytes(), Some(&picture.bytes), effort, watch));
    drop(notice);
    let png = packed.map_err(|error| match error {
        pack::PackError::Picture(error) => Failure::input(Code::DamagedScene, format!("`{}`: {error}", picture.name)),
        error => scene::pack_failure(&error),
    })?;
    target.deliver(&png, &scene::way_to_play(&payload.payload()))?;
    Ok(Exit::Done)
}
