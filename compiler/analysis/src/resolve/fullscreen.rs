//! `#pass`: what its shader texts name, and the declarations of these that are put in front of them.
//! Source: language reference, section 13.

use super::bindable::{Board, Bound, Declaration, Output, PREVIOUS, Readable};
use super::names::Names;
use super::notes::Notes;
use super::references::{Manner, Target};
use super::shaders::{ShaderText, Shaders, TextId};
use super::{Object, habits};
use crate::language::{self, FragmentRef, Ns, PassRef, Prop};
use crate::limits::MOST_LISTED_NAMES;
use pngine_scene::Shader;
use pngine_source::diag::{Code, Diagnostic, nearest};
use pngine_source::source::Span;
use pngine_wgsl::assemble::{Piece, Text, assemble};
use pngine_wgsl::builtins;
use pngine_wgsl::import::Expanded;
use pngine_wgsl::reflect::{Module, Resource, Stage};
use pngine_wgsl::scopes::{self, Role, Scopes};
use pngine_wgsl::tokens::{self, Token};
use std::collections::{BTreeMap, BTreeSet};

/// Names that mean the same in every `#pass`, whatever a scene declares.
pub(super) const RESERVED: [&str; 4] = ["pngine", "pointer", "samp", "screen"];

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

/// What shows a texture that is not as large as the canvas: filtered, or texel by texel where its format cannot be filtered.
const FIT: &str = "struct Corner { @builtin(position) place: vec4f, @location(0) uv: vec2f }
@vertex fn vs(@builtin(vertex_index) i: u32) -> Corner {
  let at = vec2f(4 * f32(i & 1) - 1, 4 * f32(i >> 1) - 1);
  return Corner(vec4f(at, 0, 1), vec2f(0.5 + 0.5 * at.x, 0.5 - 0.5 * at.y));
}
@group(0) @binding(0) var image: texture_2d<f32>;
@group(0) @binding(1) var samp: sampler;
@fragment fn smoothly(@location(0) uv: vec2f) -> @location(0) vec4f { return textureSampleLevel(image, samp, uv, 0); }
@fragment fn exactly(@location(0) uv: vec2f) -> @location(0) vec4f {
  return textureLoad(image, vec2u(uv * vec2f(textureDimensions(image))), 0);
}
";

/// The fragment stage that makes a mip level of the one before it.
const SHRINK: &str = "@group(0) @binding(0) var image: texture_2d<f32>;
@group(0) @binding(1) var samp: sampler;
@fragment fn fs(@builtin(position) position: vec4f) -> @location(0) vec4f {
  return textureSampleLevel(image, samp, position.xy / vec2f(max(textureDimensions(image) / 2, vec2u(1))), 0);
}
";

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

/// The stages that all passes share.
#[derive(Clone, Debug)]
pub struct Stages {
    /// The vertex stage `vs`.
    pub vertex: Shader,
    /// The fragment stage `fs` that copies to the canvas.
    pub copy: Shader,
    /// The stages that show what has another size: `vs`, and `smoothly` or `exactly`.
    pub fit: Shader,
    /// The fragment stage `fs` that makes a mip level.
    pub shrink: Shader,
}

/// Every `#pass`, and what they share.
#[derive(Clone, Debug, Default)]
pub struct Fullscreen {
    /// The passes, in source order.
    pub passes: Vec<Pass>,
    /// The one that reaches the canvas.
    pub main: usize,
    /// The shared stages; `None` if there are no passes.
    pub stages: Option<Stages>,
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

/// A name that needs a declaration.
struct Mention {
    name: String,
    bound: Bound,
    declaration: Declaration,
    /// Where it stands first: findings about the declaration are shown there.
    span: Span,
}

/// An entry point, found by its attribute.
struct Entry {
    stage: Stage,
    span: Span,
}

/// Reads `#pass`es.
pub(super) struct Passes<'e, 'a> {
    pub names: &'a Names<'a>,
    pub shaders: &'e mut Shaders<'a>,
    pub notes: &'e mut Notes<'a>,
}

impl Passes<'_, '_> {
    /// Every `#pass`, of which `slots` say what is written. Their texts may name the other declarations.
    pub fn all(&mut self, slots: Vec<language::Pass>, objects: &BTreeMap<Ns, Vec<Object>>) -> Fullscreen {
        let Some(last) = slots.len().checked_sub(1) else { return Fullscreen::default() };
        let main = self.names.lookup(Ns::Pass, "main").unwrap_or(last);
        let board = self.board(&slots, objects);
        let passes = slots.into_iter().enumerate().map(|(index, slots)| self.pass(index, slots, &board)).collect();
        let span = self.names.declaration(Ns::Pass, main).name_span;
        let mut stage = |name: &str, text: &str| {
            // Nobody's define gets into it.
            let joined = Expanded {
                text: assemble(&[Piece::generated(text, span)]),
                missing: BTreeSet::new(),
                files: BTreeSet::new(),
                words: Vec::new(),
                declared: Vec::new(),
                is_wrong: false,
            };
            let (text, module) = self.shaders.checked(&joined.text, &joined, self.notes);
            Shader { name: format!("({name})"), span, text, module }
        };
        let vertex = stage("fullscreen", TRIANGLE);
        let copy = stage("copy", COPY);
        let stages = Stages { vertex, copy, fit: stage("fit", FIT), shrink: stage("shrink", SHRINK) };
        Fullscreen { passes, main, stages: Some(stages) }
    }

    /// What all passes give, by name. Names that are taken are reported.
    fn board<'o>(&mut self, slots: &[language::Pass], objects: &'o BTreeMap<Ns, Vec<Object>>) -> Board<'o> {
        let mut board = Board { outputs: Vec::new(), keeps: Vec::new(), by_name: BTreeMap::new(), is_lost: false, objects };
        for (index, slots) in slots.iter().enumerate() {
            let declaration = self.names.declaration(Ns::Pass, index);
            let format = (!slots.format.is_bad()).then_some(slots.format.value);
            let mut outputs = vec![Output { name: declaration.name.clone(), span: declaration.name_span, format }];
            for output in slots.outputs.elements().iter().filter_map(|element| element.value.as_ref()) {
                // One without a name has a number all the same: those behind it keep theirs.
                let name = output.name.value.clone().unwrap_or_default();
                let format = (!output.format.is_bad()).then_some(output.format.value);
                outputs.push(Output { name, span: output.name.span, format });
            }
            board.is_lost |= slots.outputs.is_bad() || !slots.outputs.is_whole();
            board.is_lost |= outputs.iter().any(|output| output.name.is_empty());
            board.outputs.push(outputs);
            // What is wrong, which is reported, is taken to say whatever makes the text right.
            board.keeps.push(slots.feedback.value || slots.feedback.is_bad());
            board.by_name.insert(declaration.name.clone(), (index, 0));
        }
        for (pass, outputs) in board.outputs.iter().enumerate() {
            for (index, output) in outputs.iter().enumerate().skip(1).filter(|(_, output)| !output.name.is_empty()) {
                match board.by_name.get(&output.name) {
                    Some(&(owner, of)) => {
                        let first = board.outputs[owner][of].span;
                        let message = format!("there is already an output `{}`", output.name);
                        self.notes.report(
                            Diagnostic::new(Code::PassName, output.span, message)
                                .also(first, if of == 0 { "a pass is called by the name of its output" } else { "the first one" })
                                .help("give this output another name"),
                        );
                    }
                    None => {
                        board.by_name.insert(output.name.clone(), (pass, index));
                        self.notes.declare_output(&output.name, (self.shaders.shelf.sources.slice(output.span), output.span));
                    }
                }
            }
        }
        for outputs in &board.outputs {
            for output in outputs {
                self.output_name(output, &board);
            }
        }
        board
    }

    fn pass(&mut self, index: usize, slots: language::Pass, board: &Board<'_>) -> Pass {
        let declaration = self.names.declaration(Ns::Pass, index);
        let header = Header {
            index,
            name: declaration.name,
            name_span: declaration.name_span,
            feedback: board.keeps[index],
            imports: slots
                .imports
                .elements()
                .iter()
                .filter_map(|import| import.value)
                .map(|FragmentRef(ns, i)| (ns, i))
                .collect(),
            lost_imports: !slots.imports.is_whole(),
            passes: self.pass_deps(&slots, index),
            data: (slots.data.is_written() && slots.data.is_whole())
                .then(|| slots.data.elements().iter().filter_map(|data| Some(data.value?.0)).collect()),
        };
        let mut computes = false;
        let code = self.pass_text(slots.code.row, slots.code.name_span(), &header, board, |entries| {
            computes = entries.iter().any(|entry| entry.stage == Stage::Compute);
        });
        let seeded = slots.init.name_span();
        let seed = self.pass_text(slots.init.row, seeded, &header, board, |_| {});
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

    /// A pass or output must not be called like what every pass has.
    fn output_name(&mut self, output: &Output, board: &Board<'_>) {
        let name = output.name.as_str();
        let owner = name.strip_prefix(PREVIOUS).and_then(|owner| board.by_name.get(owner));
        let (meaning, also) = match (RESERVED.contains(&name), owner) {
            (true, _) => ("something that every pass has".to_string(), None),
            (false, Some(&(pass, index))) => {
                let owner = &board.outputs[pass][index];
                (format!("the last output of `{}`", owner.name), Some(owner.span))
            }
            (false, None) => return,
        };
        let mut diagnostic = Diagnostic::new(Code::PassName, output.span, format!("in a `#pass`, `{name}` is {meaning}"));
        if let Some(span) = also {
            diagnostic = diagnostic.also(span, "this pass");
        }
        self.notes.report(diagnostic.help("give it another name"));
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
        let deps = slots.deps.elements().iter().filter_map(|dep| Some((Ns::Pass, dep.value?.0, dep.span)));
        let data = slots.data.elements().iter().filter_map(|data| Some((Ns::Data, data.value?.0, data.span)));
        for (ns, index, span) in deps.chain(data) {
            // One that it cannot read is reported.
            if ns == Ns::Pass && index >= this {
                continue;
            }
            let is_it = |bound: &Bound| match bound {
                Bound::Output(pass, _) => (ns, index) == (Ns::Pass, *pass),
                Bound::Data(data) => (ns, index) == (Ns::Data, *data),
                _ => false,
            };
            let is_read = |shader: &PassShader| shader.bound.values().any(is_it);
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
        board: &Board<'_>,
        found: impl FnOnce(&[Entry]),
    ) -> Option<PassShader> {
        let body = self.names.declaration(Ns::Pass, header.index).body;
        let property_span = property_span?;
        let value = &row.written(language::Pass::SHAPE, body)?.value;
        let mut imports = Vec::new();
        let piece = self.shaders.text_piece(value, &mut imports, self.notes);
        if piece.is_none() && imports.is_empty() {
            return None;
        }
        let fragments: Vec<TextId> = header.imports.iter().copied().chain(imports.iter().map(|(ns, i, _)| (*ns, *i))).collect();
        let (mut pieces, is_lost) = self.shaders.pieces(&fragments);
        pieces.extend(piece);
        pieces.iter().for_each(|piece| self.shaders.note_defines_in(&piece.text));
        let joined = self.shaders.joined(&pieces, is_lost || header.lost_imports, self.notes)?;
        let text = &joined.text;
        let tokens = tokens::significant(&text.text);
        let scopes = scopes::resolve(&text.text, &tokens);
        let entries = entries(text, &tokens, &scopes);
        found(&entries);
        let is_seed = row.name == language::Pass::init.name;
        let stage = self.pass_stage(&entries, header, row, property_span);
        let computes = is_seed || entries.iter().any(|entry| entry.stage == Stage::Compute);

        let readable =
            Readable { board, index: header.index, computes, passes: header.passes.clone(), data: header.data.clone() };
        let (mentions, mut is_whole) = self.mentions(text, (&tokens, &scopes), header, &readable);
        let prelude = self.prelude(text, (&tokens, &scopes), &mentions);
        let at = directives_end(text, &tokens, &scopes);
        self.shaders.texts.push(ShaderText { owner: header.name_span, text: joined.text.clone() });
        let mark = self.notes.mark();
        let (plain, module) = self.shaders.checked(&text.insert(at, &prelude), &joined, self.notes);
        let findings = self.notes.since(mark);
        // What is no WGSL has no stage either: that would say nothing new.
        let is_wgsl = findings.iter().all(|finding| finding.code != Code::WgslSyntax);
        // What the text does with something whose type is not known says nothing about the text.
        let is_guessed = board.is_lost || mentions.iter().any(|mention| mention.declaration.is_guess);
        is_whole &= !is_guessed;
        for finding in findings.into_iter().filter(|finding| !is_guessed || finding.code == Code::WgslSyntax) {
            let finding = self.with_near_name(finding, &readable);
            self.notes.report(finding);
        }
        let stage = match stage {
            Ok(stage) => Some(stage),
            Err(finding) => {
                self.notes.extend(Some(*finding).filter(|_| is_wgsl));
                None
            }
        };
        let (module, stage) = (module?, stage?);

        let entries = self.pass_entries(&module, stage, header, board, property_span)?;
        let mut bound = BTreeMap::new();
        for name in &entries {
            for &index in module.entry_point(name).map_or(&[][..], |entry| &entry.bindings) {
                let binding = &module.bindings[index];
                match readable.get_for(self.names, &binding.name, &binding.resource).filter(|_| binding.group == 0) {
                    Some(meaning) => {
                        if !mentions.iter().any(|mention| mention.name == binding.name) {
                            self.notes.meanings.same_names.push((binding.span, board.target(header.index, meaning)));
                            // A name with a prefix cannot follow that of its owner.
                            if matches!(meaning, Bound::Previous(..) | Bound::Earlier(..)) {
                                self.notes.meanings.same_names.push((binding.span, Target::Predeclared(PREVIOUS)));
                            }
                        }
                        match meaning {
                            Bound::Declared(ns, index) | Bound::Earlier(ns, index) => self.notes.presume(ns, index),
                            Bound::Data(index) => self.notes.presume(Ns::Data, index),
                            Bound::Uniforms(index) => self.notes.presume(Ns::Uniforms, index),
                            Bound::Output(pass, _) => self.notes.presume(Ns::Pass, pass),
                            Bound::Input(_) | Bound::Sampler | Bound::Target(_) | Bound::Previous(..) => {}
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
        if computes && is_whole && !bound.values().any(|bound| matches!(bound, Bound::Target(_))) && !writes(&module, &entries) {
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
    fn pass_entries(
        &mut self,
        module: &Module,
        stage: Stage,
        header: &Header,
        board: &Board<'_>,
        property_span: Span,
    ) -> Option<Vec<String>> {
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
        let is_given = |index: usize| entry.outputs.iter().any(|output| output.location as usize == index);
        let missing =
            board.outputs[header.index].iter().enumerate().find(|(index, output)| !output.name.is_empty() && !is_given(*index));
        if let Some((index, output)) = missing {
            let message = format!("`{chosen}` gives nothing for the output `{}`", output.name);
            self.notes.report(
                Diagnostic::new(Code::FragmentOutput, entry.span, message)
                    .also(output.span, "this output")
                    .help(format!("return a struct with a member `@location({index})`, or take the output out of `outputs`")),
            );
            return None;
        }
        Some(vec![(*chosen).to_string()])
    }

    /// The names in a text that need a declaration. Those of passes and data that it may not read are reported; they get one too,
    /// so that the validator has nothing to add. The second result tells whether there was none of these.
    fn mentions(
        &mut self,
        text: &Text,
        (tokens, scopes): (&[Token], &Scopes),
        header: &Header,
        readable: &Readable<'_>,
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
                    if let Some((bound, diagnostic)) = self.unreadable(word, span, header, readable.board) {
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
            let target = readable.board.target(readable.index, bound);
            let owner = word.strip_prefix(PREVIOUS).unwrap_or(word);
            match bound {
                // What a pass drew in the last frame is called after it, and does not make it one that something uses.
                Bound::Previous(..) => self.notes.refer_in_pass(
                    target,
                    Manner::Mentions,
                    word,
                    owner,
                    (self.shaders.shelf.sources.slice(span), span),
                ),
                Bound::Earlier(..) => {
                    self.notes.refer_in_pass(target, Manner::Uses, word, owner, (self.shaders.shelf.sources.slice(span), span))
                }
                _ => self.notes.refer_in_pass(target, Manner::Uses, word, word, (self.shaders.shelf.sources.slice(span), span)),
            }
            if let Bound::Output(pass, 1..) = bound {
                self.notes.presume(Ns::Pass, pass);
            }
        }
        let mut found: Vec<Mention> = Vec::new();
        for (word, (bound, span)) in mentions {
            let declaration = self.declared(readable.board, readable.index, bound);
            if declaration.is_guess
                && let Bound::Declared(ns @ Ns::Buffer, _) | Bound::Earlier(ns @ Ns::Buffer, _) = bound
                && Self::is_sound(readable.board, bound)
            {
                let message = format!("what `#{} {}` holds is not known here", ns.word(), word);
                self.notes.report(Diagnostic::new(Code::PassBinding, span, message).help(format!(
                    "declare the variable in the code, with any number: `@group(0) @binding(0) var<storage, read> {word}: array<vec4f>;`"
                )));
            }
            found.push(Mention { name: word.to_string(), bound, declaration, span });
        }
        // Source: language reference, section 13.2; what came later stands behind.
        found.sort_by_key(|mention| mention.bound);
        (found, is_whole)
    }

    /// A name that means something, but not here.
    fn unreadable(&self, word: &str, span: Span, header: &Header, board: &Board<'_>) -> Option<(Bound, Diagnostic)> {
        let finding = |message: String| Diagnostic::new(Code::PassReads, span, message);
        if word == "screen" {
            let message = "`screen` belongs to compute passes".to_string();
            return Some((Bound::Target(0), finding(message).help("a fragment pass draws with what its entry point returns")));
        }
        if let Some(owner) = word.strip_prefix(PREVIOUS) {
            if let Some(&(pass, index)) = board.by_name.get(owner) {
                let name = &board.outputs[pass][0].name;
                let diagnostic = finding(format!("`#pass {name}` does not keep its last output"))
                    .help("add `feedback=true` to it")
                    .also(board.outputs[pass][0].span, "this pass");
                return Some((Bound::Previous(pass, index), diagnostic));
            }
            let ns = [Ns::Texture, Ns::Buffer].into_iter().find(|ns| self.names.lookup(*ns, owner).is_some())?;
            let index = self.names.lookup(ns, owner)?;
            let diagnostic = finding(format!("`#{} {owner}` has no earlier contents", ns.word()))
                .help("what has `pool=2` keeps those of the frame before")
                .also(self.names.declaration(ns, index).name_span, "declared here");
            return Some((Bound::Earlier(ns, index), diagnostic));
        }
        if let Some(&(pass, index)) = board.by_name.get(word) {
            let found = &board.outputs[pass][index];
            let diagnostic = if pass == header.index {
                finding(format!("`#pass {}` cannot read what it is drawing", header.name))
                    .help(format!("with `feedback=true` it reads its last output as `{PREVIOUS}{word}`"))
            } else if pass > header.index {
                let later = &board.outputs[pass][0].name;
                finding(format!("`{word}` is declared after the pass that reads it")).also(found.span, "declared here").help(
                    format!(
                        "a pass reads earlier ones: move its declaration up, or read what it drew in the frame before as \
                     `{PREVIOUS}{word}`, with `feedback=true` in `#pass {later}`"
                    ),
                )
            } else {
                let owner = &board.outputs[pass][0].name;
                finding(format!("`{word}` is not among the `deps` of `#pass {}`", header.name))
                    .help(format!("add `{owner}` to `deps`"))
            };
            return Some((Bound::Output(pass, index), diagnostic));
        }
        if let Some(uniforms) = self.names.lookup(Ns::Uniforms, word) {
            let message = format!("`#uniforms {word}` describes a variable of a module, so no pass can read it");
            let declared = self.names.declaration(Ns::Uniforms, uniforms).name_span;
            let diagnostic = finding(message).also(declared, "declared here");
            return Some((Bound::Uniforms(uniforms), diagnostic.help("without `variable` it is bound to `#pass`es by its name")));
        }
        let data = self.names.lookup(Ns::Data, word)?;
        let message = format!("`{word}` is not among the `data` of `#pass {}`", header.name);
        Some((Bound::Data(data), finding(message).help(format!("add `{word}` to `data`, or leave `data` out to read any"))))
    }

    /// The declarations of the names, each with its place. Their numbers and types keep clear of the author's.
    fn prelude(&self, text: &Text, (tokens, scopes): (&[Token], &Scopes), mentions: &[Mention]) -> Vec<(String, Span)> {
        let taken = binding_numbers(text, tokens);
        let mut numbers = (0..).filter(|number| !taken.contains(number));
        let declared: BTreeSet<&str> =
            scopes.declarations.iter().filter_map(|d| Some(tokens.get(d.token)?.text(&text.text))).collect();
        let mut out = Vec::new();
        for Mention { name, declaration, span, .. } in mentions {
            let Declaration { structure, space, ty, .. } = declaration;
            let (mut before, mut ty) = (String::new(), ty.clone());
            if let Some((_, members)) = structure {
                while declared.contains(ty.as_str()) {
                    ty.push('_');
                }
                before = format!("struct {ty} {{ {members} }}\n");
            }
            let number = numbers.next().unwrap_or(u32::MAX);
            out.push((format!("{before}@group(0) @binding({number}) var{space} {name}: {ty};\n"), *span));
        }
        out
    }

    /// A finding about a name, with what the pass offers: only what is used has a declaration.
    fn with_near_name(&self, finding: Diagnostic, readable: &Readable<'_>) -> Diagnostic {
        let Some(span) = finding.primary.as_ref().map(|label| label.span) else { return finding };
        if finding.code != Code::WgslUnknownName {
            return habits::with_members(finding, &self.shaders.shelf.sources);
        }
        let Some(word) = self.source_word(span) else { return finding };
        let behind =
            self.shaders.shelf.sources.get(span.file).map_or("", |file| file.text.get(span.end as usize..).unwrap_or_default());
        // A plain word may be one of the author's, misspelt.
        let is_plain = word.chars().all(|c| c.is_ascii_lowercase());
        if let Some(help) = habits::in_pass(&word, behind).filter(|_| !is_plain || finding.help.is_none()) {
            let mut finding = finding.help(help);
            finding.fixes.clear();
            return finding;
        }
        if finding.help.is_some() || self.notes.has_plenty() {
            return finding;
        }
        let names = readable.names(self.names);
        match nearest(&word, names.iter().map(String::as_str)) {
            Some(near) => finding.did_you_mean(span, near),
            None => finding,
        }
    }

    /// The characters of a span, in files of scenes and of shaders.
    fn source_word(&self, span: Span) -> Option<String> {
        Some(self.shaders.shelf.sources.get(span.file)?.text.get(span.start as usize..span.end as usize)?.to_string())
    }

    /// A resource variable that the author declared and that nothing is bound to.
    fn not_bound(&mut self, name: &str, span: Span, group: u32, readable: &Readable<'_>) {
        let diagnostic = if group != 0 {
            Diagnostic::new(Code::PassBinding, span, format!("`{name}` is in group {group}"))
                .help("a `#pass` has bindings in group 0 only")
        } else {
            let diagnostic = Diagnostic::new(Code::PassBinding, span, format!("nothing is bound to `{name}`"));
            let names = if self.notes.has_plenty() { BTreeSet::new() } else { readable.names(self.names) };
            match nearest(name, names.iter().map(String::as_str)) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if names.is_empty() => diagnostic,
                None => {
                    let listed: Vec<&str> = names.iter().map(String::as_str).take(MOST_LISTED_NAMES).collect();
                    let more = if names.len() > MOST_LISTED_NAMES { ", …" } else { "" };
                    diagnostic.help(format!("variables are bound by name; this pass can bind `{}`{more}", listed.join("`, `")))
                }
            }
        };
        self.notes.report(diagnostic);
    }
}

/// Whether some entry point can write something: a buffer or a texture of the scene.
fn writes(module: &Module, entries: &[String]) -> bool {
    let bindings = entries.iter().filter_map(|name| module.entry_point(name)).flat_map(|entry| &entry.bindings);
    let resources = bindings.filter_map(|index| module.bindings.get(*index)).map(|binding| &binding.resource);
    resources
        .into_iter()
        .any(|resource| matches!(resource, Resource::Storage { is_writable: true, .. } | Resource::StorageTexture { .. }))
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
