//! Bad input, systematically: every property of every macro, with every kind of mistake.
//!
//! The good scenes (`examples/`, `tests/ok/`) show every property in use. For each property the smallest scene that writes it is
//! taken, and one mistake is made in it: a value of another kind, a number out of range, a name misspelt, the property misspelt,
//! written twice, or left out. Each mistake is one error, inside what was changed, and nothing else is reported.

use pngine_analysis::language::{self, MACROS, Named, Ns, Prop, Shape, Ty};
use pngine_compiler::diag::{Code, Diagnostic, Severity};
use pngine_compiler::source::MemorySources;
use pngine_compiler::{Compiled, Options};
use pngine_syntax::load;
use pngine_syntax::tree::{Item, Property, Value, ValueKind};
use pngine_testkit::scenes;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Longest that the compilation of one mutant may take, in a debug build on a busy machine. Most take some milliseconds.
const LONGEST: Duration = Duration::from_secs(20);

/// What no other good scene uses. Its files are those of `tests/ok`.
const REST: &str = r#"
#shaderModule shader {
  code="
    @group(0) @binding(0) var image: texture_2d<f32>;
    @vertex fn corner(@location(0) at: vec4f) -> @builtin(position) vec4f { return at; }
    @fragment fn paint() -> @location(0) vec4f { return vec4f(1); }
    @fragment fn show() -> @location(0) vec4f { return textureLoad(image, vec2u(0), 0); }
  "
}
#data box { cube={ format=[position4] indexed=true } }
#data tube { cylinder={ format=[position4] faceted=true } }
#data pipe { cylinder={ format=[position4] indexed=true } }
#data ring { torus={ format=[position4] faceted=true } }
#data photo { file="assets/photo.png" }
#data numbers { uint32Array=[3 1 0 0, 3 1 0 0 0] }
#imageBitmap photo { image=photo }
#buffer boxes { size=box usage=[VERTEX] mappedAtCreation=box pool=2 }
#buffer tubes { size=tube usage=[VERTEX] mappedAtCreation=tube }
#buffer pipes { size=pipe usage=[VERTEX] mappedAtCreation=pipe }
#buffer rings { size=ring usage=[VERTEX] mappedAtCreation=ring }
#buffer order { size=box.indices usage=[INDEX] mappedAtCreation=box.indices }
#buffer round { size=pipe.indices usage=[INDEX] mappedAtCreation=pipe.indices }
#buffer numbers { size=numbers usage=[INDIRECT] mappedAtCreation=numbers }
#buffer staging { size=2048 usage=[COPY_SRC] pool=2 }
#texture image { size=[8 8] format=rgba8unorm usage=[TEXTURE_BINDING COPY_DST RENDER_ATTACHMENT] pool=2 }
#texture target { size=[8 8] format=rgba8unorm usage=[RENDER_ATTACHMENT] }
#texture depth { size=[8 8] format=depth24plus-stencil8 usage=[RENDER_ATTACHMENT] }
#textureView image { texture=image usage=[TEXTURE_BINDING] }
#renderPipeline plain {
  vertex={ module=shader buffers=[{ attributes=[{ shaderLocation=0 }] }] }
  fragment={ module=shader entryPoint=paint targets=[{ format=rgba8unorm }] }
  primitive={ unclippedDepth=false }
  depthStencil={ format=depth24plus-stencil8 depthWriteEnabled=false depthCompare=less }
}
#renderPipeline seen {
  vertex={ module=shader buffers=[{ attributes=[{ shaderLocation=0 }] }] }
  fragment={ module=shader entryPoint=show targets=[{}] }
}
#bindGroup group { entries=[{ binding=0 textureView=image }] pool=2 }
#renderBundle bundle {
  colorFormats=[rgba8unorm]
  depthStencilFormat=depth24plus-stencil8
  depthReadOnly=true
  stencilReadOnly=true
  pipeline=plain
  vertexBuffers=[tubes]
  indexBuffer=order
  indexFormat=uint16
  drawIndirect={ buffer=numbers }
  drawIndexedIndirect={ buffer=numbers offset=16 }
}
#renderPass recorded {
  colorAttachments=[{ view={ texture=target format=rgba8unorm aspect=all arrayLayerCount=1 } }]
  depthStencilAttachment={ view=depth depthReadOnly=true stencilReadOnly=true }
  executeBundles=[bundle]
}
#renderPass drawn {
  pipeline=seen
  bindGroups=[group]
  bindGroupsPoolOffsets=[1]
  vertexBuffers=[{ buffer=boxes slot=0 }]
  indexBuffer=order
  commands=[
    { setVertexBuffer={ slot=0 buffer=boxes pingPong=1 } }
    { drawIndexed=36 }
    { setVertexBuffer={ slot=0 buffer=rings } }
    { draw=3 }
    { setVertexBuffer={ slot=0 buffer=pipes } }
    { setIndexBuffer=round }
    { drawIndexed=3 }
  ]
}
#queue load {
  copyExternalImageToTexture={ source={ source=photo } destination={ texture=image aspect=all } copySize=[2 2] }
  copyBufferToTexture={
    source={ buffer=staging pingPong=1 bytesPerRow=256 }
    destination={ texture=image pingPong=1 }
    copySize={ width=8 height=8 depthOrArrayLayers=1 }
  }
}
#video clip { file="assets/clip.webm" }
#shaderModule film {
  code="
    @group(0) @binding(0) var clip: texture_external;
    @vertex fn corner(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
      return vec4f(f32(i & 1) * 4 - 1, f32(i >> 1) * 4 - 1, 0, 1);
    }
    @fragment fn paint() -> @location(0) vec4f { return textureLoad(clip, vec2u(0)); }
  "
}
#bindGroupLayout film { entries=[{ binding=0 visibility=[FRAGMENT] externalTexture={} }] }
#pipelineLayout film { bindGroupLayouts=[film] }
#renderPipeline film { layout=film vertex={ module=film } fragment={ module=film targets=[{}] } }
#bindGroup film { layout=film entries=[{ binding=0 resource=clip }] }
#renderPass film { pipeline=film bindGroups=[film] draw=3 }
#pass fade {
  feedback=true
  init="@compute @workgroup_size(8, 8) fn seed(@builtin(global_invocation_id) id: vec3u) { textureStore(screen, id.xy, vec4f(1)); }"
  code="@fragment fn fs(@builtin(position) at: vec4f) -> @location(0) vec4f { return textureLoad(prev_fade, vec2u(at.xy), 0) * 0.9; }"
}
#frame last { init=[load] perform=[recorded drawn film fade] }
"#;

/// Rows that no good scene can have: the commands of one kind of pass are known in the other one, to say that they do not belong there.
const UNUSABLE: &[&str] = &[
    "command.dispatchWorkgroups",
    "command.dispatchWorkgroupsIndirect",
    "compute command.beginOcclusionQuery",
    "compute command.draw",
    "compute command.drawIndexed",
    "compute command.drawIndexedIndirect",
    "compute command.drawIndirect",
    "compute command.endOcclusionQuery",
    "compute command.executeBundles",
    "compute command.setBlendConstant",
    "compute command.setIndexBuffer",
    "compute command.setScissorRect",
    "compute command.setStencilReference",
    "compute command.setVertexBuffer",
    "compute command.setViewport",
];

/// A good scene.
struct Good {
    scene: scenes::Scene,
    text: String,
    /// The name of its first `#frame`: a name of the wrong kind for nearly all properties.
    frame: String,
}

/// A property as it stands in a good scene.
struct Site<'a> {
    good: &'a Good,
    property: Property,
    /// The object or declaration that it stands in.
    owner: Range<usize>,
    /// `SHAPE.PROPERTY`
    row_name: String,
    row: &'static Prop,
    shape: &'static Shape,
}

/// What must come of a mistake.
enum Wanted {
    /// An error inside these bytes of the mutated text.
    Error(Range<usize>),
    /// An error of this code inside these bytes.
    Exactly(Code, Range<usize>),
    /// The same, whose help and fix offer this.
    Suggestion(Code, Range<usize>, String),
    /// The form is right, so that it depends on the scene whether it is a mistake.
    Anything,
}

/// One change of a good scene.
struct Mistake {
    /// What kind of mistake.
    kind: String,
    /// The scene with the mistake in it.
    text: String,
    wanted: Wanted,
    /// Whether it is several mistakes.
    is_several: bool,
}

fn good_scenes() -> Vec<Good> {
    let mut all = Vec::new();
    for folder in ["tests/ok", "examples"] {
        for scene in scenes::scenes(&Path::new(REPOSITORY).join(folder)) {
            let text = String::from_utf8(scene.bytes()).expect("the text of a good scene");
            let frame = text.split("#frame ").nth(1).and_then(|rest| rest.split_whitespace().next());
            all.push(Good { frame: frame.unwrap_or("main").to_string(), scene, text });
        }
    }
    let folder = Path::new(REPOSITORY).join("tests/ok");
    let scene = scenes::Scene { name: "(rest)".to_string(), folder, entry: "rest.pngine".to_string() };
    all.push(Good { scene, text: REST.to_string(), frame: "last".to_string() });
    // Small scenes are quick to compile.
    all.sort_by_key(|good| good.text.len());
    all
}

fn range(span: pngine_compiler::source::Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// Calls `found` with every property that is written in `properties` and in the objects inside it: its shape and row, and its owner.
fn walk(
    shape: &'static Shape,
    properties: &[Property],
    owner: &Range<usize>,
    found: &mut impl FnMut(&'static Shape, &'static Prop, &Property, &Range<usize>),
) {
    for property in properties {
        if let Some(row) = shape.find(&property.name.name) {
            found(shape, row, property, owner);
            walk_value(row.ty, &property.value, found);
        }
    }
}

fn walk_value(ty: Ty, value: &Value, found: &mut impl FnMut(&'static Shape, &'static Prop, &Property, &Range<usize>)) {
    let owner = range(value.span);
    match (ty, &value.kind) {
        (Ty::Object(shape) | Ty::Command(shape), ValueKind::Object(properties)) => walk(shape, properties, &owner, found),
        (Ty::Elements, ValueKind::Object(properties)) => walk(language::GENERATED, properties, &owner, found),
        (Ty::Fields(shape), ValueKind::Object(members)) => {
            members.iter().for_each(|member| walk_value(Ty::Object(shape), &member.value, found));
        }
        (Ty::List(element), ValueKind::Array(values)) => values.iter().for_each(|value| walk_value(*element, value, found)),
        (Ty::List(inner) | Ty::AutoOr(inner), _) => walk_value(*inner, value, found),
        // The others are not made for this form, and find nothing in it.
        (Ty::OneOf(types), _) => types.iter().for_each(|ty| walk_value(*ty, value, found)),
        _ => {}
    }
}

/// Every row of the language that this version lowers, `SHAPE.PROPERTY`.
fn rows() -> BTreeSet<String> {
    fn of(shape: &'static Shape, seen: &mut BTreeSet<&'static str>, rows: &mut BTreeSet<String>) {
        if seen.insert(shape.name) {
            for row in shape.props.iter() {
                rows.insert(format!("{}.{}", shape.name, row.name));
                inside(row.ty, seen, rows);
            }
        }
    }
    fn inside(ty: Ty, seen: &mut BTreeSet<&'static str>, rows: &mut BTreeSet<String>) {
        match ty {
            Ty::Object(shape) | Ty::Command(shape) | Ty::Fields(shape) => of(shape, seen, rows),
            Ty::Elements => of(language::GENERATED, seen, rows),
            Ty::List(inner) | Ty::AutoOr(inner) | Ty::Tuple(inner, ..) => inside(*inner, seen, rows),
            Ty::OneOf(types) => types.iter().for_each(|ty| inside(*ty, seen, rows)),
            _ => {}
        }
    }
    let (mut seen, mut found) = (BTreeSet::new(), BTreeSet::new());
    MACROS.iter().for_each(|row| of(row.shape, &mut seen, &mut found));
    found
}

/// For every row the first scene that writes it in its entry file.
fn sites(good: &[Good]) -> BTreeMap<String, Site<'_>> {
    let mut sites = BTreeMap::new();
    for good in good {
        let folder = scenes::Folder(good.scene.folder.clone());
        let loaded = load::load(&folder, &good.scene.entry, good.text.as_bytes(), &mut Vec::new());
        for item in &loaded.trees[0].items {
            let Item::Macro(declared) = item else { continue };
            let row = language::macro_row(&declared.kind.name).expect("a macro of the language");
            let declaration = range(declared.span);
            walk(row.shape, &declared.body, &declaration, &mut |shape, row, property, owner| {
                let row_name = format!("{}.{}", shape.name, row.name);
                sites.entry(row_name.clone()).or_insert_with(|| Site {
                    good,
                    property: property.clone(),
                    owner: owner.clone(),
                    row_name,
                    row,
                    shape,
                });
            });
        }
    }
    sites
}

/// Something to write in the place of a value.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Number(f64),
    Str,
    Bool,
    /// A name that nothing has.
    Unknown,
    /// The name of a `#frame`.
    Frame,
    Canvas,
    UnknownPath,
    EmptyArray,
    ArrayOfUnknown,
    ArrayOfArray,
    EmptyObject,
    UnknownObject,
}

impl Form {
    const ALL: [Form; 16] = [
        Form::Number(7.0),
        Form::Number(-1.0),
        Form::Number(0.3),
        Form::Number(1e11),
        Form::Number(1e39),
        Form::Str,
        Form::Bool,
        Form::Unknown,
        Form::Frame,
        Form::Canvas,
        Form::UnknownPath,
        Form::EmptyArray,
        Form::ArrayOfUnknown,
        Form::ArrayOfArray,
        Form::EmptyObject,
        Form::UnknownObject,
    ];

    /// Fewer, for the elements of arrays: they have the types of other properties.
    const ELEMENTS: [Form; 6] =
        [Form::Number(0.3), Form::Number(1e39), Form::Str, Form::Unknown, Form::ArrayOfArray, Form::UnknownObject];

    fn text(self, good: &Good) -> String {
        match self {
            Form::Number(number) => format!("{number:?}"),
            Form::Str => "\"zyzzyva\"".to_string(),
            Form::Bool => "true".to_string(),
            Form::Unknown => "zyzzyva".to_string(),
            Form::Frame => good.frame.clone(),
            Form::Canvas => "canvas.width".to_string(),
            Form::UnknownPath => "zyzzyva.zyzzyva".to_string(),
            Form::EmptyArray => "[]".to_string(),
            Form::ArrayOfUnknown => "[zyzzyva]".to_string(),
            Form::ArrayOfArray => "[[[7]]]".to_string(),
            Form::EmptyObject => "{}".to_string(),
            Form::UnknownObject => "{ zyzzyva=7 }".to_string(),
        }
    }
}

/// Whether a value of this form may be right for this type.
fn may_be_right(ty: Ty, form: Form) -> bool {
    let number = if let Form::Number(number) = form { Some(number) } else { None };
    let whole = |min: f64, max: f64| number.is_some_and(|n| n.fract() == 0.0 && n >= min && n <= max);
    let single = number.is_some_and(|number| number.abs() <= f64::from(f32::MAX));
    match ty {
        Ty::Uint(min, max) => whole(f64::from(min), f64::from(max)),
        // The scene may ask for more than the default.
        Ty::Below(_) | Ty::UpTo(_) => whole(0.0, f64::from(u32::MAX)),
        Ty::Int => whole(f64::from(i32::MIN), f64::from(i32::MAX)),
        Ty::Float => single,
        Ty::Bool => form == Form::Bool,
        Ty::Str => form == Form::Str,
        // These have right forms, but nothing is called `zyzzyva`.
        Ty::Name | Ty::Text | Ty::Path | Ty::Enum(_) | Ty::Format | Ty::View | Ty::Texture | Ty::DataSource | Ty::Elements => {
            false
        }
        Ty::Flags(_, numeric) => form == Form::EmptyArray || (numeric && whole(0.0, 15.0)),
        Ty::Ref(kinds) => form == Form::Frame && kinds.contains(&Ns::Frame),
        Ty::ByteSize => whole(0.0, f64::from(u32::MAX)),
        Ty::Extent => whole(1.0, 16384.0) || form == Form::Canvas,
        Ty::Count(most) => whole(0.0, f64::from(most)) || form == Form::Canvas,
        Ty::Measure => single || form == Form::Canvas,
        Ty::AutoOr(inner) => may_be_right(*inner, form),
        // One element stands for an array of one.
        Ty::List(inner) => form == Form::EmptyArray || may_be_right(*inner, form),
        Ty::Tuple(_, min, _) | Ty::Numbers(min, _) => min == 0 && form == Form::EmptyArray,
        Ty::Object(shape) => form == Form::EmptyObject && !shape.props.iter().any(|prop| prop.required),
        Ty::OneOf(types) => types.iter().any(|ty| may_be_right(*ty, form)),
        Ty::Record | Ty::Names(_) => form == Form::EmptyObject,
        // Nothing has these members.
        Ty::Command(_) | Ty::Variable | Ty::Fields(_) => false,
        Ty::Argument => number.is_some() || form == Form::Canvas,
        Ty::Formula => number.is_some(),
        Ty::Ignored => true,
    }
}

/// Near misses of a word: a letter doubled, one left out, two swapped, one that is another. `2d` has none: `2dd` is a malformed number.
fn misspelt(word: &str) -> Vec<String> {
    let letters: Vec<char> = word.chars().collect();
    if letters.len() == 2 && word.starts_with(|first: char| first.is_ascii_digit()) {
        return Vec::new();
    }
    let at = letters.len() / 2;
    let mut out = Vec::new();
    let mut doubled = letters.clone();
    doubled.insert(at, letters[at]);
    out.push(doubled);
    if letters.len() > 2 {
        let mut short = letters.clone();
        short.remove(at);
        out.push(short);
        let mut swapped = letters.clone();
        swapped.swap(at, at - 1);
        out.push(swapped);
        let mut other = letters.clone();
        other[at] = if letters[at] == 'q' { 'w' } else { 'q' };
        out.push(other);
    }
    let mut out: Vec<String> = out.into_iter().map(|letters| letters.into_iter().collect()).collect();
    out.retain(|other: &String| !other.eq_ignore_ascii_case(word) && other.chars().next().is_some_and(|c| c.is_alphanumeric()));
    out.dedup();
    out
}

impl Site<'_> {
    /// The scene with `with` in the place of `what`, and the bytes of `with` in it.
    fn replaced(&self, what: Range<usize>, with: &str) -> (String, Range<usize>) {
        let mut text = self.good.text.clone();
        let place = what.start..what.start + with.len();
        text.replace_range(what, with);
        (text, place)
    }

    /// The bytes of the whole property after its value has become `with`, which stands at `place`.
    fn with_value(&self, with: &str) -> (String, Range<usize>) {
        let (text, place) = self.replaced(range(self.property.value.span), with);
        (text, self.property.span.start as usize..place.end)
    }

    fn mistakes(&self, found: &mut impl FnMut(Mistake)) {
        let name = range(self.property.name.span);
        let whole = range(self.property.span);
        for form in Form::ALL {
            let written = form.text(self.good);
            let (text, place) = self.with_value(&written);
            let wanted = if may_be_right(self.row.ty, form) { Wanted::Anything } else { Wanted::Error(place) };
            found(Mistake { kind: format!("={written}"), text, wanted, is_several: form == Form::UnknownObject });
        }
        for (_, values) in OUT_OF_RANGE.iter().filter(|(row, _)| *row == self.row_name) {
            for written in *values {
                let (text, place) = self.with_value(written);
                // A range is two numbers, and an object around them shows both.
                let grown = text.len() as i64 - self.good.text.len() as i64;
                let owner = self.owner.start..(self.owner.end as i64 + grown) as usize;
                let place = if self.shape.name.starts_with('#') { place } else { owner };
                found(Mistake { kind: format!("={written}"), text, wanted: Wanted::Error(place), is_several: true });
            }
        }
        if let ValueKind::Array(elements) = &self.property.value.kind
            && let Some(element) = elements.first()
        {
            for form in Form::ELEMENTS {
                let written = form.text(self.good);
                let (text, place) = self.replaced(range(element.span), &written);
                let right = element_type(self.row.ty).is_none_or(|ty| may_be_right(ty, form));
                let wanted = if right { Wanted::Anything } else { Wanted::Error(place) };
                found(Mistake { kind: format!("=[{written} …]"), text, wanted, is_several: form == Form::UnknownObject });
            }
        }
        words(self.row.ty, &self.property.value, &mut |word, at, code| {
            for other in misspelt(word).into_iter().take(2) {
                let (text, place) = self.replaced(at.clone(), &other);
                let wanted = Wanted::Suggestion(code, place, word.to_string());
                found(Mistake { kind: format!("={other}"), text, wanted, is_several: false });
            }
        });
        let taken = |other: &str| self.shape.find(other).is_some();
        for other in misspelt(&self.property.name.name).iter().filter(|other| !taken(other)).take(2) {
            let (text, place) = self.replaced(name.clone(), other);
            let wanted = Wanted::Suggestion(Code::UnknownProperty, place, self.row.name.to_string());
            found(Mistake { kind: format!("{other}="), text, wanted, is_several: false });
        }
        if !is_command(self.shape) {
            let (text, place) = self.replaced(whole.end..whole.end, " zyzzyva=7");
            found(Mistake {
                kind: "unknown property".to_string(),
                text,
                wanted: Wanted::Exactly(Code::UnknownProperty, place),
                is_several: false,
            });
        }
        if self.shape.name != "#queue" && !is_command(self.shape) {
            let again = format!(" {}", &self.good.text[whole.clone()]);
            let (text, place) = self.replaced(whole.end..whole.end, &again);
            found(Mistake {
                kind: "twice".to_string(),
                text,
                wanted: Wanted::Exactly(Code::DuplicateProperty, place),
                is_several: false,
            });
        }
        if self.row.required {
            let (text, _) = self.replaced(whole.clone(), "");
            let owner = self.owner.start..self.owner.end - whole.len();
            found(Mistake {
                kind: "missing".to_string(),
                text,
                wanted: Wanted::Exactly(Code::MissingProperty, owner),
                is_several: false,
            });
        }
    }
}

/// Whether an object of this shape has exactly one property, which says what it is.
fn is_command(shape: &Shape) -> bool {
    matches!(shape.name, "command" | "compute command")
}

/// The type of the elements of an array, where there is only one.
fn element_type(ty: Ty) -> Option<Ty> {
    match ty {
        Ty::List(inner) | Ty::Tuple(inner, ..) => Some(*inner),
        Ty::Numbers(..) | Ty::Elements => Some(Ty::Float),
        Ty::DataSource => Some(Ty::Float),
        _ => None,
    }
}

/// Calls `found` with the words of WebGPU that a value has: the word, its place, and the code that tells of a wrong one.
fn words(ty: Ty, value: &Value, found: &mut impl FnMut(&str, Range<usize>, Code)) {
    match (ty, &value.kind) {
        (Ty::Enum(_) | Ty::Format, ValueKind::Ident(word)) => found(word, range(value.span), Code::UnknownWord),
        (Ty::Flags(set, _), ValueKind::Ident(word)) if set.flags.iter().any(|(name, _)| name == word) => {
            found(word, range(value.span), Code::UnknownFlag);
        }
        (Ty::Ref(_) | Ty::View | Ty::Texture, ValueKind::Ident(word)) if word.len() > 3 => {
            found(word, range(value.span), Code::UndefinedName);
        }
        (Ty::Flags(..), ValueKind::Array(values)) => values.iter().for_each(|value| words(ty, value, found)),
        (Ty::List(inner), ValueKind::Array(values)) => values.iter().for_each(|value| words(*inner, value, found)),
        (Ty::AutoOr(_), ValueKind::Ident(word)) if word == "auto" => found(word, range(value.span), Code::UndefinedName),
        (Ty::List(inner) | Ty::AutoOr(inner), _) => words(*inner, value, found),
        _ => {}
    }
}

/// Numbers of the right form that these rows never take.
const OUT_OF_RANGE: &[(&str, &[&str])] = &[
    ("cube.size", &["0", "-1"]),
    ("plane.width", &["0", "-1"]),
    ("plane.height", &["0", "-1"]),
    ("sphere.radius", &["0", "-1"]),
    ("torus.radius", &["0", "-1"]),
    ("torus.thickness", &["0", "-1"]),
    ("cylinder.radius", &["0", "-1"]),
    ("cylinder.height", &["0", "-1"]),
    ("cone.bottomRadius", &["-1"]),
    ("cone.topRadius", &["-1"]),
    ("cone.height", &["0", "-1"]),
    ("#video.playbackRate", &["0", "-1", "17"]),
    ("#sampler.lodMinClamp", &["-1"]),
    ("#sampler.lodMaxClamp", &["-1"]),
    ("#texture.sampleCount", &["2", "3", "0", "5"]),
    ("multisample state.count", &["2", "3", "0", "5"]),
    ("#renderBundle.sampleCount", &["2", "3", "0", "5"]),
    ("#buffer.size", &["0", "-4", "4294967296"]),
    ("#texture.mipLevelCount", &["0", "17"]),
    ("#textureView.mipLevelCount", &["0", "17"]),
    ("#textureView.arrayLayerCount", &["0", "4097"]),
    ("#textureView.baseMipLevel", &["17"]),
    ("viewport.minDepth", &["-0.5", "1.5"]),
    ("viewport.maxDepth", &["-0.5", "1.5"]),
    ("viewport.width", &["-1"]),
    ("viewport.height", &["-1"]),
    ("depth-stencil attachment.depthClearValue", &["-0.5", "1.5"]),
    ("#animation.duration", &["0", "-1"]),
    ("scene.start", &["-1"]),
    ("scene.end", &["-1"]),
    ("vertex attribute.offset", &["3", "4096"]),
    ("vertex buffer layout.arrayStride", &["3", "2049"]),
    ("writeBuffer.bufferOffset", &["3", "4294967292"]),
    ("vertex buffer slot.offset", &["3", "4294967292"]),
    ("setVertexBuffer.offset", &["3", "4294967292"]),
    ("index buffer.offset", &["1", "4294967292"]),
    ("indirect source.offset", &["3", "4294967292"]),
    ("bind group entry.offset", &["4", "4294967040"]),
    ("resource.offset", &["4", "4294967040"]),
    ("copyBufferToBuffer.sourceOffset", &["3", "4294967292"]),
    ("copyBufferToBuffer.destinationOffset", &["3", "4294967292"]),
    ("copyBufferToBuffer.size", &["3", "4294967292"]),
    ("clearBuffer.offset", &["3", "4294967292"]),
    ("clearBuffer.size", &["3", "4294967292"]),
    ("buffer place.bytesPerRow", &["255"]),
    ("buffer place.offset", &["4294967292"]),
    ("texture place.mipLevel", &["17"]),
    ("resolveQuerySet.destinationOffset", &["4", "4294967040"]),
    ("resolveQuerySet.firstQuery", &["4096"]),
    ("resolveQuerySet.queryCount", &["4097"]),
    ("timestamp target.beginningOfPassWriteIndex", &["4096"]),
    ("timestamp target.endOfPassWriteIndex", &["4096"]),
    ("command.beginOcclusionQuery", &["4096"]),
    ("#init.workgroups", &["0", "65536", "[0]", "[1 65536]", "[]"]),
    ("element generator.numberOfElements", &["0", "4294967295"]),
];

/// Words that one letter too few or too many makes as near to another word: both are good guesses.
const AS_NEAR: &[(&str, &str)] = &[("rgba8unorm", "rgba8snorm"), ("cw", "ccw"), ("src1", "src")];

/// Mistakes that are none, or more than one, and why: row, start of the kind, reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("#bindGroupLayout.entries", "=[]", "a layout without bindings is one; everything that uses it lacks them"),
    ("#pipelineLayout.bindGroupLayouts", "=[]", "a layout without groups is one; everything that uses it lacks them"),
    ("#pass.code", "=\"zyzzyva\"", "the define that was used in the text is used no more"),
    ("#wgsl.value", "=\"zyzzyva\"", "the text is wrong, and another one uses what it declared"),
    ("fragment stage.constants", "={ zyzzyva=7 }", "there is no such override, and those that need values have none"),
    ("#textureView.baseMipLevel", "=17", "the range is two numbers, and the other one is shown"),
    ("#device.requiredFeatures", "=\"zyzzyva\"", "what is no feature is not the one that is needed"),
    ("#device.requiredFeatures", "=zyzzyva", "what is no feature is not the one that is needed"),
    ("#device.requiredFeatures", "=main", "what is no feature is not the one that is needed"),
    ("#device.requiredFeatures", "=[zyzzyva", "what is no feature is not the one that is needed"),
    ("#device.requiredFeatures", "=[\"zyzzyva", "what is no feature is not the one that is needed"),
    ("#device.requiredFeatures", "=true", "what is no feature is not the one that is needed"),
    ("scene.id", "=", "the author chooses it"),
    ("output.name", "=", "the author chooses it, and the code of passes uses it"),
    ("#uniforms.fields", "={ zyzzyva=7 }", "the author chooses the members, and the code of a pass uses others"),
    ("resource.offset", "=4294967040", "the range is that of the entry"),
];

/// Compiles a text in the place of a good scene.
fn compiled(good: &Good, text: &str) -> Compiled {
    let sources = scenes::Folder(good.scene.folder.clone());
    pngine_compiler::compile(&sources, &good.scene.entry, text.as_bytes(), &Options::default())
}

/// What is wrong with what the compiler says of a mistake; empty if nothing is.
fn judge(site: &Site<'_>, mistake: &Mistake) -> String {
    let start = Instant::now();
    let compiled = catch_unwind(AssertUnwindSafe(|| compiled(site.good, &mistake.text)));
    let Ok(compiled) = compiled else { return "PANIC".to_string() };
    if start.elapsed() > LONGEST {
        return format!("takes {:?}", start.elapsed());
    }
    let short = || {
        compiled
            .diagnostics
            .iter()
            .map(|d| {
                let at = d.primary.as_ref().map_or("-".to_string(), |label| {
                    format!(
                        "{:?} {:?}",
                        range(label.span),
                        compiled.sources.slice(label.span).chars().take(40).collect::<String>()
                    )
                });
                format!("\n      {} {at}: {} | {}", d.code.as_str(), d.message, d.help.as_deref().unwrap_or(""))
            })
            .collect::<String>()
    };
    let errors: Vec<&Diagnostic> = compiled.diagnostics.iter().filter(|d| d.severity() == Severity::Error).collect();
    if errors.iter().any(|d| d.code == Code::NotSupportedYet) {
        return format!("E0312{}", short());
    }
    let (code, place, suggestion) = match &mistake.wanted {
        Wanted::Anything if errors.len() > 3 => return format!("CASCADE{}", short()),
        Wanted::Anything => return String::new(),
        Wanted::Error(place) => (None, place, None),
        Wanted::Exactly(code, place) => (Some(*code), place, None),
        Wanted::Suggestion(code, place, word) => (Some(*code), place, Some(word)),
    };
    let Some(first) = errors.first() else { return format!("ACCEPTED{}", short()) };
    let inside = |d: &Diagnostic| {
        d.primary.as_ref().is_some_and(|label| {
            let span = range(label.span);
            label.span.file.0 == 0 && place.start <= span.start && span.end <= place.end
        })
    };
    // An object may lack several properties and have one that is none.
    if errors.len() > if mistake.is_several { 3 } else { 1 } {
        return format!("{} ERRORS{}", errors.len(), short());
    }
    if !errors.iter().all(|error| inside(error)) {
        return format!("ELSEWHERE (wanted {place:?}){}", short());
    }
    if compiled.diagnostics.len() > errors.len() {
        return format!("WARNINGS{}", short());
    }
    if code.is_some_and(|code| code != first.code) {
        return format!("CODE{}", short());
    }
    if let Some(word) = suggestion {
        let others = AS_NEAR.iter().filter(|(meant, _)| meant == word).map(|(_, other)| *other);
        let is_offered = others.chain([word.as_str()]).any(|word| {
            let said = first.help.as_ref().is_some_and(|help| help.contains(&format!("did you mean `{word}`?")));
            said && first.fixes.iter().any(|fix| fix.edits.iter().any(|(_, text)| text == word))
        });
        if !is_offered {
            return format!("SUGGESTION{}", short());
        }
    }
    String::new()
}

#[test]
fn every_mistake_in_every_property_is_one_error_at_its_place() {
    let good = good_scenes();
    let sites = sites(&good);
    let is_missing = |row: &String| !sites.contains_key(row) && !UNUSABLE.contains(&row.as_str());
    let unused: Vec<String> = rows().into_iter().filter(is_missing).collect();
    for good in &good {
        // The one that is written in this file is in no folder.
        let on_disk = good.text != REST;
        let found = if on_disk { good.scene.compile(&Options::default()) } else { compiled(good, REST) };
        let text = pngine_compiler::diag::render_short(&found.sources, &found.diagnostics);
        let has_error = found.diagnostics.iter().any(|diagnostic| diagnostic.severity() == Severity::Error);
        assert!(!has_error, "{}:\n{text}", good.scene.name);
    }
    let mut work: Vec<(&Site<'_>, Mistake)> = Vec::new();
    for site in sites.values() {
        site.mistakes(&mut |mistake| work.push((site, mistake)));
    }
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get());
    let mut wrong: Vec<(usize, String)> = std::thread::scope(|scope| {
        let judged = || {
            let mut wrong = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((site, mistake)) = work.get(index) else { return wrong };
                let found = judge(site, mistake);
                let excused = EXCEPTIONS.iter().any(|(row, kind, _)| *row == site.row_name && mistake.kind.starts_with(kind));
                if !found.is_empty() && !excused {
                    wrong.push((index, format!("{} {} ({}): {found}", site.row_name, mistake.kind, site.good.scene.name)));
                }
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(judged)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker that ends")).collect()
    });
    wrong.sort();
    let wrong: Vec<String> = wrong.into_iter().map(|(_, found)| found).collect();
    println!("{} mistakes in {} properties", work.len(), sites.len());
    assert!(
        unused.is_empty() && wrong.is_empty(),
        "{} of {} wrong; no scene has {unused:?}\n{}",
        wrong.len(),
        work.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_mistake_in_every_macro_is_reported_in_one_run() {
    let mut text = String::from("#import \"nothing.pngine\"\n#define TOO_MUCH=1/0\n#data first { float32Array=[TOO_MUCH] }\n");
    let mut places = Vec::new();
    for row in MACROS {
        let name = if row.named == Named::Yes { " thing" } else { "" };
        let start = text.len();
        text.push_str(&format!("#{}{name} {{ zyzzyva=7 }}\n", row.ns.word()));
        places.push((row.ns.word(), start..text.len()));
    }
    let found = pngine_compiler::compile(&MemorySources::default(), "scene.pngine", text.as_bytes(), &Options::default());
    let of = |code: Code| {
        found.diagnostics.iter().filter(move |d| d.code == code).filter_map(|d| Some(range(d.primary.as_ref()?.span)))
    };
    for (word, place) in places {
        let unknown = of(Code::UnknownProperty).filter(|span| place.contains(&span.start)).count();
        assert_eq!(unknown, 1, "#{word}");
    }
    assert_eq!((of(Code::FileNotFound).count(), of(Code::BadArithmetic).count()), (1, 1));
}
