//! WGSL judged by naga, behind guards: limits on tokens first, then naga on a thread of its own, its panics caught.
//!
//! naga stops at its first error. To report all errors of a shader in one run, what an error stands in (a statement, a function's
//! body, a declaration) is taken out and the rest is judged again. Errors that only follow from a removal are dropped.
//! naga also refuses some WGSL that browsers take. That is taken out in the same way, with a warning instead of an error.

use crate::limits::{
    MAX_CANDIDATES, MAX_DECLARATIONS, MAX_ELSE_IF, MAX_ERRORS, MAX_LOCATION, MAX_NESTING, MAX_OPERATORS, MAX_QUESTIONS,
    MAX_READ_BYTES, MAX_ROUNDS, MAX_SHADER_BYTES,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};

use crate::device::{Device, Feature};
use pngine_source::diag::{Code, Diagnostic, Severity};
use pngine_source::source::{FileId, Span};

use super::assemble::{Piece, Text, assemble};
use super::bounds;
use super::builtins;
use super::conversion;
use super::explain::{self, Cause, Finding};
use super::fold::{self, Folded};
use super::places::{Part, Places};
use super::reflect::{self, Module};
use super::scopes::{self, DeclarationId, DeclarationKind, Role, Scopes};
use super::stages::{self, Shader};
use super::strict::{self, Strict};
use super::tokens::{self, Token, TokenKind};
use super::uniformity::{self, Needs};
use super::words::short_form;

/// Stack of the thread that naga runs on, in bytes: sixteen times what [`MAX_OPERATORS`] needs.
#[cfg(not(target_arch = "wasm32"))]
const STACK_BYTES: usize = 64 << 20;

/// What a shader is judged by, its text apart.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Names that would be declared if something else were not wrong: uses of them are not reported.
    pub missing: BTreeSet<String>,
    /// What the scene asks of the device: extensions of WGSL need features of it.
    pub device: Device,
}

/// Judges a shader and reflects it.
///
/// Everything wrong with it is added to `diagnostics` at the author's place. `None` if there is at least one error among that;
/// warnings about what naga does not know leave the module usable.
pub fn check(text: &Text, environment: &Environment, diagnostics: &mut Vec<Diagnostic>) -> Option<Module> {
    if let Some(error) = too_long(text) {
        diagnostics.push(error);
        return None;
    }
    let tokens = tokens::tokenize(&text.text);
    let mut found = Vec::new();
    for token in &tokens {
        if token.kind == TokenKind::OpenComment {
            let span = text.map.span(token.start as usize..token.start as usize + 2);
            found.push(
                Diagnostic::new(Code::WgslSyntax, span, "a block comment is not closed")
                    .label("opened here")
                    .help("close it with `*/`"),
            );
        } else if token.kind == TokenKind::Other && token.text(&text.text) == "\0" {
            found.push(Diagnostic::new(Code::WgslSyntax, text.map.span(token.range()), "NUL character in a shader"));
        }
        if !found.is_empty() {
            diagnostics.append(&mut found);
            return None;
        }
    }
    let tokens: Vec<Token> = tokens.into_iter().filter(|token| !token.is_comment()).collect();
    let (scopes, folded) = match within_limits(text, &tokens) {
        Ok(known) => known,
        Err(error) => {
            diagnostics.push(*error);
            return None;
        }
    };
    let (module, mut found) = on_large_stack(|| {
        let Strict { findings, never_ends } = strict::examine(text, &tokens, &scopes);
        let mut validation = Validation::new(text, &tokens, &scopes, &folded, never_ends);
        validation.poisoned.extend(environment.missing.iter().map(|name| (None, name.as_str())));
        let (module, found) = validation.run();
        with_strict(module, found, findings)
    });
    let mut asked = extensions(text, &tokens, &scopes, &environment.device);
    let is_refused = asked.iter().any(|finding| finding.severity() == Severity::Error);
    diagnostics.append(&mut asked);
    diagnostics.append(&mut found);
    module.filter(|_| !is_refused)
}

/// Why a host hands a text to no shader compiler, if it does not: it is larger or deeper than those can be trusted with. These are the
/// limits of [`check`], so what the compiler wrote passes.
pub fn beyond_limits(text: &str) -> Option<String> {
    let text = assemble(&[Piece::generated(text, Span::default())]);
    let error = too_long(&text).or_else(|| within_limits(&text, &tokens::significant(&text.text)).err().map(|error| *error));
    error.map(|error| error.message)
}

/// What is wrong with a text of so many bytes.
fn too_long(text: &Text) -> Option<Diagnostic> {
    let bytes = text.text.len();
    (bytes > MAX_SHADER_BYTES).then(|| {
        let message = format!("the shader has {bytes} bytes, and {MAX_SHADER_BYTES} are allowed");
        Diagnostic::new(Code::ShaderTooLarge, text.map.span(0..1), message).label("it begins here")
    })
}

/// The scopes and constants of a text that naga can be trusted with, or what of it goes beyond a limit. `tokens` are its significant
/// tokens.
fn within_limits(text: &Text, tokens: &[Token]) -> Result<(Scopes, Folded), Box<Diagnostic>> {
    if let Some(error) = limit(text, tokens) {
        return Err(Box::new(error));
    }
    let scopes = scopes::resolve(&text.text, tokens);
    if let Some(item) = scopes.items.get(MAX_DECLARATIONS) {
        let range = tokens.get(item.tokens.start).map_or(0..0, Token::range);
        let message = format!("the shader has more than {MAX_DECLARATIONS} declarations");
        let error = Diagnostic::new(Code::ShaderTooLarge, text.map.span(range), message);
        return Err(Box::new(error.label("one declaration too many")));
    }
    let folded = fold::fold(text, tokens, &scopes);
    match bounds::exceeded(text, tokens, &scopes, &folded) {
        Some(error) => Err(Box::new(error)),
        None => Ok((scopes, folded)),
    }
}

/// What extensions need of the device and the scene does not ask for. Source: WGSL section 4.1.1, "Enable Extensions".
fn extensions(text: &Text, tokens: &[Token], scopes: &Scopes, device: &Device) -> Vec<Diagnostic> {
    let word = |token: usize| tokens.get(token).map_or("", |token| token.text(&text.text));
    let enables = scopes.items.iter().filter(|item| item.keyword.is_some_and(|keyword| word(keyword) == "enable"));
    let names = enables.flat_map(|item| item.tokens.clone()).filter(|token| scopes.roles.get(*token) == Some(&Role::Context));
    let need = |token: usize| {
        let feature = match word(token) {
            "f16" => Feature::ShaderF16,
            "clip_distances" => Feature::ClipDistances,
            "dual_source_blending" => Feature::DualSourceBlending,
            "subgroups" => Feature::Subgroups,
            "primitive_index" => Feature::PrimitiveIndex,
            _ => return None,
        };
        let span = text.map.span(tokens.get(token).map_or(0..0, Token::range));
        device.need(feature, span, &format!("`enable {}`", word(token)))
    };
    names.filter_map(need).collect()
}

/// Adds what the stricter rules say to what naga says, so that one statement gets one answer. naga's errors go first, unless they
/// are about types that follow from what a rule found; the remark that something was not checked gives way to an error.
fn with_strict(
    module: Option<Module>,
    mut found: Vec<Diagnostic>,
    strict: Vec<(Span, Diagnostic)>,
) -> (Option<Module>, Vec<Diagnostic>) {
    let meets = |diagnostic: &Diagnostic, statement: Span| {
        let span = diagnostic.primary.as_ref().map(|label| label.span);
        span.is_some_and(|span| span.file == statement.file && span.start < statement.end && statement.start < span.end)
    };
    // Findings of the rules and of naga are few: both stop at 20 or so.
    let gives_way = |naga: &Diagnostic, rule: &Diagnostic| match naga.code {
        Code::WgslUnchecked | Code::NotUniform => true,
        Code::WgslInvalid => matches!(rule.code, Code::MixedOperators | Code::NotConstant),
        _ => naga.severity() == Severity::Warning,
    };
    let is_new =
        |(statement, rule): &(Span, Diagnostic)| !found.iter().any(|naga| meets(naga, *statement) && !gives_way(naga, rule));
    let kept: Vec<(Span, Diagnostic)> = strict.into_iter().filter(is_new).collect();
    if kept.is_empty() {
        return (module, found);
    }
    found.retain(|naga| {
        let is_told = kept.iter().any(|(statement, rule)| meets(naga, *statement) && gives_way(naga, rule));
        !is_told || !matches!(naga.code, Code::WgslUnchecked | Code::WgslInvalid)
    });
    found.extend(kept.into_iter().map(|(_, diagnostic)| diagnostic));
    (None, found)
}

/// What naga makes of a text, names and places apart, as a number: equal for two texts that do the same. `None` if naga does not take it.
pub(super) fn code(text: &str) -> Option<u64> {
    let text = assemble(&[Piece::generated(text, Span::default())]);
    let tokens = tokens::significant(&text.text);
    if too_long(&text).is_some() {
        return None;
    }
    let (scopes, folded) = within_limits(&text, &tokens).ok()?;
    let mut validation = Validation::new(&text, &tokens, &scopes, &folded, BTreeSet::new());
    validation.leave_out_features();
    on_large_stack(|| {
        let (module, _) = attempt(&validation.edited().text, validation.flags).ok()?;
        let mut fingerprint = Fingerprint::default();
        // Taking in text cannot fail.
        let _ = write!(fingerprint, "{module:?}");
        fingerprint.hash.write_u64(folded.values);
        Some(fingerprint.hash.finish())
    })
}

/// Whether naga takes long for a text, so that it should read it no more often than it must.
pub(super) fn is_long(text: &str) -> bool {
    let text = assemble(&[Piece::generated(text, Span::default())]);
    let tokens = tokens::significant(&text.text);
    let scopes = scopes::resolve(&text.text, &tokens);
    bounds::is_long(&text, &tokens, &scopes, &fold::fold(&text, &tokens, &scopes))
}

/// The hash of a module's description without what stands in quotes, which are its names, and without its places.
#[derive(Default)]
struct Fingerprint {
    hash: DefaultHasher,
    is_quoted: bool,
    /// How much of [`PLACE`] was just read; all of it while the place lasts.
    matched: usize,
}

/// How the description of a place begins; it ends with a brace.
const PLACE: &[u8] = b"Span {";

impl std::fmt::Write for Fingerprint {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        for &byte in text.as_bytes() {
            if self.matched == PLACE.len() {
                if byte == b'}' {
                    self.matched = 0;
                }
                continue;
            }
            if byte == b'"' {
                self.is_quoted = !self.is_quoted;
            } else if !self.is_quoted {
                self.hash.write_u8(byte);
            }
            let goes_on = !self.is_quoted && PLACE.get(self.matched) == Some(&byte);
            self.matched = if goes_on { self.matched + 1 } else { usize::from(!self.is_quoted && byte == PLACE[0]) };
        }
        Ok(())
    }
}

/// The first place where the text goes beyond what naga can be trusted with.
fn limit(text: &Text, tokens: &[Token]) -> Option<Diagnostic> {
    #[derive(Default, Clone, Copy)]
    struct Level {
        operators: usize,
        else_ifs: usize,
        at: usize,
    }
    let mut levels = vec![Level::default()];
    let mut operators = 0;
    let report = |at: usize, message: String, label: &str, help: &str| {
        let range = tokens.get(at).map_or(0..0, Token::range);
        Some(Diagnostic::new(Code::ShaderTooDeep, text.map.span(range), message).label(label).help(help))
    };
    let word = |i: usize| tokens.get(i).map_or("", |token| token.text(&text.text));
    for (i, token) in tokens.iter().enumerate() {
        let Some(level) = levels.last_mut() else { break };
        let mut reset = false;
        match token.text(&text.text) {
            "(" | "[" | "{" => {
                level.operators += 1;
                operators += 1;
                if levels.len() > MAX_NESTING {
                    let message = format!("brackets nest more than {MAX_NESTING} deep");
                    return report(
                        i,
                        message,
                        "one level too many",
                        "give parts of it a name with `let`, or move them into a function",
                    );
                }
                levels.push(Level { at: i, ..Level::default() });
            }
            closer @ (")" | "]" | "}") => {
                if levels.len() > 1
                    && let Some(closed) = levels.pop()
                {
                    operators -= closed.operators;
                }
                // A block ends a statement, so that what follows is a new one.
                reset = closer == "}";
                if reset
                    && word(i + 1) != "else"
                    && let Some(level) = levels.last_mut()
                {
                    level.else_ifs = 0;
                }
            }
            "," | ";" => reset = true,
            "else" if word(i + 1) == "if" => {
                level.else_ifs += 1;
                level.at = i;
                if level.else_ifs > MAX_ELSE_IF {
                    let message = format!("more than {MAX_ELSE_IF} `else if` in a row");
                    return report(i, message, "one link too many", "use `switch`, or look the value up in an array");
                }
            }
            _ if token.kind == TokenKind::Punctuation => {
                level.operators += 1;
                operators += 1;
            }
            _ => {}
        }
        if reset && let Some(level) = levels.last_mut() {
            operators -= level.operators;
            level.operators = 0;
        }
        if operators > MAX_OPERATORS {
            let message = format!("an expression has more than {MAX_OPERATORS} operators");
            return report(i, message, "one operator too many", "give parts of it a name with `let`");
        }
    }
    None
}

/// Runs `work` where recursion as deep as the limits allow does not overflow the stack.
#[cfg(not(target_arch = "wasm32"))]
fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    // The closure moves into the thread; should there be none to be had, it is taken from its slot here.
    let slot = std::sync::Mutex::new(Some(work));
    let run = || {
        let work = slot.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        match work {
            Some(work) => work(),
            None => unreachable!("the closure is taken once"),
        }
    };
    std::thread::scope(|scope| {
        match std::thread::Builder::new().name("wgsl".to_owned()).stack_size(STACK_BYTES).spawn_scoped(scope, run) {
            Ok(thread) => thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            // The limits fit an ordinary main thread for all but the most hostile texts.
            Err(_) => run(),
        }
    })
}

/// Runs `work` here: wasm has no threads, and its engine turns an overflow into a trap.
#[cfg(target_arch = "wasm32")]
fn on_large_stack<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// What browsers offer: the core of WebGPU and its optional features for shaders, but nothing that only native hosts have.
const CAPABILITIES: Capabilities = Capabilities::MULTISAMPLED_SHADING
    .union(Capabilities::CUBE_ARRAY_TEXTURES)
    .union(Capabilities::CLIP_DISTANCES)
    .union(Capabilities::DUAL_SOURCE_BLENDING)
    .union(Capabilities::SUBGROUP)
    .union(Capabilities::SUBGROUP_BARRIER)
    .union(Capabilities::SHADER_FLOAT16)
    .union(Capabilities::SHADER_FLOAT16_IN_FLOAT32)
    .union(Capabilities::TEXTURE_EXTERNAL)
    .union(Capabilities::IMMEDIATES)
    .union(Capabilities::PRIMITIVE_INDEX)
    .union(Capabilities::STORAGE_TEXTURE_16BIT_NORM_FORMATS);

/// naga's answer to a text.
fn attempt(text: &str, flags: ValidationFlags) -> Result<(naga::Module, ModuleInfo), Box<Finding>> {
    let answer = quietly(|| {
        let mut options = naga::front::wgsl::Options::new();
        options.capabilities = CAPABILITIES;
        let mut front = naga::front::wgsl::Frontend::new_with_options(options);
        let module = front.parse(text).map_err(|error| Box::new(explain::parse_error(&error)))?;
        if let Some(finding) = large_location(&module) {
            return Err(Box::new(finding));
        }
        let mut validator = Validator::new(flags, CAPABILITIES);
        match validator.validate(&module) {
            Ok(info) => Ok((module, info)),
            Err(error) => Err(Box::new(explain::validation_error(&module, &error))),
        }
    });
    answer.unwrap_or_else(|| Err(Box::new(Finding::panic())))
}

/// What `work` gives; `None` if it panics, of which nothing is printed.
pub fn quietly<T>(work: impl FnOnce() -> T) -> Option<T> {
    silence_panics();
    JUDGING.set(true);
    let answer = catch_unwind(AssertUnwindSafe(work));
    JUDGING.set(false);
    answer.ok()
}

/// A `@location` beyond [`MAX_LOCATION`].
fn large_location(module: &naga::Module) -> Option<Finding> {
    let large = |binding: &Option<naga::Binding>| match binding {
        Some(naga::Binding::Location { location, .. }) => Some(*location).filter(|location| *location > MAX_LOCATION),
        _ => None,
    };
    for (handle, ty) in module.types.iter() {
        let naga::TypeInner::Struct { members, .. } = &ty.inner else { continue };
        for member in members {
            if let Some(location) = large(&member.binding) {
                let range = module.types.get_span(handle).to_range();
                let member = ty.name.clone().zip(member.name.clone());
                return Some(Finding::large_location(location, range, member, None));
            }
        }
    }
    for entry in &module.entry_points {
        let arguments = entry.function.arguments.iter().map(|argument| &argument.binding);
        let mut bindings = arguments.chain(entry.function.result.as_ref().map(|result| &result.binding));
        if let Some(location) = bindings.find_map(large) {
            return Some(Finding::large_location(location, None, None, Some(entry.name.clone())));
        }
    }
    None
}

thread_local! {
    /// Whether [`quietly`] works on this thread, so that a panic is no news for the user.
    static JUDGING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Keeps panics that [`quietly`] catches off stderr; others go to the hook that was there before.
fn silence_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !JUDGING.try_with(std::cell::Cell::get).unwrap_or(false) {
                before(info);
            }
        }));
    });
}

/// Where naga breaks off.
struct Site {
    /// The declaration.
    item: usize,
    /// The last name or number that it reads.
    last: Option<usize>,
    /// Takes out what naga does not need to come there.
    edits: Edits,
}

/// Ranges of a text by their start: where they end, and what stands in their place.
type Edits = BTreeMap<usize, (usize, String)>;

/// Whether an edit reaches into a range.
fn overlaps(edits: &Edits, range: &Range<usize>) -> bool {
    let before = edits.range(..range.end).next_back();
    before.is_some_and(|(_, (end, _))| *end > range.start)
}

/// Judges one text, again and again.
struct Validation<'a> {
    text: &'a Text,
    tokens: &'a [Token],
    scopes: &'a Scopes,
    /// What naga need not see of long arrays.
    folded: &'a Folded,
    /// What is taken out: byte ranges of the text by their start, and what stands there instead. They do not overlap.
    edits: Edits,
    /// Names that went with what was taken out, with the item they belong to; `None` for names of the module.
    poisoned: BTreeSet<(Option<usize>, &'a str)>,
    /// What is to be reported.
    findings: Vec<Diagnostic>,
    /// What naga checks.
    flags: ValidationFlags,
    /// Items that are functions whose end is never reached.
    never_ends: BTreeSet<usize>,
    /// How many bytes naga was given.
    read_bytes: usize,
    /// How often naga was asked for the place of something.
    questions: usize,
    /// What has another type than the author meant.
    retyped: Retyped<'a>,
}

/// What has another type than the author meant, as a mistake in its declaration was found already: what is said about its uses may
/// only follow from that.
#[derive(Default)]
struct Retyped<'a> {
    /// Parameters and local names.
    names: BTreeSet<DeclarationId>,
    /// Members of structs.
    members: BTreeSet<&'a str>,
    /// Functions by their result.
    functions: BTreeSet<usize>,
}

impl<'a> Validation<'a> {
    /// Nothing is taken out or found yet.
    fn new(text: &'a Text, tokens: &'a [Token], scopes: &'a Scopes, folded: &'a Folded, never_ends: BTreeSet<usize>) -> Self {
        Self {
            text,
            tokens,
            scopes,
            folded,
            edits: BTreeMap::new(),
            poisoned: BTreeSet::new(),
            findings: Vec::new(),
            flags: ValidationFlags::all(),
            never_ends,
            read_bytes: 0,
            questions: 0,
            retyped: Retyped::default(),
        }
    }

    fn run(mut self) -> (Option<Module>, Vec<Diagnostic>) {
        self.leave_out_features();
        self.check_subgroups();
        self.check_built_ins();
        for _ in 0..MAX_ROUNDS {
            if self.read_bytes > MAX_READ_BYTES {
                break;
            }
            let edited = self.edited();
            self.read_bytes += edited.text.len();
            let mut finding = match attempt(&edited.text, self.flags) {
                Ok((module, info)) => return self.reflect(&module, &info, &edited),
                Err(finding) => finding,
            };
            for (range, _) in &mut finding.labels {
                // The text's own map leads back to the offsets before the edits.
                let span = edited.map.span(range.clone());
                *range = span.start as usize..span.end as usize;
            }
            self.settle(&mut finding);
            if let Some(inner) = self.inside(&finding) {
                finding = inner;
            }
            let errors = self.findings.iter().filter(|finding| finding.severity() == Severity::Error).count();
            if errors >= MAX_ERRORS || !self.take_out(*finding) {
                break;
            }
        }
        // naga refuses what is left, so nothing is known about it.
        if self.findings.iter().all(|finding| finding.severity() != Severity::Error) {
            let span = self.text.map.span(self.tokens.first().map_or(0..0, Token::range));
            self.findings.push(
                Diagnostic::new(Code::WgslNotReflected, span, "the shader cannot be reflected")
                    .label("the validator does not know enough of what it uses")
                    .help("write it with the WGSL that the warnings do not mention"),
            );
        }
        (None, self.findings)
    }

    /// The text with the edits made. Its map leads to offsets in the text without them.
    fn edited(&self) -> Text {
        self.edited_by(&self.edits)
    }

    /// The text with `changes` made, and long arrays folded.
    fn edited_by(&self, changes: &Edits) -> Text {
        let plain =
            assemble(&[Piece { text: self.text.text.clone(), origin: super::assemble::TextOrigin::verbatim(FileId(0), 0) }]);
        let mut edits: Vec<(Range<usize>, String)> =
            changes.iter().map(|(start, (end, replacement))| (*start..*end, replacement.clone())).collect();
        // What is taken out needs no folding.
        edits.extend(self.folded.edits.iter().filter(|(range, _)| range.is_empty() || !overlaps(changes, range)).cloned());
        edits.sort_by_key(|(range, _)| (range.start, range.end));
        plain.edit(&edits)
    }

    /// Takes out the directives that naga would stumble over although it knows what they allow, and puts values that it knows in the
    /// place of new ones.
    fn leave_out_features(&mut self) {
        for (i, role) in self.scopes.roles.iter().enumerate() {
            if *role != Role::Context || !builtins::NEW_BUILTIN_VALUES.contains(&self.word(i)) {
                continue;
            }
            let words: BTreeSet<&str> = self.tokens.iter().map(|token| token.text(&self.text.text)).collect();
            let is_taken = |value: &str| words.contains(value) || self.edits.values().any(|(_, put)| put == value);
            if let Some(known) = builtins::KNOWN_BUILTIN_VALUES.iter().find(|value| !is_taken(value)) {
                let range = self.range_of(i..i + 1);
                self.findings.push(unchecked(self.text.map.span(range.clone()), &format!("`@builtin({})`", self.word(i))));
                self.edits.insert(range.start, (range.end, (*known).to_owned()));
            }
        }
        for item in &self.scopes.items {
            let keyword = item.keyword.map_or("", |keyword| self.word(keyword));
            if !matches!(keyword, "enable" | "requires") {
                continue;
            }
            let standard = item.tokens.clone().find(|token| self.word(*token) == "uniform_buffer_standard_layout");
            if let Some(standard) = standard {
                self.flags.remove(ValidationFlags::STRUCT_LAYOUTS);
                let span = self.text.map.span(self.range_of(standard..standard + 1));
                self.findings.push(unchecked(span, "the layout of buffers"));
            }
            let names: Vec<&str> =
                item.tokens.clone().filter(|token| self.role(*token) == Role::Context).map(|i| self.word(i)).collect();
            let kept: Vec<&str> = names.iter().copied().filter(|name| !builtins::IGNORED_FEATURES.contains(name)).collect();
            if kept.len() < names.len() {
                let line = if kept.is_empty() { String::new() } else { format!("{keyword} {};", kept.join(",")) };
                let range = self.range_of(item.tokens.clone());
                self.edits.insert(range.start, (range.end, line));
            }
        }
    }

    /// Subgroup functions need their extension, which naga does not ask for.
    fn check_subgroups(&mut self) {
        let mut is_enabled = false;
        for (i, role) in self.scopes.roles.iter().enumerate() {
            let word = self.word(i);
            match role {
                Role::Context if word == "subgroups" => is_enabled = true,
                Role::Free if !is_enabled && is_subgroup_function(word) => {
                    let span = self.text.map.span(self.range_of(i..i + 1));
                    self.findings.push(
                        Diagnostic::new(Code::WgslInvalid, span, format!("`{word}` needs the extension `subgroups`"))
                            .label("not allowed without it")
                            .help("write `enable subgroups;` at the start of the shader"),
                    );
                    return;
                }
                _ => {}
            }
        }
    }

    /// Built-in values of a wrong type. naga would name them only after everything that is wrong with their uses, so they get the right
    /// type first.
    fn check_built_ins(&mut self) {
        for wrong in self.places().wrong_built_ins() {
            let Some(item) = self.scopes.items.get(wrong.item) else { continue };
            let own = item.name.map_or("", |name| self.word(name));
            let (what, range) = match wrong.name {
                Some(name) if wrong.is_member => {
                    self.retyped.members.insert(self.word(name));
                    (format!("the member `{}` of `{own}`", self.word(name)), self.range_of(name..name + 1))
                }
                Some(name) => {
                    if let Role::Declares(id) = self.role(name) {
                        self.retyped.names.insert(id);
                    }
                    (format!("the parameter `{}` of `{own}`", self.word(name)), self.range_of(name..name + 1))
                }
                None => {
                    self.retyped.functions.insert(wrong.item);
                    (format!("the result of `{own}`"), wrong.ty.clone())
                }
            };
            let (built_in, wanted) = (&wrong.built_in, wrong.wanted);
            let message = format!("{what}: `{built_in}` is a `{wanted}`, not `{}`", wrong.found);
            let label = format!("`{built_in}` is a `{wanted}`");
            let mut finding = Diagnostic::new(Code::WgslInvalid, self.text.map.span(range), message).label(label);
            let short = short_form(wanted);
            let title = format!("replace with `{short}`");
            finding = finding.fix(title, false, self.text.map.span(wrong.ty.clone()), short);
            self.findings.push(finding);
            self.edits.insert(wrong.ty.start, (wrong.ty.end, wanted.to_owned()));
        }
    }

    /// Whether a finding may only follow from the wrong type of something that its statement uses. What the statement declares has no
    /// type to rely on either then.
    fn follows_from_type(&mut self, place: Option<usize>, item: Option<usize>) -> bool {
        let (Some(place), Some(item)) = (place, item) else { return false };
        let is_in_body =
            self.scopes.items.get(item).and_then(|item| item.body.as_ref()).is_some_and(|body| body.contains(&place));
        if !is_in_body {
            return false;
        }
        let statement = self.places().statement_around(place);
        let is_returned = self.retyped.functions.contains(&item) && statement.clone().any(|at| self.word(at) == "return");
        let is_used = |at: usize| match self.role(at) {
            Role::Uses(id) => self.retyped.names.contains(&id),
            Role::Member => self.retyped.members.contains(self.word(at)),
            _ => false,
        };
        let makes_struct = |at: usize| match self.role(at) {
            Role::Uses(id) => self.scopes.declarations.get(id.0 as usize).is_some_and(|declaration| {
                let item = self.scopes.items.get(declaration.item).map_or(0..0, |item| item.tokens.clone());
                declaration.kind == DeclarationKind::Struct
                    && item.clone().any(|at| self.role(at) == Role::Field && self.retyped.members.contains(self.word(at)))
            }),
            _ => false,
        };
        let follows = is_returned || statement.clone().any(|at| is_used(at) || makes_struct(at));
        if follows {
            let declared = statement.filter_map(|at| match self.role(at) {
                Role::Declares(id) => Some(id),
                _ => None,
            });
            let declared: Vec<DeclarationId> = declared.collect();
            self.retyped.names.extend(declared);
        }
        follows
    }

    fn word(&self, token: usize) -> &'a str {
        self.tokens.get(token).map_or("", |token| token.text(&self.text.text))
    }

    fn role(&self, token: usize) -> Role {
        self.scopes.roles.get(token).copied().unwrap_or(Role::None)
    }

    /// Bytes from the first to the last of these tokens.
    fn range_of(&self, tokens: Range<usize>) -> Range<usize> {
        let start = self.tokens.get(tokens.start).map_or(self.text.text.len(), |token| token.start as usize);
        let end = tokens.end.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.end as usize);
        start..end.max(start)
    }

    /// The token at byte `offset`, or the next one after it.
    fn token_at(&self, offset: usize) -> usize {
        self.tokens.partition_point(|token| (token.end as usize) <= offset)
    }

    /// The item that holds token `token`; the last one for the end of the text.
    fn item_of(&self, token: usize) -> Option<usize> {
        let after = self.scopes.items.partition_point(|item| item.tokens.end <= token);
        if after < self.scopes.items.len() { Some(after) } else { self.scopes.items.len().checked_sub(1) }
    }

    fn places(&self) -> Places<'a> {
        Places { text: &self.text.text, tokens: self.tokens, scopes: self.scopes }
    }

    /// Gives a finding the place of what is wrong, where naga gave it none or that of something else.
    fn settle(&mut self, finding: &mut Finding) {
        let places = self.places();
        let item = self.named_token(finding).and_then(|token| self.item_of(token));
        let first = finding.labels.first().map(|(range, _)| range.clone());
        let own = first.as_ref().and_then(|range| self.item_of(self.token_at(range.start)));
        let found = finding.part.as_ref().and_then(|part| places.part(part, first.as_ref(), item.or(own)));
        if finding.part == Some(Part::Assigned) {
            if found.is_some() {
                finding.labels.truncate(1);
            } else {
                finding.labels.remove(0);
            }
        }
        if let Some(range) = found {
            match finding.labels.first_mut() {
                Some((place, _)) => *place = range,
                None => finding.labels.push((range, String::new())),
            }
            if let (Some(Part::Operation(stage)), Some(item)) = (&finding.part, item)
                && let Some((call, operation)) = places.operation(item, *stage)
            {
                finding.lacks(*stage, self.word(operation));
                if call != operation {
                    let label = format!("`{}` is used here", self.word(operation));
                    finding.labels.push((self.range_of(operation..operation + 1), label));
                }
            }
            return;
        }
        let is_placed = finding.labels.first().map(|(range, _)| range).is_some_and(|range| !places.is_origin(range));
        if is_placed || finding.subject.is_some() && !finding.is_front_end || finding.member.is_some() {
            return;
        }
        let Some(site) = self.search(finding) else {
            // Too much was asked of naga already.
            if finding.labels.is_empty()
                && let Some(token) = self.guess(finding)
            {
                finding.labels.push((self.range_of(token..token + 1), String::new()));
            }
            return;
        };
        if let Some((range, _)) = finding.labels.first()
            && site.last.is_none_or(|last| range.contains(&self.range_of(last..last + 1).start))
        {
            return;
        }
        let range = self.narrow(finding, &site);
        let range = range.or_else(|| places.part(finding.part.as_ref()?, None, Some(site.item)));
        let Some(found) = self.scopes.items.get(site.item) else { return };
        let name = found.name.map(|name| self.range_of(name..name + 1));
        let range = range.or(name).unwrap_or_else(|| self.range_of(found.tokens.clone()));
        match finding.labels.first_mut() {
            Some((place, _)) => *place = range,
            None => finding.labels.push((range, String::new())),
        }
    }

    /// What is wrong inside of an argument that has a wrong type: naga looks at the types of operators only when all else is right, so
    /// that it blames the function that is given `time * 2u`.
    fn inside(&mut self, finding: &Finding) -> Option<Box<Finding>> {
        let argument = finding.labels.first().map(|(range, _)| range.clone())?;
        if !matches!(finding.part, Some(Part::Argument(_))) || !finding.is_front_end || argument.is_empty() {
            return None;
        }
        let place = self.token_at(argument.start);
        let is_operator = |word: &str| matches!(word, "+" | "-" | "*" | "/" | "%");
        let mut inner = self.tokens.iter().skip(place + 1).take_while(|token| token.range().end <= argument.end);
        let body = self.scopes.items.get(self.item_of(place)?)?.body.clone()?;
        let statement = self.range_of(self.statement(place, &body)?);
        if !inner.any(|token| is_operator(token.text(&self.text.text))) || self.overlaps(&argument) {
            return None;
        }
        if self.read_bytes > MAX_READ_BYTES || self.questions >= MAX_QUESTIONS {
            return None;
        }
        // The argument alone, and nothing behind it that may need what its statement declares.
        let is_open = |word: &str| i32::from(word == "{") - i32::from(word == "}");
        let depth: i32 = (body.start + 1..place).map(|token| is_open(self.word(token))).sum();
        let end = self.range_of(body.end - 1..body.end).start;
        let mut edits = self.edits.clone();
        edits.retain(|start, _| !(statement.start..end).contains(start));
        edits.insert(statement.start, (argument.start, "_ = (".to_owned()));
        edits.insert(argument.end, (end, format!(");{}", "}".repeat(depth.max(0) as usize))));
        let edited = self.edited_by(&edits);
        self.read_bytes += edited.text.len();
        self.questions += 1;
        let mut found = attempt(&edited.text, self.flags).err()?;
        for (range, _) in &mut found.labels {
            let span = edited.map.span(range.clone());
            *range = span.start as usize..span.end as usize;
        }
        self.settle(&mut found);
        let is_within = found.labels.first().is_some_and(|(range, _)| argument.start <= range.start && range.end <= argument.end);
        (is_within && conversion::operand_types(&found.message).is_some()).then_some(found)
    }

    /// Which of the expressions around the last thing that naga read is wrong: the first that makes a difference when something that
    /// is right takes its place.
    fn narrow(&mut self, finding: &Finding, site: &Site) -> Option<Range<usize>> {
        let candidates = finding.behind(&self.places(), site.last?);
        if candidates.len() > 1 {
            for (range, put) in candidates.iter().take(MAX_CANDIDATES) {
                let mut edits = site.edits.clone();
                edits.retain(|start, _| !range.contains(start));
                edits.insert(range.start, (range.end, (*put).to_owned()));
                let answer = self.answer(&edits)?;
                if answer.is_none_or(|answer| answer.message != finding.message) {
                    return Some(range.clone());
                }
            }
        }
        candidates.into_iter().next().map(|(range, _)| range)
    }

    /// Looks for the declaration that a finding without a place is in, and for the last name or number that naga reads before it.
    ///
    /// naga reads declarations in an order in which what is used comes first, and expressions from left to right. So the first
    /// declarations give the finding or do not, and a name that nobody declared, put in place of one of the declaration's own, is
    /// found before it or is not. Both are searched by halves.
    fn search(&mut self, finding: &Finding) -> Option<Site> {
        let places = self.places();
        let order = places.order();
        let is_same = |answer: &Finding| answer.cause == finding.cause && answer.message == finding.message;
        // The declarations before `low` do not give it; those before `high` do.
        let (mut low, mut high) = (0, order.len());
        while low + 1 < high {
            let middle = low.midpoint(high);
            let only = self.only(order.get(..middle)?);
            match self.answer(&only)? {
                Some(answer) if is_same(&answer) => high = middle,
                _ => low = middle,
            }
        }
        let item = *order.get(high.checked_sub(1)?)?;
        let base = self.only(order.get(..high)?);
        if !finding.is_front_end {
            return Some(Site { item, last: None, edits: base });
        }
        let unknown = (0u32..).map(|number| format!("unknown{number}z")).find(|name| !self.text.text.contains(name))?;
        let mut values = places.values(item);
        values.retain(|at| !overlaps(&base, &self.range_of(*at..*at + 1)));
        // The values before `reached` are read before naga breaks off.
        let (mut reached, mut end) = (0, values.len());
        while reached < end {
            let middle = reached.midpoint(end);
            let range = self.range_of(values[middle]..values[middle] + 1);
            let mut edits = base.clone();
            edits.insert(range.start, (range.end, unknown.clone()));
            match self.answer(&edits) {
                Some(Some(answer)) if answer.cause == Cause::UnknownName(unknown.clone()) => reached = middle + 1,
                Some(_) => end = middle,
                None => return Some(Site { item, last: None, edits: base }),
            }
        }
        Some(Site { item, last: reached.checked_sub(1).map(|last| values[last]), edits: base })
    }

    /// The edits, and all items but these taken out.
    fn only(&self, kept: &[usize]) -> Edits {
        let mut is_out = vec![true; self.scopes.items.len()];
        for item in kept {
            is_out[*item] = false;
        }
        let mut edits = self.edits.clone();
        edits.retain(|start, _| self.item_of(self.token_at(*start)).is_none_or(|item| !is_out[item]));
        for (item, _) in self.scopes.items.iter().zip(&is_out).filter(|(_, is_out)| **is_out) {
            let range = self.range_of(item.tokens.clone());
            if !range.is_empty() {
                edits.insert(range.start, (range.end, String::new()));
            }
        }
        edits
    }

    /// Where a finding without a place may be: at the first operator that it names, or in the first function.
    fn guess(&self, finding: &Finding) -> Option<usize> {
        let operator = finding.operator().and_then(|operator| (0..self.tokens.len()).find(|at| self.word(*at) == operator));
        let function = || self.scopes.items.iter().find(|item| item.body.is_some()).and_then(|item| item.name);
        operator.or_else(function).or_else(|| self.scopes.items.iter().find_map(|item| item.name))
    }

    /// What naga says about the text with some edits; `None` if it was given too much already.
    fn answer(&mut self, edits: &Edits) -> Option<Option<Finding>> {
        if self.read_bytes > MAX_READ_BYTES || self.questions >= MAX_QUESTIONS {
            return None;
        }
        let text = self.edited_by(edits).text;
        self.read_bytes += text.len();
        self.questions += 1;
        Some(attempt(&text, self.flags).err().map(|finding| *finding))
    }

    /// Reports a finding unless it follows from an edit, and takes out what it stands in. `false` if nothing more can be taken out.
    fn take_out(&mut self, mut finding: Finding) -> bool {
        let place = finding.labels.first().map(|(range, _)| self.token_at(range.start)).or_else(|| self.named_token(&finding));
        let item = place.and_then(|token| self.item_of(token));
        // naga cannot compute all of WGSL's functions when it compiles, and puts it like this.
        if finding.message.starts_with("failed to convert expression")
            && place.is_some_and(|token| self.role(token) == Role::Free && builtins::FUNCTIONS.contains(&self.word(token)))
        {
            finding.cause = Cause::Unsupported;
            finding.message = format!("`{}` of constants", place.map_or("", |token| self.word(token)));
        }
        // WGSL has it even if naga does not.
        if let Cause::UnknownName(name) = &finding.cause
            && builtins::is_predeclared(name)
            && place.is_some_and(|token| self.role(token) == Role::Free)
        {
            finding.message = format!("`{name}`");
            finding.cause = Cause::Unsupported;
        }
        // naga asks for a `return` after a loop that only a `return` leaves.
        if finding.cause == Cause::MissingReturn
            && let Some(item) = item.filter(|item| !self.is_edited(*item) && self.never_ends.contains(item))
            && self.put_in_return(item)
        {
            let name = self.scopes.items.get(item).and_then(|item| item.name).or(place).unwrap_or(0);
            let span = self.text.map.span(self.range_of(name..name + 1));
            self.findings.push(unchecked(span, "a function that only a `return` in a loop leaves"));
            return true;
        }
        let follows = match &finding.cause {
            Cause::UnknownName(name) => {
                self.poisoned.contains(&(None, name.as_str())) || self.poisoned.contains(&(item, name.as_str()))
            }
            Cause::MissingReturn => item.is_some_and(|item| self.is_edited(item)),
            Cause::Invalid | Cause::Unsupported => self.follows_from_type(place, item),
            // Taking something out adds no errors of these kinds.
            Cause::Syntax | Cause::Location => false,
        };
        if !follows {
            let diagnostic = self.diagnostic(&finding, place);
            // That a shader is in another language is said once.
            let is_said = diagnostic.message == explain::GLSL && self.findings.iter().any(|said| said.message == explain::GLSL);
            if !self.findings.contains(&diagnostic) && !is_said {
                self.findings.push(diagnostic);
            }
        }
        let (Some(place), Some(item)) = (place, item) else { return false };
        if let Cause::UnknownName(name) = &finding.cause
            && let Some(word) = self.tokens.iter().map(|token| token.text(&self.text.text)).find(|word| word == name)
        {
            // Told once is told.
            self.poisoned.insert((Some(item), word));
        }
        if finding.message.starts_with("expected `;`") && self.put_in_semicolon(place) {
            return true;
        }
        // What is wrong with the head of a function stays wrong without its body.
        let is_head = matches!(finding.part, Some(Part::ParameterType(_) | Part::Parameter(_) | Part::ResultType));
        if is_head && self.take_out_item(item) {
            return true;
        }
        if finding.cause != Cause::MissingReturn && (self.take_out_statement(place, item) || self.take_out_condition(place, item))
        {
            return true;
        }
        self.take_out_body(item) || self.take_out_item(item)
    }

    /// Puts a semicolon before a token that begins something, if that is new.
    fn put_in_semicolon(&mut self, place: usize) -> bool {
        let before = self.range_of(place.saturating_sub(1)..place);
        let after = self.range_of(place..place + 1);
        let is_new_line =
            self.text.text.get(before.end..after.start).is_some_and(|between| between.contains(tokens::is_line_break));
        let begins = scopes::KEYWORDS.contains(&self.word(place)) || matches!(self.word(place), "}" | "@");
        if !(begins || is_new_line) || before.is_empty() || self.edits.contains_key(&before.end) {
            return false;
        }
        self.edits.insert(before.end, (before.end, ";".to_owned()));
        true
    }

    /// Puts `true` in the place of the condition around a token, if that is new.
    fn take_out_condition(&mut self, place: usize, item: usize) -> bool {
        let Some(body) = self.scopes.items.get(item).and_then(|item| item.body.clone()) else { return false };
        let mut start = place;
        while start > body.start && !matches!(self.word(start), "if" | "while" | ";" | "{" | "}") {
            start -= 1;
        }
        let end = (place..body.end).find(|token| matches!(self.word(*token), "{" | "}" | ";"));
        let Some(end) =
            end.filter(|end| self.word(*end) == "{" && matches!(self.word(start), "if" | "while") && start + 1 < *end)
        else {
            return false;
        };
        let range = self.range_of(start + 1..end);
        if range.is_empty() || self.overlaps(&range) {
            return false;
        }
        self.edits.insert(range.start, (range.end, " true ".to_owned()));
        true
    }

    /// The name of the function that a finding without a label is about.
    fn named_token(&self, finding: &Finding) -> Option<usize> {
        let name = finding.subject.as_deref()?;
        self.scopes.items.iter().filter_map(|item| item.name).find(|token| self.word(*token) == name)
    }

    /// Replaces the simple statement around a token by nothing, if that is new.
    fn take_out_statement(&mut self, place: usize, item: usize) -> bool {
        let Some(body) = self.scopes.items.get(item).and_then(|item| item.body.clone()) else { return false };
        // An error that shows only at the next statement belongs to the one before: a forgotten semicolon.
        if place <= body.start || place >= body.end.saturating_sub(1) {
            return false;
        }
        let Some(tokens) = self.statement(place, &body) else { return false };
        let range = self.range_of(tokens.clone());
        if range.is_empty() || self.overlaps(&range) {
            return false;
        }
        for token in tokens {
            // In `float x = 1.0;` the second word was meant as a declaration too.
            let is_second_word =
                token > 0 && self.role(token) == Role::Free && matches!(self.role(token - 1), Role::Free | Role::Uses(_));
            if matches!(self.role(token), Role::Declares(_)) || is_second_word {
                self.poisoned.insert((Some(item), self.word(token)));
            }
        }
        self.edits.insert(range.start, (range.end, String::new()));
        true
    }

    fn overlaps(&self, range: &Range<usize>) -> bool {
        overlaps(&self.edits, range)
    }

    /// The tokens of the simple statement around `place`, without its semicolon; `None` if it is the head of a compound statement.
    fn statement(&self, place: usize, body: &Range<usize>) -> Option<Range<usize>> {
        let mut start = place;
        let mut depth = 0usize;
        while start > body.start + 1 {
            match self.word(start - 1) {
                ";" | "{" | "}" if depth == 0 => break,
                _ if depth == 0 && self.has_new_semicolon(start - 1) => break,
                ")" | "]" => depth += 1,
                // An opening bracket without a partner: the place is inside of it, as in the head of a `for`.
                "(" | "[" => depth = depth.saturating_sub(1),
                _ => {}
            }
            start -= 1;
        }
        let mut end = place;
        depth = 0;
        while end < body.end.saturating_sub(1) {
            match self.word(end) {
                ";" | "{" | "}" if depth == 0 => break,
                _ if depth == 0 && end > start && self.has_new_semicolon(end - 1) => break,
                "(" | "[" => depth += 1,
                ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            }
            end += 1;
        }
        let is_compound =
            matches!(self.word(start), "if" | "else" | "for" | "while" | "loop" | "switch" | "case" | "default" | "continuing");
        (start < end && !is_compound && self.word(end) != "{").then_some(start..end)
    }

    /// Whether an edit puts a semicolon after token `token`.
    fn has_new_semicolon(&self, token: usize) -> bool {
        let end = self.range_of(token..token + 1).end;
        self.edits.get(&end).is_some_and(|(edit_end, replacement)| *edit_end == end && replacement == ";")
    }

    /// Replaces the body of a function by one that returns the zero value of its type, if that is new.
    fn take_out_body(&mut self, item: usize) -> bool {
        let Some(found) = self.scopes.items.get(item) else { return false };
        let Some(body) = found.body.clone() else { return false };
        let result = found.tokens.start..body.start;
        let arrow = result.clone().find(|token| self.word(*token) == "->");
        let replacement = match arrow {
            Some(arrow) => {
                let ty = scopes::skip_attributes(&self.text.text, self.tokens, arrow + 1);
                let ty = self.text.text.get(self.range_of(ty..body.start)).unwrap_or("");
                format!("{{return {ty}();}}")
            }
            None => "{}".to_owned(),
        };
        let range = self.range_of(body);
        if self.edits.get(&range.start).is_some_and(|(end, _)| *end == range.end) {
            return false;
        }
        self.replace(range, &replacement);
        true
    }

    /// Whether something was changed in an item.
    fn is_edited(&self, item: usize) -> bool {
        let range = self.range_of(self.scopes.items.get(item).map_or(0..0, |item| item.tokens.clone()));
        self.edits.range(range).next().is_some()
    }

    /// Puts a `return` at the end of a function that has a result.
    fn put_in_return(&mut self, item: usize) -> bool {
        let Some(found) = self.scopes.items.get(item) else { return false };
        let Some(body) = found.body.clone() else { return false };
        let Some(arrow) = (found.tokens.start..body.start).find(|token| self.word(*token) == "->") else { return false };
        let ty = scopes::skip_attributes(&self.text.text, self.tokens, arrow + 1);
        let ty = self.text.text.get(self.range_of(ty..body.start)).unwrap_or("").to_owned();
        let end = self.range_of(body).end.saturating_sub(1);
        self.edits.insert(end, (end, format!("return {ty}();"))).is_none()
    }

    /// Removes a declaration, if that is new.
    fn take_out_item(&mut self, item: usize) -> bool {
        let Some(found) = self.scopes.items.get(item) else { return false };
        let range = self.range_of(found.tokens.clone());
        if range.is_empty() || self.edits.get(&range.start).is_some_and(|(end, _)| *end == range.end) {
            return false;
        }
        match found.name {
            Some(name) => {
                self.poisoned.insert((None, self.word(name)));
            }
            // What does not begin as a declaration does may have been meant to declare any of its words: `strct Light { … }`.
            None => {
                for token in found.tokens.clone() {
                    if self.role(token) == Role::Free {
                        self.poisoned.insert((None, self.word(token)));
                    }
                }
            }
        }
        self.replace(range, "");
        true
    }

    /// Puts an edit in the place of all that it covers.
    fn replace(&mut self, range: Range<usize>, replacement: &str) {
        self.edits.retain(|start, _| !range.contains(start));
        self.edits.insert(range.start, (range.end, replacement.to_owned()));
    }

    /// The name in a range that covers a declaration, or the member that a finding is about.
    fn narrowed(&self, range: Range<usize>, finding: &Finding) -> Range<usize> {
        if let Some((structure, member)) = &finding.member {
            let item = self.scopes.items.iter().find(|item| item.name.is_some_and(|name| self.word(name) == structure));
            let field =
                item.and_then(|item| item.tokens.clone().find(|i| self.role(*i) == Role::Field && self.word(*i) == member));
            if let Some(field) = field {
                return self.range_of(field..field + 1);
            }
        }
        let name = self.item_of(self.token_at(range.start)).and_then(|item| self.scopes.items.get(item)?.name);
        match name.map(|name| self.range_of(name..name + 1)) {
            Some(name) if range.start < name.start && name.end < range.end => name,
            _ => range,
        }
    }

    /// The report of a finding.
    fn diagnostic(&self, finding: &Finding, place: Option<usize>) -> Diagnostic {
        let map = &self.text.map;
        let fallback = place.or_else(|| (!self.tokens.is_empty()).then_some(0));
        let own = |range: &Range<usize>| if range.is_empty() { range.start..range.start + 1 } else { range.clone() };
        let primary = match finding.labels.first() {
            Some((range, _)) => own(range),
            None => fallback.map_or(0..0, |token| self.range_of(token..token + 1)),
        };
        let primary = self.narrowed(primary, finding);
        let label = finding.labels.first().map_or("", |(_, label)| label);
        if finding.cause == Cause::Unsupported {
            return unchecked(map.span(primary), &finding.message);
        }
        let code = match finding.cause {
            Cause::Syntax => Code::WgslSyntax,
            Cause::UnknownName(_) => Code::WgslUnknownName,
            Cause::Location => Code::LocationTooLarge,
            Cause::Invalid | Cause::MissingReturn | Cause::Unsupported => Code::WgslInvalid,
        };
        let context = explain::Context {
            text: &self.text.text,
            tokens: self.tokens,
            scopes: self.scopes,
            place: self.token_at(primary.start),
            finding,
        };
        let advice = explain::advise(&context);
        let clue = explain::clue(&context, &advice);
        let span = map.span(advice.place.clone().unwrap_or(primary));
        let mut diagnostic = Diagnostic::new(code, span, advice.message.unwrap_or_else(|| finding.message.clone()));
        diagnostic = diagnostic.label(advice.label.unwrap_or_else(|| label.to_owned()));
        diagnostic.clue = clue;
        for (range, label) in finding.labels.iter().skip(1) {
            let span = map.span(own(range));
            if !label.is_empty() && Some(span) != diagnostic.primary.as_ref().map(|primary| primary.span) {
                diagnostic = diagnostic.also(span, label.clone());
            }
        }
        if let Some((title, range, replacement)) = advice.fix {
            let span = if range.is_empty() { map.point(range.start) } else { map.span(range) };
            diagnostic = diagnostic.fix(title, false, span, replacement);
        }
        match advice.help.or_else(|| finding.help()) {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    /// Reflects what naga accepted. The declarations that a scene needs must all be in it.
    fn reflect(mut self, module: &naga::Module, info: &ModuleInfo, edited: &Text) -> (Option<Module>, Vec<Diagnostic>) {
        let has_errors = |findings: &[Diagnostic]| findings.iter().any(|finding| finding.severity() == Severity::Error);
        if has_errors(&self.findings) {
            return (None, self.findings);
        }
        let source = reflect::Source {
            text: self.text,
            tokens: self.tokens,
            scopes: self.scopes,
            module,
            info,
            is_whole: self.findings.is_empty(),
        };
        let reflected = reflect::reflect(&source, &mut self.findings);
        for item in &self.scopes.items {
            let Some(name) = item.name else { continue };
            let range = self.range_of(item.tokens.clone());
            let is_removed = self.edits.get(&range.start).is_some_and(|(end, _)| *end == range.end);
            if is_removed && self.matters(item) {
                let span = self.text.map.span(self.range_of(name..name + 1));
                self.findings.push(reflect::not_reflected(span, self.word(name)));
            }
        }
        self.examine(module, info, &reflected, edited);
        let module = (!has_errors(&self.findings)).then_some(reflected);
        (module, self.findings)
    }

    /// Applies the rules of browsers to what naga accepted.
    fn examine(&mut self, module: &naga::Module, info: &ModuleInfo, reflected: &Module, edited: &Text) {
        let plain = |range: Range<usize>| {
            let span = edited.map.span(range);
            span.start as usize..span.end as usize
        };
        let mut found = Vec::new();
        let names: BTreeMap<&str, Range<usize>> = self
            .scopes
            .items
            .iter()
            .filter_map(|item| item.name)
            .map(|name| (self.word(name), self.range_of(name..name + 1)))
            .collect();
        stages::examine(
            &Shader { module, info, reflected },
            &|range| self.text.map.span(plain(range)),
            &|name| names.get(name).map(|range| self.text.map.span(range.clone())),
            &mut found,
        );
        // What was taken out may have made uniform what looks as if it were not.
        if self.edits.is_empty() {
            let is_switched = self.tokens.iter().any(|token| token.text(&self.text.text) == "derivative_uniformity");
            for violation in uniformity::examine(module, !is_switched) {
                let call = self.token_at(plain(violation.place).start);
                let cause = violation.cause.map(|cause| self.text.map.span(plain(cause)));
                found.push(self.not_uniform(call, violation.needs, violation.is_call, cause));
            }
        }
        self.findings.append(&mut found);
    }

    fn not_uniform(&self, call: usize, needs: Needs, is_call: bool, cause: Option<Span>) -> Diagnostic {
        let name = self.word(call);
        let (what, help) = match needs {
            Needs::Derivative => (
                "takes a derivative",
                "call it before the branch, or use `textureSampleLevel`; `@diagnostic(off, derivative_uniformity)` before `fn` \
                 permits it",
            ),
            Needs::Barrier => ("waits for the whole workgroup", "all invocations of a workgroup must come to it"),
        };
        let message = if is_call {
            format!("`{name}` {what}, and is called where control flow or an argument differs between invocations")
        } else {
            format!("`{name}` {what} where control flow differs between invocations")
        };
        let span = self.text.map.span(self.range_of(call..call + 1));
        let diagnostic = Diagnostic::new(Code::NotUniform, span, message).label("browsers refuse this").help(help);
        match cause {
            Some(cause) if cause != span => diagnostic.also(cause, "this differs"),
            _ => diagnostic,
        }
    }

    /// Whether a scene needs to know a declaration: one with attributes (bindings, entry points, overrides with an id) or an
    /// override. Structs matter only through bindings, which are gone with them.
    fn matters(&self, item: &scopes::Item) -> bool {
        self.word(item.tokens.start) == "@" || item.keyword.is_some_and(|keyword| self.word(keyword) == "override")
    }
}

/// The warning about WGSL that naga does not know.
fn unchecked(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(Code::WgslUnchecked, span, format!("not checked: {what}"))
        .label("the validator does not support this")
        .help("browsers may accept it; the native viewer does not")
}

/// Whether a word is a function of the extension `subgroups`. Source: WGSL sections 17.12 and 17.13.
fn is_subgroup_function(word: &str) -> bool {
    (word.starts_with("subgroup") || word.starts_with("quad")) && builtins::is_predeclared(word)
}
