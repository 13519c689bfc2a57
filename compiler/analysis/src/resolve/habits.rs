//! Names that people know from other places where shaders are written, and what they are called in a `#pass`.

use super::bindable::PASS_INPUTS;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::SourceMap;

/// The name, the member that is asked of it (none: whatever is), and what to write. Sources: Shadertoy's inputs, compute.toys' bindings,
/// the uniforms of The Book of Shaders, of glslViewer, Bonzomatic and GLSL itself.
const HABITS: &[(&str, &str, &str)] = &[
    ("iTime", "", TIME),
    ("iGlobalTime", "", TIME),
    ("u_time", "", TIME),
    ("fGlobalTime", "", TIME),
    ("time", "elapsed", TIME),
    ("time", "delta", DELTA),
    ("time", "frame", INDEX),
    ("time", "", TIME),
    ("iTimeDelta", "", DELTA),
    ("u_delta", "", DELTA),
    ("iFrame", "", INDEX),
    ("u_frame", "", INDEX),
    ("iFrameRate", "", "write `1 / frame.delta`, in pictures per second"),
    ("iResolution", "", SIZE),
    ("u_resolution", "", SIZE),
    ("v2Resolution", "", SIZE),
    ("resolution", "", SIZE),
    ("SCREEN_WIDTH", "", "write `pngine.width`, in pixels"),
    ("SCREEN_HEIGHT", "", "write `pngine.height`, in pixels"),
    ("iMouse", "", POINTER),
    ("u_mouse", "", POINTER),
    ("mouse", "pos", POINTER),
    ("mouse", "start", "write `vec2f(pointer.clickX, pointer.clickY)`, from 0 to 1"),
    ("mouse", "click", "write `pointer.buttons > 0`"),
    ("mouse", "", POINTER),
    ("iChannel0", "", CHANNEL),
    ("iChannel1", "", CHANNEL),
    ("iChannel2", "", CHANNEL),
    ("iChannel3", "", CHANNEL),
    ("u_texture", "", CHANNEL),
    ("channel0", "", CHANNEL),
    ("channel1", "", CHANNEL),
    ("backbuffer", "", PREVIOUS),
    ("u_backbuffer", "", PREVIOUS),
    ("pass_in", "", PREVIOUS),
    ("pass_out", "", "compute code writes `screen`, and further outputs by the names that `outputs` gives them"),
    ("passLoad", "", PREVIOUS),
    ("passSampleLevelBilinearRepeat", "", PREVIOUS),
    ("passStore", "", "write `textureStore(screen, position, color)`"),
    ("iChannelResolution", "", "write `textureDimensions(t)`"),
    ("iChannelTime", "", TIME),
    ("iDate", "", "a scene has no date: it looks the same on each day, and `pngine.time` counts its seconds"),
    ("u_date", "", "a scene has no date: it looks the same on each day, and `pngine.time` counts its seconds"),
    ("iSampleRate", "", "a scene hears no sound of its own making; `audio[i]` is how loud band i of the host's sound is"),
    ("texFFT", "", "write `audio[i]`, the loudness of band i of 256"),
    ("keyDown", "", KEY),
    ("bilinear", "", SAMPLER),
    ("trilinear", "", SAMPLER),
    ("nearest", "", SAMPLER),
    ("bilinear_repeat", "", SAMPLER),
    ("trilinear_repeat", "", SAMPLER),
    ("nearest_repeat", "", SAMPLER),
    ("fragCoord", "", PLACE),
    ("FragCoord", "", PLACE),
    ("gl_FragCoord", "", PLACE),
    ("uv", "", "compute it from a parameter `@builtin(position) at: vec4f`: `at.xy / vec2f(pngine.width, pngine.height)`"),
    ("fragColor", "", COLOR),
    ("FragColor", "", COLOR),
    ("gl_FragColor", "", COLOR),
    (
        "mainImage",
        "",
        "write `@fragment fn main(@builtin(position) at: vec4f) -> @location(0) vec4f { … }`, and return the color",
    ),
];

const TIME: &str = "write `pngine.time`, in seconds";
const DELTA: &str = "write `frame.delta`, the seconds since the last picture";
const INDEX: &str = "write `frame.index`, the number of the picture, from 0";
const SIZE: &str = "write `vec2f(pngine.width, pngine.height)`, in pixels";
const POINTER: &str = "write `vec2f(pointer.x, pointer.y)`: from 0 to 1, from the top left corner";
const CHANNEL: &str =
    "other passes, textures and images are bound by their names: `textureSample(photo, samp, uv)` with `#imageBitmap photo`";
const PREVIOUS: &str =
    "with `feedback=true` a pass reads its last output as `prev_` and its name, by `textureLoad` or `textureSample`";
const KEY: &str = "write `((keyboard[key / 32] >> (key % 32)) & 1) == 1`";
const SAMPLER: &str = "`samp` filters and clamps; another one is a `#sampler`, and is bound by its name";
const PLACE: &str = "take a parameter `@builtin(position) at: vec4f` and write `at.xy`; y grows downwards";
const COLOR: &str = "return the color: `@fragment fn main(…) -> @location(0) vec4f`";

/// What to write in a `#pass` in the place of a name that is known elsewhere; `behind` is the text that follows the name.
pub(super) fn in_pass(name: &str, behind: &str) -> Option<&'static str> {
    let rest = behind.strip_prefix('.').unwrap_or_default();
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
    let member = &rest[..end];
    HABITS.iter().find(|(known, of, _)| *known == name && (of.is_empty() || *of == member)).map(|(.., help)| *help)
}

/// A finding about a text of a `#shaderModule`, with what is known of the name in it.
pub(super) fn in_module(finding: Diagnostic, sources: &SourceMap) -> Diagnostic {
    if finding.code != Code::WgslUnknownName || finding.help.is_some() {
        return finding;
    }
    let Some(span) = finding.primary.as_ref().map(|label| label.span) else { return finding };
    let Some(text) = sources.get(span.file).map(|file| file.text.as_str()) else { return finding };
    let name = text.get(span.start as usize..span.end as usize).unwrap_or_default();
    match in_pass(name, text.get(span.end as usize..).unwrap_or_default()) {
        Some(help) => {
            finding.help(format!("in a `#pass`, {help}; another module declares what it reads, and a bind group binds it"))
        }
        None => finding,
    }
}

/// A finding about a member that an input does not have, with those that it has.
pub(super) fn with_members(finding: Diagnostic, sources: &SourceMap) -> Diagnostic {
    let wanted = finding.message.strip_prefix("invalid field accessor `");
    let wanted = wanted.or_else(|| finding.message.split_once("` has no member `").map(|(_, wanted)| wanted));
    let Some(wanted) = wanted.and_then(|rest| rest.strip_suffix('`')) else { return finding };
    let Some(span) = finding.primary.as_ref().map(|label| label.span) else { return finding };
    let before = sources.get(span.file).and_then(|file| file.text.get(..span.start as usize)).unwrap_or_default();
    let Some(owner) = before.strip_suffix('.') else { return finding };
    let start = owner.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
    let owner = &owner[start..];
    let Some(input) = PASS_INPUTS.iter().find(|input| input.name == owner) else { return finding };
    let members: Vec<&str> = input.members().collect();
    if members.is_empty() || members.contains(&wanted) {
        return finding;
    }
    let wanted = wanted.to_owned();
    let whole = match (owner, wanted.as_str()) {
        ("pngine", "resolution" | "size") => Some(SIZE),
        ("pngine", "delta") => Some(DELTA),
        ("pngine", "frame") => Some(INDEX),
        ("pointer", "pos" | "position" | "xy") => Some(POINTER),
        ("frame", "frame") => Some(INDEX),
        _ => None,
    };
    let mut finding = finding;
    finding.fixes.clear();
    finding.message = format!("`{owner}` has no member `{wanted}`");
    if let Some(label) = &mut finding.primary {
        label.message = "not one of its members".to_owned();
    }
    if let Some(help) = whole {
        return finding.help(help);
    }
    match nearest(&wanted, members.iter().copied()) {
        Some(near) => finding.did_you_mean(span, near),
        None => finding.help(format!("it has `{}`", members.join("`, `"))),
    }
}
