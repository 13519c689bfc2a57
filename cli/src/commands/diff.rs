//! `pngine diff`: whether two pictures look the same, and where they do not.

use pngine_compiler::diag::{Code, escape};
use pngine_host::compare::{self, Difference};
use pngine_host::{ColorSpace, DecodedImage};
use serde_json::json;

use crate::args::Diff;
use crate::failure::{Exit, Failure};
use crate::input::{self, Input};
use crate::output::{self, Content, Target};
use crate::picture::{self, Pixels};
use crate::progress;

/// Version of the object that `--json` prints.
const SCHEMA: u32 = 1;

/// Compares two pictures. [`Exit::Errors`] means that they differ.
///
/// # Errors
/// E0901 to E0904, E0905, E0906, E0930, E0931, E0937.
pub fn run(args: &Diff) -> Result<Exit, Failure> {
    if input::is_standard(&args.a) && input::is_standard(&args.b) {
        return Err(Failure::Usage("only one of the pictures can be standard input".to_owned()));
    }
    let inputs = [Input::read(&args.a)?, Input::read(&args.b)?];
    let target = args.output.as_deref().map(Target::new);
    if let Some(target) = &target {
        let read = inputs.iter().collect::<Vec<_>>();
        target.check(Content::Png, &read)?;
        target.check_replaced(Content::Png, &output::ReadFiles::of(&read), args.force)?;
        if *target == Target::Standard && args.json {
            return Err(Failure::Usage(
                "standard output cannot take both the picture and the JSON: name a file with -o".to_owned(),
            ));
        }
    }
    let [a, b] = &inputs;
    let (left, right) = (decode(a)?, decode(b)?);
    let is_one_size = (left.width, left.height) == (right.width, right.height);
    let difference = if is_one_size { Difference::between(&left.rgba, &right.rgba, args.tolerance) } else { None };
    let is_same = difference.is_some_and(|found| found.part() * 100.0 <= args.max_off);

    if let (Some(target), true) = (&target, is_one_size) {
        let pixels = Pixels { rgba: compare::picture(&left.rgba, &right.rgba), color_space: ColorSpace::Srgb };
        let png = picture::encode(left.width, left.height, &pixels).map_err(|error| picture::failure(&error))?;
        target.deliver(&png, "the differences, eight times as strong")?;
    }
    if args.json {
        let side =
            |input: &Input, image: &DecodedImage| json!({ "file": input.name, "width": image.width, "height": image.height });
        output::print_json(&json!({
            "schema": SCHEMA,
            "same": is_same,
            "a": side(a, &left),
            "b": side(b, &right),
            "tolerance": args.tolerance,
            "max_off": args.max_off,
            "pixels": difference.map(|found| found.pixels),
            "off": difference.map(|found| found.off),
            "part": difference.map(|found| found.part()),
            "worst": difference.map(|found| found.worst),
            "mean": difference.map(|found| found.mean),
        }))?;
    } else if target != Some(Target::Standard) {
        let sizes = format!("{}x{} and {}x{} pixels", left.width, left.height, right.width, right.height);
        let words = difference.map_or(sizes, |found| words(&found, args.tolerance));
        output::print(&format!("{} and {}: {words}\n", escape(&a.name), escape(&b.name)))?;
    }
    Ok(if is_same { Exit::Done } else { Exit::Errors })
}

/// `120 of 76,800 pixels (0.156 %) differ, by at most 34 of 255`
fn words(found: &Difference, tolerance: u8) -> String {
    let number = |number: u64| usize::try_from(number).map_or_else(|_| number.to_string(), progress::grouped);
    if found.worst == 0 {
        return format!("the same {} pixels", number(found.pixels));
    }
    let beyond = if tolerance == 0 { String::new() } else { format!(" by more than {tolerance}") };
    format!(
        "{} of {} pixels ({:.3} %) differ{beyond}, at most by {} of 255, on average by {:.3}",
        number(found.off),
        number(found.pixels),
        found.part() * 100.0,
        found.worst,
        found.mean
    )
}

fn decode(input: &Input) -> Result<DecodedImage, Failure> {
    use pngine_host::ImageError::{Damaged, TooLarge, Unknown};
    DecodedImage::decode(&input.bytes).map_err(|error| {
        let code = match error {
            Unknown(_) => Code::UnknownImage,
            Damaged(_) => Code::DamagedImage,
            TooLarge { .. } => Code::ImageTooLarge,
        };
        Failure::input(code, format!("`{}`: {error}", input.name))
    })
}
