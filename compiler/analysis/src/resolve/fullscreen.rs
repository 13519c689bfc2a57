//! `#pass`: what its shader texts name, and the declarations of these that are put in front of them.
//! Source: language reference, section 13.

use super::names::Names;
use super::shaders::{ShaderText, TextId};
use super::{Manner, Resolver, Target};
use crate::data::element::ElementType;
use crate::language::{self, Choice, FragmentRef, Generator, Ns, PassRef, Prop, Rows};
use crate::limits::MOST_LISTED_NAMES;
use pngine_scene::Shader;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_syntax::tree::ValueKind;
use pngine_wgsl::assemble::{Piece, Text, assemble};
use pngine_wgsl::builtins;
use pngine_wgsl::import::Expanded;
use pngine_wgsl::reflect::{Module, Stage};
use pngine_wgsl::scopes::{self, Role, Scopes};
use pngine_wgsl::tokens::{self, Token};
use std::collections::{BTreeMap, BTreeSet};

/// Names that mean the same in every `#pass`.
const RESERVED: [&str; 4] = ["pngine", "pointer", "samp", "screen"];

/// Prefix of a pass' own last output.
pub(crate) const PREVIOUS: &str = "prev_";

/// The vertex stage of every fragment pass and copy: one triangle that covers the canvas.
const TRIANGLE: &str = "@vertex fn vs(@builtin(vertex_index) i: u32) -> @builtin(position) vec4f {
  return vec4f(4 * f32(i & 1) - 1, 4 * f32(i >> 1) - 1, 0, 1);
}
";

/// The fragment stage that copies a pass' texture to the canvas, texel by texel.
const COPY: &str = "@group(0) @binding(0) var image: texture_2d<f32>;
@fragment fn fs(@builtin(position) position: vec4f) -> @location(0) vec4f {
  return textureLoad(image, vec2u(position.xy), 0);
}
";

/// Members of `pngine`, all f32.
const INPUTS: [&str; 4] = ["time", "width", "height", "aspect"];

/// Members of `pointer`, all f32.
const POINTER: [&str; 12] =
    ["x", "y", "clickX", "clickY", "dx", "dy", "buttons", "pressure", "modifiers", "scrollX", "scrollY", "unused"];

/// What a resource variable of a `#pass` is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// `pngine`: the time and the size of the canvas.
    Inputs,
    /// `pointer`: the pointer.
    Pointer,
    /// `samp`: a linear sampler.
    Sampler,
    /// `screen`: the pass' own output, to be written.
    Screen,
    /// `prev_NAME`: the pass' own output of the frame before.
    Previous,
    /// The output of another pass, by its position.
    Pass(usize),
    /// A `#data`, by its position.
    Data(usize),
}

/// A shader text of a `#pass`.
#[derive(Clone, Debug)]
pub struct PassShader {
    /// The module, with the generated declarations.
    pub shader: Shader,
    /// What its resource variables are bound to, by name.
    pub bound: BTreeMap<String, Bound>,
    /// The entry points that run, in order.
    pub entries: Vec<String>,
}

/// A `#pass` whose texts are put together.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Its name.
    pub name: String,
    /// Where the name stands.
    pub name_span: Span,
    /// What is written for it.
    pub slots: language::Pass,
    /// Whether it computes; else it draws.
    pub computes: bool,
    /// Where `init` stands, if there is one.
    pub seeded: Option<Span>,
    /// What draws or computes; `None` for a mistake, which is reported.
    pub code: Option<PassShader>,
    /// What seeds the output; `None` if there is no `init`, or for a mistake, which is reported.
    pub seed: Option<PassShader>,
}

/// Every `#pass`, and what they share.
#[derive(Clone, Debug, Default)]
pub struct Fullscreen {
    /// The passes, in source order.
    pub passes: Vec<Pass>,
    /// The one that reaches the canvas.
    pub main: usize,
    /// The vertex stage, and the fragment stage that copies to the canvas; `None` if there are no passes.
    pub stages: Option<[Shader; 2]>,
}

/// What a `#pass` says, without its texts.
struct Header<'a> {
    index: usize,
    name: &'a str,
    name_span: Span,
    feedback: bool,
    imports: Vec<TextId>,
    /// Whether some of the imports is wrong, which is reported.
    lost_imports: bool,
    /// The passes that it names as those that it reads; `None` for all earlier ones.
    passes: Option<BTreeSet<usize>>,
    /// The `#data` that it names; `None` for all.
    data: Option<BTreeSet<usize>>,
}

/// What the names mean that a text may use.
struct Readable {
    /// Names of `#pass` itself, which hide others.
    own: BTreeMap<String, Bound>,
    /// The position of the pass: it reads earlier ones.
    index: usize,
    /// As in [`Header`].
    passes: Option<BTreeSet<usize>>,
    /// As in [`Header`].
    data: Option<BTreeSet<usize>>,
}

impl Readable {
    fn has_pass(&self, pass: usize) -> bool {
        pass < self.index && self.passes.as_ref().is_none_or(|passes| passes.contains(&pass))
    }

    fn has_data(&self, data: usize) -> bool {
        self.data.as_ref().is_none_or(|listed| listed.contains(&data))
    }

    /// What a name means. Nothing is made for each pass and `#data`: there may be thousands of them, and every pass asks.
    fn get(&self, names: &Names<'_>, name: &str) -> Option<Bound> {
        let pass = || names.lookup(Ns::Pass, name).filter(|pass| self.has_pass(*pass)).map(Bound::Pass);
        let data = || names.lookup(Ns::Data, name).filter(|data| self.has_data(*data)).map(Bound::Data);
        self.own.get(name).copied().or_else(pass).or_else(data)
    }

    /// All names, in alphabetical order.
    fn names<'r>(&'r self, names: &'r Names<'_>) -> BTreeSet<&'r str> {
        let named = |ns: Ns| (0..names.count(ns)).map(move |index| (index, names.declaration(ns, index).name.as_str()));
        let passes = named(Ns::Pass).filter(|(index, _)| self.has_pass(*index)).map(|(_, name)| name);
        let data = named(Ns::Data).filter(|(index, _)| self.has_data(*index)).map(|(_, name)| name);
        self.own.keys().map(String::as_str).chain(passes).chain(data).collect()
    }
}

/// A name that needs a declaration.
struct Mention {
    name: String,
    bound: Bound,
    /// Where it stands first: findings about the declaration are shown there.
    span: Span,
}

/// An entry point, found by its attribute.
struct Entry {
    stage: Stage,
    span: Span,
}

impl Resolver<'_> {
    /// Resolves every `#pass`.
    pub(super) fn resolve_passes(&mut self) -> Fullscreen {
        let count = self.names.count(Ns::Pass);
        if count == 0 {
            return Fullscreen::default();
        }
        let main = self.names.lookup(Ns::Pass, "main").unwrap_or(count - 1);
        let passes = (0..count).map(|index| self.pass(index)).collect();
        let span = self.names.declaration(Ns::Pass, main).name_span;
        let stages = [("fullscreen", TRIANGLE), ("copy", COPY)].map(|(name, text)| {
            // Nobody's define gets into it.
            let joined = Expanded {
                text: assemble(&[Piece::generated(text, span)]),
                missing: BTreeSet::new(),
                files: BTreeSet::new(),
                words: Vec::new(),
                declared: Vec::new(),
                is_wrong: false,
            };
            let (text, module) = self.checked(&joined.text, &joined);
            Shader { name: format!("({name})"), span, text, module }
        });
        Fullscreen { passes, main, stages: Some(stages) }
    }

    fn pass(&mut self, index: usize) -> Pass {
        let declaration = self.names.declaration(Ns::Pass, index);
        let obj = self.object(language::Pass::SHAPE, declaration.body, declaration.span, false);
        self.pass_name(index);
        let slots = language::Pass::slots(&obj);
        let header = Header {
            index,
            name: declaration.name,
            name_span: declaration.name_span,
            // What is wrong, which is reported, is taken to say whatever makes the text right.
            feedback: slots.feedback.value || slots.feedback.is_bad(),
            imports: slots
                .imports
                .elements()
                .iter()
                .filter_map(|import| import.value)
                .map(|FragmentRef(ns, i)| (ns, i))
                .collect(),
            lost_imports: !slots.imports.is_whole(),
            passes: self.pass_deps(&slots, index),
            data: slots.data.is_whole().then(|| slots.data.elements().iter().filter_map(|data| Some(data.value?.0)).collect()),
        };
        let mut computes = false;
        let code = self.pass_text(slots.code.row, slots.code.name_span(), &header, |entries| {
            computes = entries.iter().any(|entry| entry.stage == Stage::Compute);
        });
        let seeded = slots.init.name_span();
        let seed = self.pass_text(slots.init.row, seeded, &header, |_| {});
        if code.is_some() && (seed.is_some() || seeded.is_none()) {
            self.unread(&slots, index, &[code.as_ref(), seed.as_ref()]);
        }
        if let Some(span) = seeded.filter(|_| code.is_some() && !computes && !header.feedback) {
            let message = format!("`#pass {}` draws over what `init` makes", header.name);
            self.notes.report(
                Diagnostic::new(Code::NoEffect, span, message)
                    .help("with `feedback=true` the first frame reads it; otherwise leave `init` out"),
            );
        }
        Pass { name: declaration.name.clone(), name_span: declaration.name_span, slots, computes, seeded, code, seed }
    }

    /// A pass must not be called like what every pass has.
    fn pass_name(&mut self, index: usize) {
        let declaration = self.names.declaration(Ns::Pass, index);
        let (name, span) = (declaration.name, declaration.name_span);
        let owner = name.strip_prefix(PREVIOUS).and_then(|owner| self.names.lookup(Ns::Pass, owner));
        let (meaning, also) = match (RESERVED.contains(&name.as_str()), owner) {
            (true, _) => ("something that every pass has".to_string(), None),
            (false, Some(owner)) => {
                let owner = self.names.declaration(Ns::Pass, owner);
                (format!("the last output of `{}`", owner.name), Some(owner.name_span))
            }
            (false, None) => return,
        };
        let mut diagnostic = Diagnostic::new(Code::PassName, span, format!("in a `#pass`, `{name}` is {meaning}"));
        if let Some(span) = also {
            diagnostic = diagnostic.also(span, "this pass");
        }
        self.notes.report(diagnostic.help("give the pass another name"));
    }

    /// The passes that a pass may read: those of `deps`, or all earlier ones.
    fn pass_deps(&mut self, slots: &language::Pass, index: usize) -> Option<BTreeSet<usize>> {
        // What a misspelt one was meant to be is not known.
        if !slots.deps.is_written() || !slots.deps.is_whole() {
            return None;
        }
        let mut deps = BTreeSet::new();
        for node in slots.deps.elements() {
            let Some(PassRef(dep)) = node.value else { continue };
            let found = self.names.declaration(Ns::Pass, dep);
            if dep == index {
                let message = format!("`#pass {}` cannot read what it is drawing", found.name);
                self.notes.report(
                    Diagnostic::new(Code::PassReads, node.span, message)
                        .help(format!("with `feedback=true` it reads its last output as `{PREVIOUS}{}`", found.name)),
                );
            } else if dep > index {
                let message = format!("`{}` is declared after the pass that reads it", found.name);
                self.notes.report(
                    Diagnostic::new(Code::PassReads, node.span, message)
                        .also(found.name_span, "declared here")
                        .help("a pass reads earlier ones: move its declaration up"),
                );
            }
            deps.insert(dep);
        }
        Some(deps)
    }

    /// What is listed and never read.
    fn unread(&mut self, slots: &language::Pass, this: usize, shaders: &[Option<&PassShader>]) {
        let deps = slots.deps.elements().iter().filter_map(|dep| Some((Bound::Pass(dep.value?.0), dep.span)));
        let data = slots.data.elements().iter().filter_map(|data| Some((Bound::Data(data.value?.0), data.span)));
        for (bound, span) in deps.chain(data) {
            let is_read = |shader: &PassShader| shader.bound.values().any(|read| *read == bound);
            let (ns, index) = match bound {
                Bound::Data(index) => (Ns::Data, index),
                Bound::Pass(index) if index < this => (Ns::Pass, index),
                // One that it cannot read is reported.
                _ => continue,
            };
            if shaders.iter().flatten().any(|shader| is_read(shader)) {
                continue;
            }
            let name = self.names.declaration(ns, index).name;
            let message = format!("`{name}` is listed, and the shader does not use it");
            self.notes.report(Diagnostic::new(Code::NoEffect, span, message).help("leave it out"));
        }
    }

    /// One text of a pass: `code`, or `init`. `found` hears of its entry points even where the text is wrong.
    fn pass_text(
        &mut self,
        row: &Prop,
        property_span: Option<Span>,
        header: &Header,
        found: impl FnOnce(&[Entry]),
    ) -> Option<PassShader> {
        let body = self.names.declaration(Ns::Pass, header.index).body;
        let property_span = property_span?;
        let value = &row.written(language::Pass::SHAPE, body)?.value;
        let mut imports = Vec::new();
        let piece = self.text_piece(value, &mut imports);
        if piece.is_none() && imports.is_empty() {
            return None;
        }
        let fragments: Vec<TextId> = header.imports.iter().copied().chain(imports.iter().map(|(ns, i, _)| (*ns, *i))).collect();
        let (mut pieces, is_lost) = self.pieces(&fragments);
        pieces.extend(piece);
        pieces.iter().for_each(|piece| self.note_defines_in(&piece.text));
        let joined = self.joined(&pieces, is_lost || header.lost_imports)?;
        let text = &joined.text;
        let tokens = tokens::significant(&text.text);
        let scopes = scopes::resolve(&text.text, &tokens);
        let entries = entries(text, &tokens, &scopes);
        found(&entries);
        let is_seed = row.name == language::Pass::init.name;
        let stage = self.pass_stage(&entries, header, row, property_span);
        let computes = is_seed || entries.iter().any(|entry| entry.stage == Stage::Compute);

        let readable = self.readable(header, computes);
        let (mentions, mut is_whole) = self.mentions(text, (&tokens, &scopes), header, &readable);
        let prelude = self.prelude(text, (&tokens, &scopes), &mentions);
        let at = directives_end(text, &tokens, &scopes);
        self.texts.push(ShaderText { owner: header.name_span, text: joined.text.clone() });
        let mark = self.notes.mark();
        let (plain, module) = self.checked(&text.insert(at, &prelude), &joined);
        let findings = self.notes.since(mark);
        // What is no WGSL has no stage either: that would say nothing new.
        let is_wgsl = findings.iter().all(|finding| finding.code != Code::WgslSyntax);
        let findings: Vec<Diagnostic> = findings.into_iter().map(|finding| self.with_near_name(finding, &readable)).collect();
        self.notes.extend(findings);
        let stage = match stage {
            Ok(stage) => Some(stage),
            Err(finding) => {
                self.notes.extend(Some(*finding).filter(|_| is_wgsl));
                None
            }
        };
        let (module, stage) = (module?, stage?);

        let entries = self.pass_entries(&module, stage, header, property_span)?;
        let mut bound = BTreeMap::new();
        for name in &entries {
            for &index in module.entry_point(name).map_or(&[][..], |entry| &entry.bindings) {
                let binding = &module.bindings[index];
                match readable.get(self.names, &binding.name).filter(|_| binding.group == 0) {
                    Some(meaning) => {
                        if !mentions.iter().any(|mention| mention.name == binding.name) {
                            self.notes.same_names.push((binding.span, named_by(meaning)));
                        }
                        bound.insert(binding.name.clone(), meaning);
                    }
                    // Reported where it stands.
                    None if mentions.iter().any(|mention| mention.name == binding.name) => {}
                    None => {
                        is_whole = false;
                        self.not_bound(&binding.name, binding.span, binding.group, &readable);
                    }
                }
            }
        }
        if computes && is_whole && !bound.values().any(|bound| *bound == Bound::Screen) {
            let message = format!("{} of `#pass {}` writes nothing", if is_seed { "`init`" } else { "the code" }, header.name);
            self.notes.report(
                Diagnostic::new(Code::NoEffect, property_span, message)
                    .help("a compute pass draws with `textureStore(screen, position, color)`"),
            );
        }
        let name = if is_seed { format!("{} init", header.name) } else { header.name.to_string() };
        let shader = Shader { name, span: header.name_span, text: plain, module: Some(module) };
        is_whole.then_some(PassShader { shader, bound, entries })
    }

    /// Which stage a text is for. Both or none is a mistake, which is the caller's to report.
    fn pass_stage(
        &mut self,
        entries: &[Entry],
        header: &Header,
        row: &Prop,
        property_span: Span,
    ) -> Result<Stage, Box<Diagnostic>> {
        let first = |stage: Stage| entries.iter().find(|entry| entry.stage == stage);
        if let Some(vertex) = first(Stage::Vertex) {
            self.notes.report(
                Diagnostic::new(Code::NoEffect, vertex.span, "a `#pass` has its own vertex stage, so this one never runs")
                    .help("leave it out, or write a `#renderPipeline`"),
            );
        }
        let name = header.name;
        let diagnostic = match (row.name == language::Pass::init.name, first(Stage::Fragment), first(Stage::Compute)) {
            (_, None, Some(_)) => return Ok(Stage::Compute),
            (false, Some(_), None) => return Ok(Stage::Fragment),
            (true, Some(fragment), _) => {
                Diagnostic::new(Code::PassStage, fragment.span, format!("`init` of `#pass {name}` has a fragment entry point"))
                    .help("`init` computes: give it `@compute` entry points that write `screen`")
            }
            (false, Some(fragment), Some(compute)) => {
                let message = format!("`#pass {name}` has both a fragment and a compute entry point");
                let (first, second) =
                    if fragment.span.start < compute.span.start { (fragment, compute) } else { (compute, fragment) };
                Diagnostic::new(Code::PassStage, second.span, message)
                    .also(first.span, "the other one")
                    .help("make two passes of it")
            }
            (true, None, None) => {
                let message = format!("`init` of `#pass {name}` has no compute entry point");
                Diagnostic::new(Code::PassStage, property_span, message).help("write `@compute @workgroup_size(8, 8) fn …`")
            }
            (false, None, None) => {
                let message = format!("`#pass {name}` has neither a fragment nor a compute entry point");
                Diagnostic::new(Code::PassStage, property_span, message)
                    .help("write `@fragment fn …` to draw, or `@compute @workgroup_size(8, 8) fn …`")
            }
        };
        Err(Box::new(diagnostic))
    }

    /// The entry points that run: all compute ones in order, or the fragment one.
    fn pass_entries(&mut self, module: &Module, stage: Stage, header: &Header, property_span: Span) -> Option<Vec<String>> {
        let names: Vec<&str> = module.entry_points_of(stage).map(|entry| entry.name.as_str()).collect();
        if stage == Stage::Compute {
            return Some(names.iter().map(|name| (*name).to_string()).collect());
        }
        let chosen = match names.as_slice() {
            [one] => one,
            several => match ["fs", "fragmentMain", "main"].iter().find(|name| several.contains(name)) {
                Some(name) => name,
                None => {
                    let message = format!("`#pass {}` has {} fragment entry points", header.name, several.len());
                    self.notes.report(
                        Diagnostic::new(Code::EntryPointAmbiguous, property_span, message)
                            .help(format!("name one of `{}` `fs`, or leave the others out", several.join("`, `"))),
                    );
                    return None;
                }
            },
        };
        let entry = module.entry_point(chosen)?;
        if let Some(input) = entry.inputs.first() {
            let message = format!(
                "`{chosen}` reads location {}, and the vertex stage of a `#pass` gives only the position",
                input.location
            );
            self.notes.report(
                Diagnostic::new(Code::InterStage, input.span, message)
                    .help("take `@builtin(position)`, in pixels, and divide it by the canvas: `pngine.width`, `pngine.height`"),
            );
            return None;
        }
        if !entry.outputs.iter().any(|output| output.location == 0) {
            let message = format!("`{chosen}` gives no colour for `#pass {}`", header.name);
            self.notes.report(
                Diagnostic::new(Code::FragmentOutput, entry.span, message)
                    .help(format!("write `@fragment fn {chosen}(…) -> @location(0) vec4f`")),
            );
            return None;
        }
        Some(vec![(*chosen).to_string()])
    }

    /// What the names mean that a text may use.
    fn readable(&self, header: &Header, computes: bool) -> Readable {
        let mut own = BTreeMap::new();
        if header.feedback {
            own.insert(format!("{PREVIOUS}{}", header.name), Bound::Previous);
        }
        own.insert("pngine".to_string(), Bound::Inputs);
        own.insert("pointer".to_string(), Bound::Pointer);
        own.insert("samp".to_string(), Bound::Sampler);
        if computes {
            own.insert("screen".to_string(), Bound::Screen);
        }
        Readable { own, index: header.index, passes: header.passes.clone(), data: header.data.clone() }
    }

    /// The names in a text that need a declaration. Those of passes and data that it may not read are reported; they get one too,
    /// so that the validator has nothing to add. The second result tells whether there was none of these.
    fn mentions(
        &mut self,
        text: &Text,
        (tokens, scopes): (&[Token], &Scopes),
        header: &Header,
        readable: &Readable,
    ) -> (Vec<Mention>, bool) {
        let mut mentions: BTreeMap<&str, (Bound, Span)> = BTreeMap::new();
        let mut places: Vec<(Bound, &str, Span)> = Vec::new();
        let mut findings = Vec::new();
        for (i, (token, role)) in tokens.iter().zip(&scopes.roles).enumerate() {
            let word = token.text(&text.text);
            // What is called, or takes a template list, is a function or a type.
            let is_called = tokens.get(i + 1).is_some_and(|next| matches!(next.text(&text.text), "(" | "<"));
            if *role != Role::Free || is_called {
                continue;
            }
            let span = text.map.span(token.range());
            if let Some(&(bound, _)) = mentions.get(word) {
                places.push((bound, word, span));
                continue;
            }
            match readable.get(self.names, word) {
                Some(bound) => {
                    mentions.insert(word, (bound, span));
                    places.push((bound, word, span));
                }
                None if builtins::is_predeclared(word) => {}
                None => {
                    if let Some((bound, diagnostic)) = self.unreadable(word, span, header) {
                        mentions.insert(word, (bound, span));
                        places.push((bound, word, span));
                        findings.push(diagnostic);
                    }
                }
            }
        }
        let is_whole = findings.is_empty();
        self.notes.extend(findings);
        for (bound, word, span) in places {
            let target = match bound {
                Bound::Previous => {
                    // What a pass drew in the last frame is called after it, and does not make it one that something uses.
                    let owner = word.strip_prefix(PREVIOUS).unwrap_or(word);
                    if let Some(pass) = self.names.lookup(Ns::Pass, owner) {
                        self.notes.refer_in_pass(
                            Target::Declaration(Ns::Pass, pass),
                            Manner::Mentions,
                            word,
                            owner,
                            (self.sources.slice(span), span),
                        );
                    }
                    continue;
                }
                Bound::Inputs | Bound::Pointer | Bound::Sampler | Bound::Screen | Bound::Pass(_) | Bound::Data(_) => {
                    named_by(bound)
                }
            };
            self.notes.refer_in_pass(target, Manner::Uses, word, word, (self.sources.slice(span), span));
        }
        let mut mentions: Vec<Mention> =
            mentions.into_iter().map(|(word, (bound, span))| Mention { name: word.to_string(), bound, span }).collect();
        // Source: language reference, section 13.2; what came later stands behind.
        mentions.sort_by_key(|mention| match mention.bound {
            Bound::Inputs => (0, 0),
            Bound::Pointer => (1, 0),
            Bound::Sampler => (2, 0),
            Bound::Screen => (3, 0),
            Bound::Pass(index) => (4, index),
            Bound::Previous => (5, 0),
            Bound::Data(index) => (6, index),
        });
        (mentions, is_whole)
    }

    /// A name that means something, but not here.
    fn unreadable(&self, word: &str, span: Span, header: &Header) -> Option<(Bound, Diagnostic)> {
        let finding = |message: String| Diagnostic::new(Code::PassReads, span, message);
        if word == "screen" {
            let message = "`screen` belongs to compute passes".to_string();
            return Some((Bound::Screen, finding(message).help("a fragment pass draws with what its entry point returns")));
        }
        if let Some(owner) = word.strip_prefix(PREVIOUS).and_then(|owner| self.names.lookup(Ns::Pass, owner)) {
            let found = self.names.declaration(Ns::Pass, owner);
            let diagnostic = if owner == header.index {
                finding(format!("`#pass {}` does not keep its last output", header.name)).help("add `feedback=true` to it")
            } else {
                finding(format!("`{word}` can be read by `#pass {}` only", found.name))
                    .help(format!("write `{}` for what it draws in this frame", found.name))
            };
            return Some((Bound::Previous, diagnostic.also(found.name_span, "this pass")));
        }
        if let Some(pass) = self.names.lookup(Ns::Pass, word) {
            let found = self.names.declaration(Ns::Pass, pass);
            let diagnostic = if pass == header.index {
                finding(format!("`#pass {word}` cannot read what it is drawing"))
                    .help(format!("with `feedback=true` it reads its last output as `{PREVIOUS}{word}`"))
            } else if pass > header.index {
                finding(format!("`{word}` is declared after the pass that reads it"))
                    .also(found.name_span, "declared here")
                    .help("a pass reads earlier ones: move its declaration up")
            } else {
                finding(format!("`{word}` is not among the `deps` of `#pass {}`", header.name))
                    .help(format!("add `{word}` to `deps`"))
            };
            return Some((Bound::Pass(pass), diagnostic));
        }
        let data = self.names.lookup(Ns::Data, word)?;
        let message = format!("`{word}` is not among the `data` of `#pass {}`", header.name);
        Some((Bound::Data(data), finding(message).help(format!("add `data=[{word}]`"))))
    }

    /// The declarations of the names, each with its place. Their numbers and types keep clear of the author's.
    fn prelude(&self, text: &Text, (tokens, scopes): (&[Token], &Scopes), mentions: &[Mention]) -> Vec<(String, Span)> {
        let taken = binding_numbers(text, tokens);
        let mut numbers = (0..).filter(|number| !taken.contains(number));
        let declared: BTreeSet<&str> =
            scopes.declarations.iter().filter_map(|d| Some(tokens.get(d.token)?.text(&text.text))).collect();
        let structure = |name: &str, members: &[&str]| {
            let mut name = name.to_string();
            while declared.contains(name.as_str()) {
                name.push('_');
            }
            (format!("struct {name} {{ {}: f32 }}\n", members.join(": f32, ")), name)
        };
        let mut out = Vec::new();
        for Mention { name, bound, span } in mentions {
            let none = String::new;
            let (space, (before, ty)) = match bound {
                Bound::Inputs => ("<uniform>", structure("PngineInputs", &INPUTS)),
                Bound::Pointer => ("<uniform>", structure("PointerInputs", &POINTER)),
                Bound::Sampler => ("", (none(), "sampler".to_string())),
                Bound::Screen => ("", (none(), "texture_storage_2d<rgba8unorm, write>".to_string())),
                Bound::Previous | Bound::Pass(_) => ("", (none(), "texture_2d<f32>".to_string())),
                Bound::Data(data) => ("<storage, read>", (none(), format!("array<{}>", self.data_element(*data)))),
            };
            let number = numbers.next().unwrap_or(u32::MAX);
            out.push((format!("{before}@group(0) @binding({number}) var{space} {name}: {ty};\n"), *span));
        }
        out
    }

    /// What a `#data` holds, as WGSL reads it: bytes and halves in words.
    fn data_element(&self, data: usize) -> &'static str {
        let of_type = |ty: ElementType| match ty {
            ElementType::F32 => "f32",
            ElementType::I32 => "i32",
            ElementType::U32 | ElementType::F16 | ElementType::I16 | ElementType::U16 | ElementType::I8 | ElementType::U8 => {
                "u32"
            }
        };
        let of_generator = |generator: Generator| match generator {
            Generator::Int32Array(_) => Some("i32"),
            Generator::Uint32Array(_)
            | Generator::Float16Array(_)
            | Generator::Int16Array(_)
            | Generator::Uint16Array(_)
            | Generator::Int8Array(_)
            | Generator::Uint8Array(_)
            | Generator::Text(_)
            | Generator::Base64(_) => Some("u32"),
            Generator::Float32Array(_)
            | Generator::Values(_)
            | Generator::File(_)
            | Generator::Blob(_)
            | Generator::Cube(_)
            | Generator::Plane(_)
            | Generator::Sphere(_)
            | Generator::Torus(_)
            | Generator::Cylinder(_)
            | Generator::Cone(_)
            | Generator::Wasm(_) => None,
        };
        let shape = language::Data::SHAPE;
        let body = self.names.declaration(Ns::Data, data).body;
        body.iter()
            .find_map(|property| {
                let row = shape.find(&property.name.name).or_else(|| shape.meant(&property.name.name))?;
                match &property.value.kind {
                    ValueKind::Ident(ty) | ValueKind::Str(ty) if row.name == language::Data::ty.name => {
                        ElementType::of_word(ty).map(of_type).filter(|ty| *ty != "f32")
                    }
                    _ => Generator::named(row.name).and_then(of_generator),
                }
            })
            .unwrap_or("f32")
    }

    /// A finding about an unknown name that has no help yet, with what the pass offers: only what is used has a declaration.
    fn with_near_name(&self, finding: Diagnostic, readable: &Readable) -> Diagnostic {
        if finding.code != Code::WgslUnknownName || finding.help.is_some() || self.notes.has_plenty() {
            return finding;
        }
        let Some(span) = finding.primary.as_ref().map(|label| label.span) else { return finding };
        match self.source_word(span).and_then(|word| nearest(&word, readable.names(self.names).into_iter())) {
            Some(near) => finding.did_you_mean(span, near),
            None => finding,
        }
    }

    /// The characters of a span, in files of scenes and of shaders.
    fn source_word(&self, span: Span) -> Option<String> {
        Some(self.sources.get(span.file)?.text.get(span.start as usize..span.end as usize)?.to_string())
    }

    /// A resource variable that the author declared and that nothing is bound to.
    fn not_bound(&mut self, name: &str, span: Span, group: u32, readable: &Readable) {
        let diagnostic = if group != 0 {
            Diagnostic::new(Code::PassBinding, span, format!("`{name}` is in group {group}"))
                .help("a `#pass` has bindings in group 0 only")
        } else {
            let diagnostic = Diagnostic::new(Code::PassBinding, span, format!("nothing is bound to `{name}`"));
            let names = if self.notes.has_plenty() { BTreeSet::new() } else { readable.names(self.names) };
            match nearest(name, names.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => diagnostic,
                None => {
                    let listed: Vec<&str> = names.iter().copied().take(MOST_LISTED_NAMES).collect();
                    let more = if names.len() > MOST_LISTED_NAMES { ", …" } else { "" };
                    diagnostic.help(format!("variables are bound by name; the names here are `{}`{more}", listed.join("`, `")))
                }
            }
        };
        self.notes.report(diagnostic);
    }
}

/// What has the name that means this. A pass' last output has that of the pass, behind a prefix.
const fn named_by(bound: Bound) -> Target {
    match bound {
        Bound::Pass(index) => Target::Declaration(Ns::Pass, index),
        Bound::Data(index) => Target::Declaration(Ns::Data, index),
        Bound::Inputs => Target::Predeclared("pngine"),
        Bound::Pointer => Target::Predeclared("pointer"),
        Bound::Sampler => Target::Predeclared("samp"),
        Bound::Screen => Target::Predeclared("screen"),
        Bound::Previous => Target::Predeclared("prev_"),
    }
}

/// The functions with a stage's attribute.
fn entries(text: &Text, tokens: &[Token], scopes: &Scopes) -> Vec<Entry> {
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(&text.text));
    let mut out = Vec::new();
    for item in &scopes.items {
        let (Some(keyword), Some(name)) = (item.keyword, item.name) else { continue };
        let stages = [Stage::Vertex, Stage::Fragment, Stage::Compute];
        let is = |stage: &Stage| (item.tokens.start..keyword).any(|i| word(i) == "@" && word(i + 1) == stage.as_str());
        if word(keyword) == "fn"
            && let Some(stage) = stages.into_iter().find(is)
            && let Some(token) = tokens.get(name)
        {
            out.push(Entry { stage, span: text.map.span(token.range()) });
        }
    }
    out
}

/// Where declarations may begin: behind the last directive.
fn directives_end(text: &Text, tokens: &[Token], scopes: &Scopes) -> usize {
    let is_directive = |item: &&scopes::Item| {
        let word = item.keyword.and_then(|keyword| tokens.get(keyword)).map(|token| token.text(&text.text));
        matches!(word, Some("enable" | "requires" | "diagnostic"))
    };
    let last = scopes.items.iter().rfind(is_directive);
    last.and_then(|item| tokens.get(item.tokens.end.checked_sub(1)?)).map_or(0, |token| token.end as usize)
}

/// The numbers of the author's own bindings. One that is no literal counts for all below 500, so that ours lie above.
fn binding_numbers(text: &Text, tokens: &[Token]) -> BTreeSet<u32> {
    let mut numbers = BTreeSet::new();
    for (i, token) in tokens.iter().enumerate() {
        if token.text(&text.text) != "binding" || i == 0 || tokens[i - 1].text(&text.text) != "@" {
            continue;
        }
        let number = tokens.get(i + 2).map_or("", |token| token.text(&text.text)).trim_end_matches(['u', 'i']);
        match number.parse::<u32>() {
            Ok(number) => {
                numbers.insert(number);
            }
            Err(_) => numbers.extend(0..500),
        }
    }
    numbers
}
