//! Diagnostics: data at the place of failure, words in one place, rendering at the edge.

mod json;
mod nearest;
mod text;

pub use json::to_json;
pub use nearest::nearest;
pub use text::{render, render_short};

use crate::source::Span;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is emitted.
    Error,
    /// The scene compiles.
    Warning,
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// One short phrase, no final dot; may be empty for a primary label whose message says it all.
    pub message: String,
}

/// A change that would mend the mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does: "replace with `cullMode`".
    pub title: String,
    /// Whether a tool may apply it unasked.
    pub safe: bool,
    /// The texts to replace; spans do not overlap.
    pub edits: Vec<(Span, String)>,
}

/// When a command runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Once, when the program is loaded.
    Init,
    /// In every frame.
    Frame,
}

impl Phase {
    /// The phase as `--json` spells it: `init`, `frame`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Init => "init",
            Phase::Frame => "frame",
        }
    }
}

/// The command that a command-buffer finding (E001-E009) is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRef {
    /// When it runs.
    pub phase: Phase,
    /// 0-based frame; 0 in [`Phase::Init`].
    pub frame: u32,
    /// 0-based index of the command in its buffer.
    pub index: u32,
    /// The command's name as format.md spells it: `SET_PIPELINE`.
    pub opcode: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of mistake; severity and documentation hang on it.
    pub code: Code,
    /// One line, no final dot, names the thing: unknown buffer `vrts`.
    pub message: String,
    /// The smallest span that is wrong and what is wrong with it; `None` where no source has to do with it.
    pub primary: Option<Label>,
    /// What it clashes with: "first declared here".
    pub secondary: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// Machine-applicable changes.
    pub fixes: Vec<Fix>,
    /// The command at fault; only with the codes E001-E009.
    pub command: Option<CommandRef>,
}

impl Diagnostic {
    /// A finding at `span` with nothing but a message.
    #[cold]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: Some(Label { span, message: String::new() }),
            secondary: Vec::new(),
            help: None,
            fixes: Vec::new(),
            command: None,
        }
    }

    /// A finding that has no place in a source.
    #[cold]
    pub fn global(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            primary: None,
            secondary: Vec::new(),
            help: None,
            fixes: Vec::new(),
            command: None,
        }
    }

    /// Says what is wrong with the primary span.
    pub fn label(mut self, message: impl Into<String>) -> Self {
        if let Some(primary) = &mut self.primary {
            primary.message = message.into();
        }
        self
    }

    /// Adds a second place.
    pub fn also(mut self, span: Span, message: impl Into<String>) -> Self {
        self.secondary.push(Label { span, message: message.into() });
        self
    }

    /// Says what to write instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a fix that replaces `span` by `text`.
    pub fn fix(mut self, title: impl Into<String>, safe: bool, span: Span, text: impl Into<String>) -> Self {
        self.fixes.push(Fix { title: title.into(), safe, edits: vec![(span, text.into())] });
        self
    }

    /// Names the command at fault.
    pub fn command(mut self, command: CommandRef) -> Self {
        self.command = Some(command);
        self
    }

    /// What [`finish`] sorts by. Everything that tells two findings apart is in it, so that duplicates become neighbours.
    fn order(&self) -> impl Ord + '_ {
        let place = self.primary.as_ref().map(|label| (label.span.file, label.span.start, label.span.end));
        let command = self.command.as_ref().map(|command| (command.phase, command.frame, command.index));
        (place.map(|(file, start, _)| (file, start)), self.code.as_str(), place.map(|place| place.2), command, &self.message)
    }

    /// The code's severity.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $name:ident = $code:literal $title:literal; )*) => {
        /// Every static diagnostic code. Append-only: a code is never reused or renumbered.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $( $(#[doc = $doc])+ $name, )* }

        impl Code {
            /// All codes in the order of the registry.
            pub const ALL: &'static [Code] = &[$( Code::$name, )*];

            /// The code as users see it: `E0201`.
            pub fn as_str(self) -> &'static str {
                match self { $( Code::$name => $code, )* }
            }

            /// A few words: the heading of the code's page.
            pub fn title(self) -> &'static str {
                match self { $( Code::$name => $title, )* }
            }

            /// What it means and what to do: the text of the code's page.
            pub fn explanation(self) -> &'static str {
                match self { $( Code::$name => concat!($( $doc, "\n" ),+), )* }
            }
        }
    };
}

codes! {
    // E01xx: text and syntax.
    /// The file is not UTF-8, or holds a NUL byte. Save it as UTF-8 text.
    NotText = "E0101" "not a text file";
    /// A file may be at most 16 MiB. Put large data into a file of its own and name it with `blob={ file={ url="…" } }`.
    SourceTooLarge = "E0102" "source too large";
    /// A character that starts no token of the language.
    UnexpectedCharacter = "E0103" "unexpected character";
    /// A string is opened by `"` and never closed. The label shows where it opens.
    UnterminatedString = "E0104" "unterminated string";
    /// A block comment is opened by `/*` and never closed.
    UnterminatedComment = "E0105" "unterminated comment";
    /// A number that is malformed or does not fit: `0x` without digits, `1e999`.
    BadNumber = "E0106" "malformed number";
    /// A word after `#` that is no macro of the language.
    UnknownMacro = "E0107" "unknown macro";
    /// Something else stands where the grammar wants a name, a brace, `=` or a value.
    UnexpectedToken = "E0108" "unexpected token";
    /// A brace, bracket or parenthesis has no partner.
    UnbalancedDelimiter = "E0109" "unbalanced delimiter";
    /// Braces, brackets and parentheses may nest 128 deep.
    NestingTooDeep = "E0110" "nesting too deep";
    /// A file without a single declaration.
    EmptyFile = "E0111" "empty file";
    /// A file has more than 100 mistakes in its syntax. The rest of it was not looked at: mend the first ones and try again.
    TooManyErrors = "E0112" "too many errors";
    /// In an array a minus always negates what follows, so `[a - b]` has two elements: `a` and `-b`. Write `[(a - b)]` for a
    /// difference, or `[a -b]` to show that two elements are meant.
    MinusInArray = "W0101" "minus between two array elements";

    // E001-E009: command buffers (format.md 5). Found when the program's commands are decoded and checked.
    /// A command names a resource that does not exist, was not created yet, or is of another kind. A host skips the command and
    /// reports it. The declaration that caused the command is shown where it is known.
    InvalidResource = "E001" "invalid resource reference";
    /// A write goes past the end of its buffer: the data is longer than the buffer's `size`, or starts too far in. A host skips
    /// the write and reports it.
    BufferTooSmall = "E002" "buffer too small";
    /// A command needs something that was never set: a draw without a pipeline, a pass without a target. A host stops.
    MissingResource = "E003" "missing required resource";
    /// A command points to bytes outside the program's memory. A host stops.
    OutOfBounds = "E004" "memory access out of bounds";
    /// The usage flags of a buffer or texture are unknown, or do not allow what is done with it. A host warns and goes on.
    InvalidUsage = "E005" "invalid usage flags";
    /// The size, format, mip level count or sample count of a texture is not possible. A host skips its creation.
    InvalidTexture = "E006" "invalid texture properties";
    /// Commands come in an order that has no meaning: a draw outside a pass, a pass inside a pass, an end without a begin. A host
    /// stops.
    InvalidSequence = "E007" "invalid command sequence";
    /// An opcode that this version does not know. Its length is unknown too, so a host stops: nothing after it can be read.
    UnknownCommand = "E008" "unknown command";
    /// A command belongs to a plugin that the program did not declare. A host stops.
    PluginNotEnabled = "E009" "plugin not enabled";
}

impl Code {
    /// Warnings have a `W` in front. Of the command-buffer codes, E005 is one that hosts only warn of (format.md 5).
    pub fn severity(self) -> Severity {
        if self == Code::InvalidUsage || self.as_str().starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// The code that users see as `text`: `E0201`. Letter case does not matter.
    pub fn parse(text: &str) -> Option<Code> {
        Self::ALL.iter().copied().find(|code| code.as_str().eq_ignore_ascii_case(text))
    }
}

/// Puts findings in the order in which they are shown (file, start of the span, code; those without a place first) and drops exact
/// duplicates.
pub fn finish(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(|a, b| a.order().cmp(&b.order()));
    diagnostics.dedup();
    diagnostics
}
