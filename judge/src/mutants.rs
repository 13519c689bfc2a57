//! Mistakes made on purpose: scenes that are right, with one thing changed.
//!
//! A mutant is one edit, or one pair of edits for a swap, of the entry file of a scene. What is changed comes from the syntax tree and the
//! property tables: every word by another of its set, every number by another, flags, references, elements of arrays, whole properties;
//! properties are added too. Shaders are changed where they meet the scene (groups, bindings, locations, built-ins, types, formats), and
//! inside. Nothing here knows which of the changes are mistakes: that is for the oracles to say.

use crate::random::Random;
use pngine_analysis::language::{self, FlagSet, Ns, Shape, Ty};
use pngine_compiler::source::Sources;
use pngine_format::word::TEXTURE_FORMAT;
use pngine_syntax::load;
use pngine_syntax::tree::{Item, Property, Value, ValueKind};
use pngine_wgsl::tokens::{self, TokenKind};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// What a mutant changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The scene: properties, values, declarations.
    Scene,
    /// A shader where it meets the scene: attributes, resource variables, entry points.
    Interface,
    /// The inside of a shader.
    Wgsl,
    /// The text: a character or a word is lost or misspelt.
    Text,
}

impl Class {
    /// All of them, in the order of reports.
    pub const ALL: [Class; 4] = [Class::Scene, Class::Interface, Class::Wgsl, Class::Text];

    /// For reports.
    pub const fn name(self) -> &'static str {
        match self {
            Class::Scene => "scene",
            Class::Interface => "shader interface",
            Class::Wgsl => "shader",
            Class::Text => "text",
        }
    }
}

/// A change of a scene.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The kind of mistake, in a few words: `target format`.
    pub kind: String,
    /// What it changes.
    pub class: Class,
    /// Bytes of the original text and what stands there instead, in order.
    pub changes: Vec<(Range<usize>, String)>,
}

impl Edit {
    /// The text after the change.
    pub fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut at = 0;
        for (range, new) in &self.changes {
            out.push_str(&text[at..range.start]);
            out.push_str(new);
            at = range.end;
        }
        out.push_str(&text[at..]);
        out
    }

    /// The changed bytes of the text after the change, each change by itself; empty where something is gone.
    pub fn places(&self) -> Vec<Range<usize>> {
        let mut shift = 0isize;
        let place = |(range, new): &(Range<usize>, String)| {
            let start = range.start.wrapping_add_signed(shift);
            shift += new.len() as isize - range.len() as isize;
            start..start + new.len()
        };
        self.changes.iter().map(place).collect()
    }
}

/// All changes of a scene's entry file that this module knows, with random new values: the same ones for the same `random`.
pub fn edits(sources: &dyn Sources, text: &str, random: &mut Random) -> Vec<Edit> {
    let loaded = load::load(sources, "scene.pngine", text.as_bytes(), &mut Vec::new());
    let mut names: BTreeMap<Ns, Vec<String>> = BTreeMap::new();
    for item in loaded.items() {
        if let Item::Macro(declared) = item
            && let (Some(row), Some(name)) = (language::macro_row(&declared.kind.name), &declared.name)
        {
            names.entry(row.ns).or_default().push(name.name.clone());
        }
    }
    let mut maker = Maker { text, random, names, edits: Vec::new() };
    let Some(tree) = loaded.trees.first() else { return Vec::new() };
    for item in &tree.items {
        maker.item(item);
    }
    maker.frames(&tree.items);
    maker.text();
    maker.edits
}

/// Names of kinds that differ from "PROPERTY of SHAPE".
const LABELS: &[(&str, &str, &str)] = &[
    ("layout", "index", "group index"),
    ("bind group slot", "index", "group index"),
    ("setBindGroup", "index", "group index"),
    ("layout", "pipeline", "bind layout"),
    ("#bindGroup", "layout", "bind layout"),
    ("#pipelineLayout", "bindGroupLayouts", "bind layouts of a pipeline layout"),
    ("storage texture layout", "format", "storage format of a layout"),
    ("color target", "format", "target format"),
    ("fragment stage", "targets", "target count"),
    ("#renderPass", "colorAttachments", "attachment count"),
    ("#renderBundle", "colorFormats", "bundle formats"),
    ("#renderBundle", "depthStencilFormat", "bundle formats"),
    ("#renderBundle", "sampleCount", "bundle sample count"),
    ("#texture", "dimension", "texture dimension"),
    ("#textureView", "dimension", "view dimension"),
    ("view", "dimension", "view dimension"),
    ("texture layout", "viewDimension", "view dimension of a layout"),
    ("storage texture layout", "viewDimension", "view dimension of a layout"),
    ("#texture", "format", "texture format"),
    ("#texture", "sampleCount", "texture sample count"),
    ("multisample state", "count", "pipeline sample count"),
    ("#renderPipeline", "multisample", "pipeline sample count"),
    ("depth-stencil state", "format", "depth-stencil format"),
    ("vertex attribute", "format", "vertex format"),
    ("vertex attribute", "shaderLocation", "vertex location"),
    ("vertex attribute", "offset", "vertex offset"),
    ("vertex buffer layout", "arrayStride", "vertex stride"),
    ("layout entry", "visibility", "layout visibility"),
    ("layout entry", "binding", "layout binding"),
    ("bind group entry", "binding", "binding number"),
    ("#buffer", "usage", "buffer usage"),
    ("#texture", "usage", "texture usage"),
    ("#buffer", "size", "buffer size"),
    ("#texture", "size", "texture size"),
];

fn label(shape: &Shape, property: &str) -> String {
    let known = LABELS.iter().find(|(of, name, _)| *of == shape.name && *name == property);
    known.map_or_else(|| format!("{property} of {}", shape.name.trim_start_matches('#')), |(.., label)| (*label).to_string())
}

/// Arrays of more elements than this are data, in which one element is like the other.
const MANY_ELEMENTS: usize = 24;

fn bytes(span: pngine_compiler::source::Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

struct Maker<'a> {
    text: &'a str,
    random: &'a mut Random,
    names: BTreeMap<Ns, Vec<String>>,
    edits: Vec<Edit>,
}

impl Maker<'_> {
    fn push(&mut self, class: Class, kind: impl Into<String>, range: Range<usize>, new: impl Into<String>) {
        let new = new.into();
        if self.text.get(range.clone()).is_some_and(|old| old != new) {
            self.edits.push(Edit { kind: kind.into(), class, changes: vec![(range, new)] });
        }
    }

    fn swap(&mut self, class: Class, kind: &str, first: Range<usize>, second: Range<usize>) {
        let (Some(a), Some(b)) = (self.text.get(first.clone()), self.text.get(second.clone())) else { return };
        if a != b && first.end <= second.start {
            let changes = vec![(first, b.to_string()), (second, a.to_string())];
            self.edits.push(Edit { kind: kind.to_string(), class, changes });
        }
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Macro(declared) => {
                let Some(row) = language::macro_row(&declared.kind.name) else { return };
                let span = bytes(declared.span);
                let word = row.ns.word();
                self.push(Class::Scene, format!("{word} gone"), span.clone(), "");
                let copy = format!("{0}\n{0}", &self.text[span.clone()]);
                self.push(Class::Scene, format!("{word} twice"), span.clone(), copy);
                if let Some(name) = &declared.name {
                    let wrong = misspelt(&name.name, self.random);
                    self.push(Class::Text, format!("name of {word} misspelt"), bytes(name.span), wrong);
                    let taken = self.names.get(&row.ns).and_then(|names| self.random.pick(names)).cloned().unwrap_or_default();
                    self.push(Class::Scene, format!("name of {word} taken"), bytes(name.span), taken);
                }
                self.object(row.shape, &declared.body, span.end - 1);
            }
            Item::Define { name, value, span } => {
                self.push(Class::Scene, "define gone", bytes(*span), "");
                let wrong = misspelt(&name.name, self.random);
                self.push(Class::Text, "name of define misspelt", bytes(name.span), wrong);
                self.numbers("define", value);
            }
            Item::Import { span, .. } => self.push(Class::Scene, "import gone", bytes(*span), ""),
            Item::Error(_) => {}
        }
    }

    /// An object or a declaration whose closing brace is at byte `end`.
    fn object(&mut self, shape: &'static Shape, properties: &[Property], end: usize) {
        for property in properties {
            let Some(row) = shape.find(&property.name.name) else { continue };
            let kind = label(shape, row.name);
            self.push(Class::Scene, format!("{kind} gone"), bytes(property.span), "");
            let wrong = misspelt(&property.name.name, self.random);
            self.push(Class::Text, "property misspelt", bytes(property.name.span), wrong);
            if let Some(other) = self.random.pick(shape.props) {
                self.push(Class::Scene, "property taken for another", bytes(property.name.span), other.name);
            }
            let twice = format!("{0} {0}", &self.text[bytes(property.span)]);
            self.push(Class::Text, "property twice", bytes(property.span), twice);
            self.value(&kind, row.ty, &property.value);
        }
        for row in shape.props {
            if properties.iter().all(|property| shape.find(&property.name.name).is_none_or(|found| found.name != row.name))
                && let Some(value) = self.sample(row.ty)
            {
                self.push(Class::Scene, format!("{} added", label(shape, row.name)), end..end, format!(" {}={value} ", row.name));
            }
        }
        for pair in properties.windows(2) {
            // Values of two neighbours: offset and size, width and height.
            if same_form(&pair[0].value, &pair[1].value) {
                self.swap(Class::Scene, "values of neighbours", bytes(pair[0].value.span), bytes(pair[1].value.span));
            }
        }
    }

    /// A value for a property that is not there.
    fn sample(&mut self, ty: Ty) -> Option<String> {
        Some(match ty {
            Ty::Uint(least, most) => {
                let numbers = [least, least + 1, 2, 3, 4, 8, 16, 64, 256, most];
                self.random.pick(&numbers)?.clamp(&least, &most).to_string()
            }
            Ty::Below(limit) | Ty::UpTo(limit) => {
                let most = limit.default();
                self.random.pick(&[0, 1, 2, 3, 4, most - 1, most, most + 4])?.to_string()
            }
            Ty::Int | Ty::Float => (*self.random.pick(&["0", "1", "-1", "0.5", "40", "-0.25"])?).to_string(),
            Ty::Measure | Ty::Count(_) | Ty::ByteSize => {
                (*self.random.pick(&["0", "1", "4", "16", "64", "256", "100000"])?).to_string()
            }
            Ty::Bool => (*self.random.pick(&["true", "false"])?).to_string(),
            Ty::Enum(set) => (*self.random.pick(set.words)?).to_string(),
            Ty::Format => (*self.random.pick(TEXTURE_FORMAT.words)?).to_string(),
            Ty::Flags(set, _) => format!("[{}]", self.random.pick(set.flags)?.0),
            Ty::Ref(kinds) => self.reference(kinds)?,
            Ty::View | Ty::Texture => self.reference(&[Ns::Texture, Ns::TextureView])?,
            Ty::List(inner) => format!("[{}]", self.sample(*inner)?),
            Ty::AutoOr(inner) => self.sample(*inner)?,
            Ty::OneOf(types) => {
                let ty = *self.random.pick(types)?;
                self.sample(ty)?
            }
            Ty::Object(shape) => {
                let required: Option<Vec<String>> = shape
                    .props
                    .iter()
                    .filter(|prop| prop.required)
                    .map(|prop| Some(format!("{}={}", prop.name, self.sample(prop.ty)?)))
                    .collect();
                format!("{{ {} }}", required?.join(" "))
            }
            _ => return None,
        })
    }

    fn reference(&mut self, kinds: &[Ns]) -> Option<String> {
        let all: Vec<String> = kinds.iter().filter_map(|kind| self.names.get(kind)).flatten().cloned().collect();
        self.random.pick(&all).cloned()
    }

    fn value(&mut self, kind: &str, ty: Ty, value: &Value) {
        let span = bytes(value.span);
        self.numbers(kind, value);
        match (ty, &value.kind) {
            (_, ValueKind::Bool(is)) => self.push(Class::Scene, kind, span, (!is).to_string()),
            (Ty::Object(shape) | Ty::Command(shape), ValueKind::Object(properties)) => {
                self.object(shape, properties, span.end - 1);
                self.other_key(kind, shape, properties);
            }
            (Ty::Elements, ValueKind::Object(properties)) => self.object(language::GENERATED, properties, span.end - 1),
            (Ty::Flags(set, _), _) => self.flags(kind, set, value),
            (Ty::Enum(set), ValueKind::Ident(_) | ValueKind::Str(_)) => self.word(kind, set.words, span),
            (Ty::Format, ValueKind::Ident(_) | ValueKind::Str(_)) => {
                self.word(kind, TEXTURE_FORMAT.words, span.clone());
                self.word(kind, TEXTURE_FORMAT.words, span);
            }
            (Ty::Ref(kinds), ValueKind::Ident(_)) => self.refer(kind, kinds, span),
            (Ty::View | Ty::Texture, ValueKind::Ident(_)) => {
                self.refer(kind, &[Ns::Texture, Ns::TextureView], span.clone());
                self.push(Class::Scene, kind, span, "contextCurrentTexture");
            }
            (Ty::Text, ValueKind::Str(text)) => self.shader(text, span),
            (Ty::List(element), ValueKind::Array(values)) => {
                self.elements(kind, values);
                values.iter().for_each(|value| self.value(kind, *element, value));
            }
            (Ty::Numbers(..) | Ty::Tuple(..) | Ty::Elements, ValueKind::Array(values)) => self.elements(kind, values),
            (Ty::List(inner) | Ty::AutoOr(inner), _) => self.value(kind, *inner, value),
            (Ty::OneOf(types), _) => {
                let before = self.edits.len();
                for ty in types {
                    // The first type that this form of value fits.
                    if self.edits.len() == before || matches!(value.kind, ValueKind::Object(_)) {
                        self.value(kind, *ty, value);
                    }
                }
            }
            (Ty::Names(kinds), ValueKind::Object(properties)) => {
                for property in properties {
                    self.refer(kind, kinds, bytes(property.value.span));
                }
            }
            (Ty::Extent | Ty::Measure | Ty::Count(_), ValueKind::Path(_)) => {
                let new = *self.random.pick(&["canvas.width", "canvas.height", "64", "canvas.depth"]).unwrap_or(&"64");
                self.push(Class::Scene, kind, span, new);
            }
            (Ty::Name, ValueKind::Ident(name) | ValueKind::Str(name)) => {
                let wrong = misspelt(name, self.random);
                let quote = if matches!(value.kind, ValueKind::Str(_)) { "\"" } else { "" };
                self.push(Class::Text, format!("{kind} misspelt"), span, format!("{quote}{wrong}{quote}"));
            }
            (Ty::DataSource | Ty::ByteSize, ValueKind::Ident(_)) => self.refer(kind, &[Ns::Data, Ns::Buffer], span),
            _ => {}
        }
    }

    /// Of the properties that exclude each other, another one: `texture={}` for `buffer={}`.
    fn other_key(&mut self, kind: &str, shape: &'static Shape, properties: &[Property]) {
        let kinds = ["buffer", "sampler", "texture", "storageTexture", "externalTexture", "textureView"];
        let choices: Vec<&str> = shape.props.iter().map(|prop| prop.name).filter(|name| kinds.contains(name)).collect();
        let kind = if shape.name == "layout entry" { "layout kind".to_string() } else { format!("{kind}: another key") };
        for property in properties.iter().filter(|property| choices.contains(&property.name.name.as_str())) {
            if let Some(other) = self.random.pick(&choices) {
                let (name, value) = (bytes(property.name.span), bytes(property.value.span));
                if shape.name == "layout entry" {
                    let body = if *other == "storageTexture" { "{ format=rgba8unorm }" } else { "{}" };
                    self.push(Class::Scene, &kind, name.start..value.end, format!("{other}={body}"));
                } else {
                    self.push(Class::Scene, &kind, name, *other);
                }
            }
        }
    }

    /// Number literals in a value, objects apart.
    fn numbers(&mut self, kind: &str, value: &Value) {
        let mut found = Vec::new();
        literals(value, &mut found);
        if found.len() > MANY_ELEMENTS {
            return;
        }
        for (number, span) in found {
            for _ in 0..2 {
                let new = self.number(number);
                self.push(Class::Scene, kind, span.clone(), new);
            }
        }
    }

    fn number(&mut self, number: f64) -> String {
        let whole = number.fract() == 0.0;
        let near = [
            number + 1.0,
            (number - 1.0).max(0.0),
            number * 2.0,
            (number / 2.0).floor(),
            0.0,
            1.0,
            number + 4.0,
            number * 16.0,
            1e5,
        ];
        let new = match self.random.below(16) {
            0 => 4_294_967_295.0,
            1 => number + 0.5,
            at if whole => near[at % near.len()],
            _ => number * *self.random.pick(&[0.5, 2.0, 100.0, 0.0]).unwrap_or(&2.0),
        };
        format!("{new}")
    }

    fn word(&mut self, kind: &str, words: &[&str], span: Range<usize>) {
        let quote = if self.text[span.clone()].starts_with('"') { "\"" } else { "" };
        if let Some(word) = self.random.pick(words) {
            self.push(Class::Scene, kind, span.clone(), format!("{quote}{word}{quote}"));
        }
        let wrong = misspelt(self.text[span.clone()].trim_matches('"'), self.random);
        self.push(Class::Text, "word misspelt", span, format!("{quote}{wrong}{quote}"));
    }

    fn refer(&mut self, kind: &str, kinds: &[Ns], span: Range<usize>) {
        if let Some(name) = self.reference(kinds) {
            self.push(Class::Scene, kind, span.clone(), name);
        }
        let all: Vec<String> = self.names.values().flatten().cloned().collect();
        if let Some(name) = self.random.pick(&all).cloned() {
            self.push(Class::Scene, format!("{kind}: name of any kind"), span.clone(), name);
        }
        let wrong = misspelt(&self.text[span.clone()], self.random);
        self.push(Class::Text, "reference misspelt", span, wrong);
    }

    fn flags(&mut self, kind: &str, set: &FlagSet, value: &Value) {
        let ValueKind::Array(values) = &value.kind else { return };
        for (index, flag) in values.iter().enumerate() {
            self.push(Class::Scene, format!("{kind}: flag gone"), bytes(flag.span), "");
            if let Some((other, _)) = self.random.pick(set.flags) {
                self.push(Class::Scene, format!("{kind}: another flag"), bytes(flag.span), *other);
            }
            if index == 0 {
                for _ in 0..2 {
                    let Some((more, _)) = self.random.pick(set.flags) else { continue };
                    let start = bytes(flag.span).start;
                    self.push(Class::Scene, format!("{kind}: flag added"), start..start, format!("{more} "));
                }
            }
        }
    }

    fn elements(&mut self, kind: &str, values: &[Value]) {
        if values.len() > MANY_ELEMENTS {
            return;
        }
        // The count of these is a kind of its own, with a name of its own.
        let named = kind.ends_with("count") || kind.ends_with("formats");
        let kind_of = |what: &str| if named { kind.to_string() } else { format!("{kind}: element {what}") };
        for value in values {
            let span = bytes(value.span);
            self.push(Class::Scene, kind_of("gone"), span.clone(), "");
            let twice = format!("{0} {0}", &self.text[span.clone()]);
            self.push(Class::Scene, kind_of("twice"), span, twice);
        }
        for pair in values.windows(2) {
            self.swap(Class::Scene, &format!("{kind}: elements swapped"), bytes(pair[0].span), bytes(pair[1].span));
        }
    }

    /// Declarations in another order.
    fn frames(&mut self, items: &[Item]) {
        let spans: Vec<Range<usize>> = items
            .iter()
            .filter_map(|item| match item {
                Item::Macro(declared) => Some(bytes(declared.span)),
                _ => None,
            })
            .collect();
        for pair in spans.windows(2) {
            self.swap(Class::Scene, "declarations swapped", pair[0].clone(), pair[1].clone());
        }
    }

    /// Characters that matter to the grammar, one of them gone.
    fn text(&mut self) {
        let places: Vec<(usize, char)> = self.text.char_indices().filter(|(_, c)| "{}[]=\"#".contains(*c)).collect();
        for _ in 0..8.min(places.len()) {
            if let Some((at, c)) = self.random.pick(&places).copied() {
                self.push(Class::Text, format!("`{c}` gone"), at..at + 1, "");
                self.push(Class::Text, format!("`{c}` twice"), at..at + 1, format!("{c}{c}"));
            }
        }
    }

    /// WGSL in a string literal.
    fn shader(&mut self, value: &str, span: Range<usize>) {
        let inside = span.start + 1..span.end - 1;
        // Escapes would shift everything; a word is the name of a fragment or a path.
        if self.text.get(inside.clone()) != Some(value) || !value.contains(['{', ';']) {
            return;
        }
        let significant = tokens::significant(value);
        let token = |index: usize| significant.get(index).map_or("", |token: &tokens::Token| token.text(value));
        let place = |index: usize| {
            let range = significant[index].range();
            inside.start + range.start..inside.start + range.end
        };
        let words: Vec<&str> = {
            let all = significant.iter().filter(|token| token.kind == TokenKind::Word).map(|token| token.text(value));
            all.collect::<BTreeSet<_>>().into_iter().collect()
        };
        for index in 0..significant.len() {
            let (text, before) = (token(index), if index > 0 { token(index - 1) } else { "" });
            let attribute =
                if index >= 3 && before == "(" && token(index.wrapping_sub(3)) == "@" { token(index - 2) } else { "" };
            let kind = match attribute {
                "group" => "group index in a shader",
                "binding" => "binding number in a shader",
                "location" => "location in a shader",
                "workgroup_size" => "workgroup size",
                "id" => "override id",
                _ => "",
            };
            if !kind.is_empty() {
                let new = text.parse::<u32>().map_or(2, |number| match self.random.below(5) {
                    0 => 0,
                    1 => number + 2,
                    2 => number.saturating_mul(16),
                    3 => number.saturating_sub(1),
                    _ => number + 1,
                });
                self.push(Class::Interface, kind, place(index), new.to_string());
                let whole = place(index - 3).start..place(index).end + 1;
                self.push(Class::Interface, format!("{kind} gone"), whole, "");
                self.type_behind(&significant, value, index + 1, inside.start, kind);
                continue;
            }
            if attribute == "builtin" {
                self.choose(Class::Interface, "built-in", BUILTINS, place(index));
                let whole = place(index - 3).start..place(index).end + 1;
                self.push(Class::Interface, "built-in gone", whole, "");
                self.type_behind(&significant, value, index + 1, inside.start, "builtin");
                continue;
            }
            if before == "@" && ["vertex", "fragment", "compute"].contains(&text) {
                self.choose(Class::Interface, "stage of an entry point", &["vertex", "fragment", "compute"], place(index));
                self.push(Class::Interface, "stage gone", place(index - 1).start..place(index).end, "");
            }
            if before == "@" && text == "interpolate" {
                self.choose(Class::Interface, "interpolation", &["invariant", "align"], place(index));
            }
            if before == "<" && index > 1 && token(index - 2) == "var" {
                let spaces = ["uniform", "storage", "storage, read", "storage, read_write", "private", "workgroup"];
                self.choose(Class::Interface, "address space", &spaces, place(index));
                if text == "storage" && token(index + 1) == "," {
                    self.choose(Class::Interface, "access mode", &["read", "read_write", "write"], place(index + 2));
                }
                continue;
            }
            if text.starts_with("texture_") && token(index + 1) == "<" {
                if text.starts_with("texture_storage") {
                    self.choose(Class::Interface, "storage format in a shader", TEXTURE_FORMAT.words, place(index + 2));
                    self.choose(Class::Interface, "storage format in a shader", STORAGE_FORMATS, place(index + 2));
                    self.choose(
                        Class::Interface,
                        "storage access in a shader",
                        &["read", "write", "read_write"],
                        place(index + 4),
                    );
                    let all = ["texture_storage_1d", "texture_storage_2d", "texture_storage_2d_array", "texture_storage_3d"];
                    self.choose(Class::Interface, "texture type in a shader", &all, place(index));
                } else {
                    self.choose(Class::Interface, "sample type in a shader", &["f32", "i32", "u32"], place(index + 2));
                    self.choose(Class::Interface, "texture type in a shader", TEXTURES, place(index));
                    let whole = place(index).start..place(index + 3).end;
                    self.choose(
                        Class::Interface,
                        "depth texture in a shader",
                        &["texture_depth_2d", "texture_depth_cube"],
                        whole,
                    );
                }
                continue;
            }
            if text.starts_with("sampler") && before == ":" {
                self.choose(Class::Interface, "sampler type in a shader", &["sampler", "sampler_comparison"], place(index));
            }
            if before == "fn" {
                let wrong = misspelt(text, self.random);
                self.push(Class::Interface, "name of a function", place(index), wrong);
                continue;
            }
            if before == "override" {
                let wrong = misspelt(text, self.random);
                self.push(Class::Interface, "name of an override", place(index), wrong);
            }
            // The inside. One token in four, as they are many.
            if self.random.below(4) > 0 {
                continue;
            }
            match significant[index].kind {
                TokenKind::Number => {
                    let new = *self
                        .random
                        .pick(&["0", "1", "2u", "3i", "4.5", "0.0f", "1e40", "-1", "4294967296", "0x1F"])
                        .unwrap_or(&"0");
                    self.push(Class::Wgsl, "number", place(index), new);
                }
                TokenKind::Word if TYPES.contains(&text) => self.choose(Class::Wgsl, "type", TYPES, place(index)),
                TokenKind::Word if before == "." => {
                    self.choose(Class::Wgsl, "member", &["x", "xy", "xyz", "w", "rgb", "xw", "xyzwx", "q"], place(index));
                }
                TokenKind::Word if KEYWORDS.contains(&text) => self.choose(Class::Wgsl, "keyword", KEYWORDS, place(index)),
                TokenKind::Word => {
                    if let Some(word) = self.random.pick(&words) {
                        self.push(Class::Wgsl, "another name", place(index), *word);
                    }
                    let wrong = misspelt(text, self.random);
                    self.push(Class::Wgsl, "misspelt name", place(index), wrong);
                }
                TokenKind::Punctuation => {
                    match text {
                        "+" | "-" | "*" | "/" | "%" | "<" | ">" | "==" | "!=" | "<=" | ">=" | "&&" | "||" | "&" | "|" | "<<"
                        | ">>" => {
                            self.choose(Class::Wgsl, "operator", OPERATORS, place(index));
                        }
                        "=" | "+=" | "-=" | "*=" => {
                            self.choose(Class::Wgsl, "assignment", &["=", "+=", "==", "%=", "<<="], place(index))
                        }
                        "," => self.push(
                            Class::Wgsl,
                            "argument gone",
                            place(index).start..place((index + 1).min(significant.len() - 1)).end,
                            "",
                        ),
                        _ => {}
                    }
                    self.push(Class::Wgsl, "punctuation gone", place(index), "");
                }
                _ => {}
            }
            if before == ";"
                && let Some(end) = (index..significant.len().min(index + 40)).find(|&at| token(at) == ";")
            {
                self.push(Class::Wgsl, "statement gone", place(index).start..place(end).end, "");
                let twice = self.text[place(index).start..place(end).end].repeat(2);
                self.push(Class::Wgsl, "statement twice", place(index).start..place(end).end, twice);
            }
        }
    }

    /// The type of the parameter, member or result that has the attribute that ends at token `index`.
    fn type_behind(&mut self, all: &[tokens::Token], value: &str, index: usize, offset: usize, attribute: &str) {
        let token = |index: usize| all.get(index).map_or("", |token: &tokens::Token| token.text(value));
        let kind = match attribute {
            "builtin" => "type of a built-in",
            "location in a shader" => "type at a location",
            _ => return,
        };
        // `) name : T` or, of a result, `) T`.
        let at = if token(index + 2) == ":" { index + 3 } else { index + 1 };
        if TYPES.contains(&token(at)) {
            let range = all[at].range();
            self.choose(Class::Interface, kind, TYPES, offset + range.start..offset + range.end);
        }
    }

    fn choose(&mut self, class: Class, kind: &str, words: &[&str], range: Range<usize>) {
        if let Some(word) = self.random.pick(words) {
            self.push(class, kind, range, *word);
        }
    }
}

const BUILTINS: &[&str] = &[
    "vertex_index",
    "instance_index",
    "position",
    "front_facing",
    "frag_depth",
    "sample_index",
    "sample_mask",
    "local_invocation_id",
    "local_invocation_index",
    "global_invocation_id",
    "workgroup_id",
    "num_workgroups",
];
const TYPES: &[&str] = &[
    "f32", "i32", "u32", "bool", "vec2f", "vec3f", "vec4f", "vec2u", "vec3u", "vec4u", "vec2i", "vec4i", "mat3x3f", "mat4x4f",
    "f16",
];
const TEXTURES: &[&str] = &[
    "texture_1d",
    "texture_2d",
    "texture_2d_array",
    "texture_3d",
    "texture_cube",
    "texture_cube_array",
    "texture_multisampled_2d",
];
const STORAGE_FORMATS: &[&str] =
    &["rgba8unorm", "rgba8snorm", "rgba16float", "r32float", "r32uint", "rg32float", "rgba32float", "bgra8unorm"];
const KEYWORDS: &[&str] = &[
    "let", "var", "const", "return", "if", "else", "for", "while", "loop", "break", "continue", "switch", "struct", "override",
    "discard",
];
const OPERATORS: &[&str] = &["+", "-", "*", "/", "%", "<", ">", "==", "!=", "&&", "||", "&", "|", "^", "<<", ">>"];

/// The number literals of a value, objects apart, with their places.
fn literals(value: &Value, found: &mut Vec<(f64, Range<usize>)>) {
    match &value.kind {
        ValueKind::Number(number) => found.push((*number, bytes(value.span))),
        ValueKind::Array(values) | ValueKind::Call(_, values) => values.iter().for_each(|value| literals(value, found)),
        ValueKind::Neg(inner) | ValueKind::Group(inner) => literals(inner, found),
        ValueKind::Binary(_, left, right) => {
            literals(left, found);
            literals(right, found);
        }
        ValueKind::Str(_)
        | ValueKind::Bool(_)
        | ValueKind::Ident(_)
        | ValueKind::Path(_)
        | ValueKind::Ref(_)
        | ValueKind::Object(_)
        | ValueKind::Error => {}
    }
}

fn same_form(a: &Value, b: &Value) -> bool {
    matches!(
        (&a.kind, &b.kind),
        (ValueKind::Number(_), ValueKind::Number(_))
            | (ValueKind::Ident(_), ValueKind::Ident(_))
            | (ValueKind::Array(_), ValueKind::Array(_))
            | (ValueKind::Object(_), ValueKind::Object(_))
            | (ValueKind::Bool(_), ValueKind::Bool(_))
    )
}

/// A word with one letter gone, doubled, changed or moved.
fn misspelt(word: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.is_empty() {
        return "x".to_string();
    }
    let at = random.below(letters.len());
    match random.below(4) {
        0 if letters.len() > 1 && at > 0 => {
            letters.remove(at);
        }
        1 => letters.insert(at, letters[at]),
        2 if at + 1 < letters.len() => letters.swap(at, at + 1),
        _ => letters[at] = if letters[at] == 'q' { 'z' } else { 'q' },
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pngine_compiler::source::MemorySources;

    #[test]
    fn a_change_knows_its_places() {
        let edit =
            Edit { kind: "k".to_string(), class: Class::Scene, changes: vec![(2..3, "xyz".to_string()), (4..6, String::new())] };
        assert_eq!(edit.apply("01234567"), "01xyz367");
        assert_eq!(edit.places(), [2..5, 6..6]);
    }

    #[test]
    fn every_change_changes_something() {
        let text = "#buffer b { size=16 usage=[UNIFORM STORAGE] }\n#frame f { perform=[] }\n#shaderModule m { code=\"
            @group(0) @binding(1) var<uniform> u: vec4f;
            @fragment fn paint(@builtin(position) at: vec4f) -> @location(0) vec4f { return u; }\" }";
        let all = edits(&MemorySources::default(), text, &mut Random::new(3));
        assert!(all.iter().all(|edit| edit.apply(text) != text));
        for kind in
            ["buffer size", "buffer usage: flag gone", "group index in a shader", "type of a built-in", "type at a location"]
        {
            assert!(all.iter().any(|edit| edit.kind == kind), "{kind}");
        }
    }
}
