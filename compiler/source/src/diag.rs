//! Diagnostics: data at the place of failure, words in one place, rendering at the edge.

mod escape;
mod example;
mod facts;
mod json;
mod nearest;
mod text;
mod wording;

pub use escape::{escape, escape_json, escape_lines, is_unsafe};
pub use example::{Example, ExampleFile, Side};
pub use json::{place_to_json, to_json};
pub use nearest::nearest;
pub use text::{render, render_short};
pub use wording::{at_most, counted, given, listed, not_a_multiple};

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

/// The command that a command-buffer finding (E001-E013) is about.
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

/// What a finding tells those who look for its cause, however it is worded. It is never shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clue {
    /// Nothing has this name.
    Undefined {
        /// The name; of a path its first word.
        name: String,
        /// The kinds of declarations that could have it, such as `#buffer`; none where any could.
        kinds: Vec<String>,
        /// Whether a shader uses it.
        is_in_shader: bool,
    },
    /// A pass sets too few bind groups.
    LacksGroup,
    /// Nothing uses it, so that something about it cannot be told.
    LacksUser,
    /// Anything could follow: of two findings in one place, the other one knows more.
    Vague,
    /// Something about the braces of a shader.
    Braces {
        /// One may be missing here, or stand twice, so that what follows is read wrongly.
        is_cause: bool,
        /// It may be read so only because of such a brace.
        is_consequence: bool,
    },
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
    /// The command at fault; only with the codes E001-E013.
    pub command: Option<CommandRef>,
    /// What it tells of its cause.
    pub clue: Option<Clue>,
}

impl Diagnostic {
    /// Every place that it names.
    pub fn spans_mut(&mut self) -> impl Iterator<Item = &mut Span> {
        let labels = self.primary.iter_mut().chain(&mut self.secondary).map(|label| &mut label.span);
        labels.chain(self.fixes.iter_mut().flat_map(|fix| &mut fix.edits).map(|(span, _)| span))
    }

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
            clue: None,
        }
    }

    /// A finding that has no place in a source.
    #[cold]
    pub fn global(code: Code, message: impl Into<String>) -> Self {
        let unplaced = Self::new(code, Span::default(), message);
        Self { primary: None, ..unplaced }
    }

    /// A word at `span` that is none of those that are possible there: not `what`, such as "a WebGPU limit".
    #[cold]
    pub fn unknown_word(span: Span, word: &str, what: &str) -> Self {
        Self::new(Code::UnknownWord, span, format!("`{word}` is not {what}"))
    }

    /// A name at `span` that nothing has. `kinds` are those of declarations that could have it, such as `#buffer`, if they are known.
    #[cold]
    pub fn undefined(span: Span, name: &str, kinds: Vec<String>) -> Self {
        let diagnostic = Self::new(Code::UndefinedName, span, format!("undefined name `{name}`"));
        let words: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
        let label = match words.as_slice() {
            [] => String::new(),
            [one] => format!("there is no {one} of this name"),
            [first @ .., last] => format!("there is no {} or {last} of this name", first.join(", ")),
        };
        diagnostic.label(label).clue(Clue::Undefined { name: name.to_string(), kinds, is_in_shader: false })
    }

    /// A path at `span` that means nothing.
    #[cold]
    pub fn unknown_path(span: Span, words: &[&str]) -> Self {
        let name = words.first().copied().unwrap_or_default().to_string();
        Self::new(Code::UnknownPath, span, format!("unknown path `{}`", words.join("."))).clue(Clue::Undefined {
            name,
            kinds: Vec::new(),
            is_in_shader: false,
        })
    }

    /// Tells something of its cause.
    pub fn clue(mut self, clue: Clue) -> Self {
        self.clue = Some(clue);
        self
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

    /// Proposes to write `near` where something else stands.
    pub fn did_you_mean(self, span: Span, near: &str) -> Self {
        self.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), false, span, near)
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
    /// A word after `#` that is not a macro of the language.
    UnknownMacro = "E0107" "unknown macro";
    /// Something else stands where the grammar wants a name, a brace, `=` or a value.
    UnexpectedToken = "E0108" "unexpected token";
    /// A brace, bracket or parenthesis has no partner.
    UnbalancedDelimiter = "E0109" "unbalanced delimiter";
    /// Braces, brackets and parentheses may nest 128 deep.
    NestingTooDeep = "E0110" "nesting too deep";
    /// A file without a single declaration.
    EmptyFile = "E0111" "empty file";
    /// A file has more than 100 mistakes in its syntax. The rest of it was not looked at: fix the first ones and try again.
    TooManyErrors = "E0112" "too many errors";
    /// A quote ends a string wherever it stands, in a comment of a shader too. Inside a string it is written `\"`.
    QuoteInComment = "E0113" "quote inside a string";
    /// The file is in another language, as a whole: WGSL, GLSL, HTML, JSON or JavaScript. A scene is a list of declarations; shaders stand
    /// in strings or in files that a scene names.
    OtherLanguage = "E0114" "another language";
    /// There are more than 1,000 warnings. The rest is not shown: fix the first ones and try again.
    TooManyWarnings = "W0102" "too many warnings";
    /// In an array a minus always negates what follows, so `[a - b]` has two elements: `a` and `-b`. Write `[(a - b)]` for a
    /// difference, or `[a -b]` to show that two elements are meant.
    MinusInArray = "W0101" "minus between two array elements";

    // E08xx: shaders.
    /// Shader text may be at most 1 MiB after its imports are joined and its defines are put in. A `#define` that names itself
    /// grows without end.
    ShaderTooLarge = "E0801" "shader too large";
    /// Brackets in a shader may nest 128 deep, an `else if` chain may have 127 links, and one expression may hold 2048 operators.
    /// Browsers refuse such shaders too. Give parts of the expression a name with `let`, or use `switch`.
    ShaderTooDeep = "E0802" "shader nested too deep";
    /// The text is no WGSL: a `;` or bracket is missing, or a word stands where WGSL wants another.
    WgslSyntax = "E0803" "WGSL syntax error";
    /// A shader uses a name that it does not declare and that WGSL does not know.
    WgslUnknownName = "E0804" "unknown name in a shader";
    /// The shader's syntax is right, but WGSL forbids what it says: types do not match, a value is missing, a binding is used
    /// twice, an entry point lacks an attribute.
    WgslInvalid = "E0805" "invalid WGSL";
    /// A declaration that the scene needs to know (a binding, a struct, an override, an entry point) uses WGSL that this compiler
    /// cannot read, so that neither its size nor its use is known. Write the declaration in another way.
    WgslNotReflected = "E0806" "declaration cannot be reflected";
    /// WGSL gives no order to some operators: `a || b && c` and `x & 1 == 0` mean nothing without parentheses, and `a < b < c` is no
    /// chain. `&&` and `||` do not mix; `&`, `|` and `^` stand with nothing but themselves; both sides of a shift are single operands.
    MixedOperators = "E0807" "operators without parentheses";
    /// Nothing leaves this loop: it has no condition, no `return`, and no `break` of its own. A `break` inside of a `switch` leaves
    /// only the `switch`.
    EndlessLoop = "E0808" "loop without an end";
    /// A shader uses something that its stage does not have: a vertex shader cannot use variables that can be written, only compute
    /// shaders have workgroup variables, and these have no `@location`.
    StageForbids = "E0809" "not allowed in this shader stage";
    /// The value of a `const`, a `case` or the size of an array must be known when the shader is compiled. A `let` takes any value.
    NotConstant = "E0810" "not a constant";
    /// A constant that WGSL refuses where it is written: a number that does not fit its type, or arguments that a function forbids.
    WgslConstant = "E0811" "impossible constant";
    /// An `import` inside WGSL that cannot be read. It is `import package::file::name;` or `import package::dir::file::{a, b as c};`
    /// outside of functions; `super::` in the place of `package::` looks beside the importing file only.
    WgslImport = "E0812" "wrong import in a shader";
    /// The file that a shader imports from declares no such name. What it imports itself is not passed on.
    ImportedName = "E0813" "imported name not found";
    /// Two imports bring different declarations under one name, or one that the text declares too. `name as other` gives one of them
    /// another name.
    ImportClash = "E0814" "imported name is taken";
    /// A declaration that was imported uses a word that its file does not declare, and the module that imports it declares
    /// something of that name: a function that hides one of WGSL's, or something that the file forgot to import.
    ImportHidden = "E0815" "hidden by the importing module";
    /// Browsers refuse derivatives (`dpdx`, `fwidth`, `textureSample` and what else picks a mip level by itself) and barriers where
    /// some invocations may take another way than others: in an `if` or loop that depends on an input, or after a `return` in one.
    /// Call them before the branch, or use `textureSampleLevel` or `textureSampleGrad`.
    NotUniform = "E0816" "control flow is not uniform";
    /// A shader has more of something than this compiler takes, far beyond what anybody writes by hand: statements of a function, cases
    /// of a `switch`, members of a struct, arguments of a call, or text of all shaders of a scene. Shaders like that take minutes to
    /// compile. Put data into a buffer, and repetition into a loop.
    ShaderLimit = "E0817" "more than a shader may have";
    /// Constants that are made of constants grow: each line that writes an array of two of the last one doubles it, and every use copies
    /// it. Put large tables into a buffer, or into a `var<private>`, and index that.
    ConstantsTooLarge = "E0818" "constants too large";
    /// No device has a `@location` of this number. Vertex attributes, values between stages and colour targets are counted from 0, and
    /// there are a few dozen of each at most.
    LocationTooLarge = "E0819" "impossible location";
    /// The validator does not know this part of WGSL, so it was not checked. Browsers may accept it; the native viewer does not.
    WgslUnchecked = "W0801" "WGSL not checked";
    /// Retired: workgroup variables that need more than the scene asks for are an error, E0618. This warning was given where they need more
    /// than the 16,384 bytes that every device has.
    BeyondDefaultLimit = "W0803" "workgroup variables too large";
    /// A resource, override or entry point that was imported has the name of something else in the module, so it got another one, and
    /// the scene knows it by that. `import …::{name as other}` chooses it.
    ImportRenamed = "W0804" "imported under another name";
    /// The `uniforms` of a `#wgsl` describe its variables in another way than its text declares them. The text counts.
    ContradictsShader = "W0805" "description contradicts the shader";

    // E09xx: files, images, executors and the GPU. E0901 to E0919 are also used by the command line for its own inputs and outputs.
    /// There is no file of this name. Paths in a scene are relative to the directory of the entry file, whichever file names them.
    FileNotFound = "E0901" "file not found";
    /// A file exists, but cannot be read: it is a directory, or the system refuses.
    FileUnreadable = "E0902" "file cannot be read";
    /// A path leads out of the project's root: the directory of the entry file, or the one given by `--root`. Symbolic links are
    /// followed before this is decided. Move the file, or name a higher root.
    FileOutsideRoot = "E0903" "file outside the root";
    /// A file is larger than what a reader accepts: 64 MiB for the files of a scene, 256 MiB for the input of a command.
    FileTooLarge = "E0904" "file too large";
    /// The output cannot be written. Nothing half-written is left behind.
    CannotWrite = "E0905" "output cannot be written";
    /// There is a file of the output's name, and it is of another kind than the output: no PNG where a PNG is written. Name another
    /// file, or replace this one with `--force`. A file that the command reads is never replaced.
    WouldReplace = "E0906" "another kind of file would be replaced";
    /// The input is of another kind than this command takes: a payload where a scene's source is expected, or no PNG where a PNG is.
    WrongInput = "E0910" "wrong kind of input";
    /// The PNG is good, but has no scene in it. Websites and editors that re-encode pictures drop it: get the original file.
    NoScene = "E0911" "no scene in this PNG";
    /// The PNG, or the scene in it, is damaged: cut off, changed, or not made by this version of the format.
    DamagedScene = "E0912" "damaged scene";
    /// The executor reports a status, traps, or does not end. With a prebuilt executor and a payload made by this tool, that is a bug
    /// of ours; with other payloads, the bytecode is malformed.
    ExecutorFailed = "E0913" "executor failed";
    /// The payload has no executor, and there is no shared one for its plugins.
    NoExecutor = "E0914" "no executor";
    /// The payload does not carry what was asked for, such as its source text. Build it with the option that puts it in.
    NotInside = "E0915" "not in this payload";
    /// A scene has no frame of this name.
    NoSuchFrame = "E0916" "no such frame";
    /// The result is larger than `--max-size` allows. Nothing is written. `--report` shows where the bytes are.
    OverBudget = "E0917" "over the size budget";
    /// The name of the output promises another format than the command writes. Pictures are PNGs: name them `.png`, or without an
    /// extension. `render` writes films as `.apng`, `.gif` and `.y4m`.
    PictureFormat = "E0918" "picture format not supported";
    /// `pngine dev` can serve nothing: another program listens at the port, or the system lets nobody listen there or watch the scene's
    /// files. Name another port with `--port`; 0 takes any that is free.
    CannotServe = "E0919" "page cannot be served";
    /// No GPU adapter was found, or this program was built without GPU support. On Debian and Ubuntu `mesa-vulkan-drivers` installs
    /// a software adapter that needs no graphics card.
    NoGpu = "E0920" "no GPU";
    /// The GPU refuses a command: a rule of WebGPU is broken that no earlier check knows, or the device is lost.
    GpuError = "E0921" "the GPU refuses a command";
    /// This host cannot do what the scene asks for, though other hosts may: a command or a feature that it does not have yet.
    HostLacks = "E0922" "not supported by this host";
    /// A uniform cannot be set: no uniform has the name, several have it, it takes another number of numbers, or the player writes it
    /// by itself. `pngine inspect` lists the uniforms of a scene; `module.variable.field` is always one of them alone.
    UniformNotSet = "E0923" "uniform cannot be set";
    /// The timeline has no scene of this name, or there is no timeline. `pngine inspect` lists the scenes.
    NoSuchScene = "E0924" "no such scene";

    /// The data of an `#imageBitmap` is neither PNG nor JPEG nor WebP. What a file is called does not matter, only what is in it.
    UnknownImage = "E0930" "not an image";
    /// The data of an `#imageBitmap` starts like an image and cannot be decoded: it is cut off or damaged, as browsers see it, or wider
    /// or higher than a million pixels.
    DamagedImage = "E0931" "damaged image";
    /// The file of a `#video` is neither WebM nor MP4, or is an MP4 whose data lie in other files. What it is called does not matter, only
    /// what is in it. A playlist is not a video: a browser that plays one sends requests to whatever addresses stand in it.
    UnknownVideo = "E0932" "not a video";

    /// The file is not a WebAssembly module in binary form, or uses parts of WebAssembly that not all hosts run.
    BadWasm = "E0933" "not a WebAssembly module";
    /// A module imports something that hosts do not offer. They have `env.abort`, a function, and `env.memory`, a memory of one page,
    /// which may grow unless the import has a maximum.
    WasmImport = "E0934" "import that no host offers";
    /// A module does not export the function that is called, or not the memory that its result lies in.
    WasmExport = "E0935" "missing export";
    /// A function of a module takes other arguments than it is given, or returns something else than an offset into the memory.
    WasmSignature = "E0936" "arguments or result do not fit";
    /// An image has more pixels than hosts decode, or all images of the scene together have: docs/format.md, section 10. A picture of a
    /// few kilobytes can take gigabytes of memory where it is shown.
    ImageTooLarge = "E0937" "too many pixels";

    // E02xx: names.
    /// No declaration has this name in any of the kinds that this place takes.
    UndefinedName = "E0201" "undefined name";
    /// Two declarations of one kind have the same name. Rename one of them.
    DuplicateName = "E0202" "duplicate name";
    /// A declaration needs a name between its `#word` and its `{`.
    MissingName = "E0203" "missing name";
    /// `#device`, `#canvas` and `#meta` take no name, and there is one of each at most; so with `#animation`, which has a name.
    NotASingleton = "E0204" "one at most";
    /// A `#define` uses itself, directly or through others.
    DefineCycle = "E0205" "cyclic definition";
    /// `#wgsl` fragments import each other in a circle.
    ImportCycle = "E0206" "import cycle";
    /// A word with a dot that is neither `canvas.width`, `canvas.height` nor `module.variable`.
    UnknownPath = "E0207" "unknown path";
    /// An old spelling of a reference: `$kind.name`, or a name in quotes. Write the bare name. Where that would mean another
    /// declaration, no fix is offered: rename one of the two first.
    OldReference = "W0201" "old spelling of a reference";
    /// The same declaration, byte for byte, reaches the program through two imports. It counts once.
    IdenticalDuplicate = "W0202" "identical duplicate";
    /// A name fits two declarations of different kinds; the first kind of the place's list is taken.
    AmbiguousName = "W0203" "ambiguous name";
    /// Nothing uses this declaration.
    Unused = "W0204" "unused declaration";
    /// An old spelling of a value that is still understood.
    OldSpelling = "W0205" "old spelling";

    // E03xx: properties and values.
    /// The macro or object has no such property. Property names are WebGPU's, in camel case.
    UnknownProperty = "E0301" "unknown property";
    /// A property is written twice. Only the actions of a `#queue` may be repeated.
    DuplicateProperty = "E0302" "duplicate property";
    /// A property that must be there is not.
    MissingProperty = "E0303" "missing property";
    /// The value is of another kind than the property takes.
    WrongType = "E0304" "wrong kind of value";
    /// A number lies outside the range that the property takes.
    OutOfRange = "E0305" "number out of range";
    /// A whole number is wanted, and the value has a fraction.
    NotAnInteger = "E0306" "not a whole number";
    /// WebGPU's enum has no such word.
    UnknownWord = "E0307" "unknown word";
    /// WebGPU has no such flag.
    UnknownFlag = "E0308" "unknown flag";
    /// A division by zero, or a result that is not a number.
    BadArithmetic = "E0309" "impossible arithmetic";
    /// Two properties that exclude each other.
    Conflict = "E0310" "properties exclude each other";
    /// A function of expressions that does not exist, or with the wrong number of arguments.
    BadCall = "E0311" "wrong call";
    /// A part of the language that this version of the compiler does not lower yet.
    NotSupportedYet = "E0312" "not supported yet";
    /// The size of the canvas is known only when the scene runs; this value must be known before.
    CanvasNotAllowed = "E0313" "canvas size not allowed here";
    /// The array has too few or too many elements.
    BadLength = "E0314" "wrong number of elements";
    /// Base64 has the characters `A-Z a-z 0-9 + /`, and `=` to fill up the last four. White space in it means nothing.
    BadBase64 = "E0315" "bad base64";
    /// All `#data` of a scene together may have 268,435,456 bytes: those of files, of lists, of shapes, and generated ones.
    TooMuchData = "E0318" "too much data";
    /// The formulas of generated `#data` are computed when the scene is compiled. All of them together may take 2^29 steps: a sum is one
    /// step, a function up to sixteen, a remainder thirty-two, each for every element. An `#init` computes more in less time, on the GPU.
    TooMuchComputed = "E0319" "too much to compute";
    /// Hosts bound what one file may ask of the machine that plays it (docs/format.md, "Budgets"). This scene asks for more, so that no
    /// host would play it.
    BeyondBudget = "E0320" "beyond a budget of hosts";
    /// A quotient in quotes is rounded up, as old programs expect. Write `ceil(…)` to say so.
    RoundedUp = "W0301" "quotient rounded up";
    /// A value that has no effect here.
    NoEffect = "W0302" "no effect";

    // E04xx: buffers and data.
    /// A buffer of no bytes, or of more than 4 GiB.
    BufferSize = "E0401" "impossible buffer size";
    /// A buffer is used in a way that its `usage` does not allow.
    BufferUsage = "E0402" "missing buffer usage";
    /// The buffer is smaller than the data it starts with.
    InitialDataTooLarge = "E0403" "initial data too large";
    /// A write that goes past the end of the buffer, or of its source.
    WriteOutOfRange = "E0404" "write out of range";
    /// Offsets and sizes of buffer writes, copies and clears are multiples of 4 bytes; `bytesPerRow` of a copy between a buffer and a
    /// texture is a multiple of 256; in compressed textures, origins and sizes are whole blocks.
    Unaligned = "E0405" "not aligned";
    /// `MAP_READ` goes with `COPY_DST` only, `MAP_WRITE` with `COPY_SRC` only.
    MapUsage = "E0406" "impossible buffer usage";
    /// Data of no bytes, or without any generator.
    EmptyData = "E0407" "empty data";
    /// A copy without a size copies as much as fits both sides. Here one side follows the size of the canvas and the other does not,
    /// so the size must be written: `copySize=[width height]`.
    CopySizeUnknown = "E0408" "how much is copied?";
    /// A copy or a clear reaches past the end of a buffer, of a texture's mip level, of its layers or of the bytes that are written.
    CopyOutOfRange = "E0409" "copy out of range";
    /// What is copied does not fit where it goes: formats that differ in more than `-srgb`, other sample counts, an aspect that the
    /// format does not have or that cannot be copied.
    CopyMismatch = "E0410" "copy between things that do not fit";
    /// A buffer cannot be copied into itself, nor a mip level and layer of a texture onto itself. Another member of a pool, another
    /// mip level or another layer can be.
    CopyOntoItself = "E0411" "copy onto itself";
    /// Textures with depth or stencil and multisampled ones are copied whole: from the origin on, with the width and height of the mip
    /// level.
    PartialCopy = "E0412" "copy of a part";
    /// `bytesPerRow` is smaller than a row, or `rowsPerImage` smaller than the rows of an image.
    CopyLayout = "E0413" "impossible layout of rows";

    // E05xx: textures, samplers and views.
    /// A texture without a size, or with an extent of 0 or beyond the limit.
    TextureSize = "E0501" "impossible texture size";
    /// A texture is used in a way that its `usage` does not allow.
    TextureUsage = "E0502" "missing texture usage";
    /// A sample count other than 1 and 4, or multisampling together with something it excludes.
    SampleCount = "E0503" "impossible sample count";
    /// More mip levels than the texture's size has.
    MipLevels = "E0504" "too many mip levels";
    /// The format cannot do what is asked of it.
    FormatCapability = "E0505" "unsuitable format";
    /// A view's range or dimension does not fit its texture.
    ViewRange = "E0506" "view outside its texture";
    /// An anisotropy above 1 with a filter that is not linear.
    Anisotropy = "E0507" "anisotropy needs linear filters";

    // E06xx: pipelines and bind groups.
    /// The stage's module has no such entry point, or it is of another stage.
    EntryPointNotFound = "E0601" "entry point not found";
    /// The stage names no entry point and the module has several.
    EntryPointAmbiguous = "E0602" "which entry point?";
    /// A vertex input of the shader that no attribute feeds, or one of another kind.
    VertexInput = "E0603" "vertex input mismatch";
    /// A fragment output and the colour target at its location do not fit.
    FragmentOutput = "E0604" "fragment output mismatch";
    /// A depth-stencil state that WebGPU refuses.
    DepthState = "E0605" "impossible depth-stencil state";
    /// An override that the module does not have, or a value that does not fit it.
    OverrideConstant = "E0606" "override mismatch";
    /// A colour target that WebGPU refuses: a format that cannot be drawn to or blended.
    ColorTarget = "E0607" "impossible color target";
    /// A vertex buffer layout that WebGPU refuses.
    VertexLayout = "E0608" "impossible vertex layout";
    /// What the fragment stage takes in at a location, the vertex stage does not give out, or in another type.
    InterStage = "E0609" "stages do not fit together";
    /// A binding that the shader uses is missing in the bind group or its layout.
    MissingBinding = "E0610" "missing binding";
    /// The resource is of another kind than the shader's binding.
    BindingKind = "E0611" "binding of another kind";
    /// Fewer bytes are bound than the shader's type has.
    BindingTooSmall = "E0612" "bound range too small";
    /// Two entries have the same number.
    DuplicateBinding = "E0613" "duplicate binding";
    /// The layout of a bind group cannot be told.
    UnknownLayout = "E0614" "unknown layout";
    /// A bind group is set at another index than its layout is for.
    GroupIndex = "E0615" "bind group at another index";
    /// Two stages of a pipeline with an automatic layout have different things at one group and binding: a buffer and a texture, or
    /// textures of different dimensions, formats or sample types. A layout has one entry for both. Sizes of buffers may differ.
    BindingDisputed = "E0616" "stages disagree about a binding";
    /// A sampler that filters reads a texture that cannot be filtered: a depth texture, one of whole numbers, or one that its layout
    /// calls `unfilterable-float`. Such textures are read by samplers whose filters are all `nearest`, or compared.
    FilteringSampler = "E0617" "filtering sampler with an unfilterable texture";
    /// The workgroup variables of a compute shader need more bytes than a device has: 16,384, or as many as the scene asks for with
    /// `requiredLimits={ maxComputeWorkgroupStorageSize=… }`. Every variable counts up to the next 16 bytes.
    WorkgroupMemory = "E0618" "workgroup variables too large";
    /// WebGPU's encoder of this kind has no such command: compute passes do not draw, render passes do not dispatch, and a bundle
    /// sets pipelines, bind groups and buffers and draws, but changes no viewport, scissor rectangle, blend constant or stencil
    /// reference, begins no query and executes no bundles.
    CommandPlace = "E0620" "command in the wrong place";
    /// A bundle is recorded once, when the scene is loaded. What has a pool changes from frame to frame, so a bundle cannot use it.
    PooledInBundle = "E0621" "pool in a bundle";
    /// Queries are used in a way that WebGPU refuses: of another type than is wanted, with an index behind the last one, written twice
    /// in a pass, begun inside of another or never ended.
    Query = "E0622" "impossible query";
    /// A bind group whose layout has bindings with `hasDynamicOffset` is set with one offset for each of them, in the order of their
    /// numbers; others are set without.
    DynamicOffsets = "E0624" "wrong number of dynamic offsets";
    /// Debug groups are opened by `pushDebugGroup` and closed by `popDebugGroup`, in the same pass or bundle.
    DebugGroups = "E0625" "debug groups do not match";
    /// A bundle is made for passes with certain formats and samples, and can be executed in no others.
    BundleMismatch = "E0626" "bundle does not fit the pass";
    /// A scissor rectangle that reaches over the edge of what is drawn to, or a viewport beyond the limits of WebGPU.
    Viewport = "E0627" "impossible viewport or scissor rectangle";
    /// Something has a fixed size, and what it lies in follows the canvas, or the other way round: a scissor rectangle or a copy of so many
    /// pixels of the canvas, a compressed texture of the canvas' size. WebGPU refuses it on canvases where it does not fit.
    EveryCanvas = "W0611" "does not fit every canvas";
    /// A limit in `requiredLimits` that is higher than any device's: no host plays the scene.
    LimitNowhere = "W0612" "limit that no device has";
    /// A bind group is set at an index that no pipeline of the pass has a group for. WebGPU does not mind, but nothing reads it.
    IdleGroup = "W0613" "bind group that nothing reads";
    /// A compute shader writes records of a struct into a buffer that a pipeline takes vertices from, and the two differ in the size of
    /// a record. In WGSL a `vec3f` begins at a multiple of 16 bytes and a struct has a multiple of its alignment, so that there
    /// may be gaps.
    RecordStride = "W0614" "stride of records";
    /// A number is not of the type that it is for, and WebGPU converts it: an override of type `i32` or `u32` drops the fraction, and a
    /// clear value becomes the nearest one that the format of the attachment holds.
    Converted = "W0615" "number is converted";
    /// The viewport reaches outside of what is drawn to. That is legal, and most often not what was meant.
    ViewportOutside = "W0610" "viewport reaches outside";
    /// The shader does not use this binding, so an automatic layout has no place for it. It is left out.
    UnusedBinding = "W0601" "unused binding";
    /// An attribute for a location that the shader does not read.
    UnusedAttribute = "W0602" "unused attribute";

    // E07xx: passes, queues and frames.
    /// The attachments of the pass and the pipeline's targets differ in number, format or sample count.
    AttachmentMismatch = "E0701" "attachments do not fit the pipeline";
    /// A draw or dispatch without something that it needs.
    IncompletePass = "E0702" "incomplete pass";
    /// A vertex or index buffer is too small for a draw.
    DrawOutOfRange = "E0703" "draw past the end of a buffer";
    /// A texture or buffer is read and written in the same pass or dispatch, or written through two bindings.
    ReadWriteConflict = "E0704" "read and written in one pass";
    /// An attachment that WebGPU refuses.
    Attachment = "E0705" "impossible attachment";
    /// A dispatch of more workgroups than the limit.
    DispatchLimit = "E0706" "too many workgroups";
    /// More declarations of one kind than their 16-bit ids count, more commands in a frame than its command buffer counts, or more
    /// bindings of one kind than WebGPU lets a stage have.
    TooMany = "E0707" "too many";
    /// Something of WebGPU that only devices with a feature can do. A scene says that it needs the feature with
    /// `#device { requiredFeatures=[…] }`; a host without it then refuses the scene by name.
    FeatureMissing = "E0708" "the scene does not ask for this feature";
    /// A scene of the `#animation` ends before it starts, or at once: it is never shown.
    SceneTimes = "E0709" "scene without a duration";
    /// Two scenes of the `#animation` overlap, so that the later one is cut short, or one goes on after the timeline has ended.
    SceneOverlap = "W0706" "scenes overlap or go beyond the timeline";
    /// Something needs a feature that the scene asks for with `optionalFeatures` only: on a device without it, it fails.
    OptionalFeature = "W0705" "needs an optional feature";
    /// A `#pass` names something that it cannot read: itself or its last output without `feedback=true`, a pass that is declared later
    /// or is not among its `deps`, a `#data` that is not in its `data`, or `screen` where nothing is computed.
    PassReads = "E0730" "a pass cannot read this";
    /// A resource variable that the code of a `#pass` declares itself is bound by its name, in group 0: to `pngine`, `pointer`, `samp`,
    /// `screen`, an earlier pass, `prev_` and the pass' name, or one of its `data`. Nothing is bound to other names.
    PassBinding = "E0731" "nothing to bind in a pass";
    /// The code of a `#pass` has either a fragment entry point, which draws, or compute entry points; `init` has compute entry points.
    PassStage = "E0732" "stages of a pass";
    /// `pngine`, `pointer`, `samp`, `screen`, and `prev_` before another pass' name, mean something in every `#pass`.
    PassName = "E0733" "name of a pass is taken";
    /// A `#uniforms` names a member that its variable does not have. Members have the names that they have in WGSL; those of a struct in
    /// a struct stand in an object of their own.
    UniformMember = "E0740" "no such member of a uniform variable";
    /// `min` of a uniform is above its `max`, its `value` is outside of the two, or its `step` is not above 0.
    UniformRange = "E0741" "impossible range of a uniform";
    /// Only members of the types `vec3f` and `vec4f` are colors.
    UniformColor = "E0742" "not a color";
    /// The engine fills members of these names before every frame, so they have no value of their own: `time`, `width`, `height`,
    /// `aspect`, `canvasW`, `canvasH`, `canvasWidth`, `canvasHeight`, `canvasRatio`, `sceneTime`, `sceneDuration`, `normalizedTime`, and
    /// `duration` beside `time`; those of a variable that `writeBuffer={ data=module.variable }` or `size=module.variable` names.
    EngineMember = "E0743" "the engine fills this member";
    /// Two declarations say what a uniform begins with: two `#uniforms` of one variable, a `#uniforms` and the `mappedAtCreation` of
    /// its buffer, or a `#uniforms` and a queue that writes the buffer in every frame.
    UniformsClash = "E0744" "two say what a uniform is";
    /// A variable that a `#uniforms` describes is not what it can be: no buffer holds it, it is not a struct, or two passes declare it with
    /// different members.
    UniformsVariable = "E0745" "variable of uniforms does not fit";
    /// The program has no `#frame`, or the one that plays by itself performs nothing that reaches the canvas, so nothing is drawn.
    NothingDrawn = "W0701" "nothing is drawn";
    /// `clearValue` beside `loadOp=load` is never read.
    ClearNotRead = "W0702" "clear value is not read";
    /// The canvas has the one of `bgra8unorm` and `rgba8unorm` that the machine prefers, so naming one of them draws on some machines
    /// only. `preferredCanvasFormat` is taken instead.
    CanvasFormat = "W0704" "the canvas' format differs between machines";
    /// One buffer or texture is written twice in a frame with a pass or copy between that reads it, or is written after something is
    /// copied into it: all writes of a frame take effect before its copies and passes.
    WriteOrder = "W0703" "both writes come first";
    /// A pass or bundle sets a pipeline and draws nothing with it, so that the picture is as if it were not there. Add `draw=`, with the
    /// number of vertices: 3 for a triangle.
    NoWork = "W0707" "pipeline that draws nothing";
    /// A draw of no vertices or instances, or a dispatch of no workgroups: WebGPU takes it, and nothing comes of it.
    EmptyWork = "W0708" "draw or dispatch of nothing";
    /// A pass clears what an earlier pass of the same frame drew to, before anything read that: the earlier pass is not seen. An attachment
    /// is cleared unless it says `loadOp=load`.
    Erased = "W0709" "drawn, then cleared";
    /// A shader reads a buffer or texture into which nothing is ever written: WebGPU fills both with zeros when it makes them. A uniform
    /// buffer that a page fills says so: `size=module.variable`, or a write of `data=module.variable`.
    NeverWritten = "W0710" "read, but never written";
    /// Inputs such as the time are written by `init` only, so that a shader sees the same values in all frames.
    StandsStill = "W0711" "inputs that never change";
    /// A struct in a shader has a member with the name of an input's field, at another place than the one where the input has it. The
    /// bytes count, not the names.
    InputMember = "W0712" "member is not where the input has it";
    /// Nothing can pass the depth test: depth is cleared to the least value and must be less, or to the greatest and must be greater.
    DepthNeverPasses = "W0713" "depth test that nothing passes";
    /// A uniform block has members behind or between what is written into its buffer: they are zeros. Often the struct has grown and the
    /// write has not. What a page sets is declared as `size=module.variable` of the `#buffer`, or written as `data=module.variable`.
    MemberNotWritten = "W0714" "members that nothing writes";
    /// The write mask or the blend factors of a pipeline leave every pixel as it was: the mask is 0, or nothing is taken of what is drawn,
    /// because the factor is `zero`, or is an alpha or a blend constant that is 0.
    ColorLost = "W0715" "nothing is left of the colour";
    /// A queue writes always the same member of a pool, while a bind group reads its members in turn: in the other frames, zeros are read, and
    /// the picture flickers. `pingPong=0` writes the member of the frame.
    PoolNotWritten = "W0716" "members of a pool that nothing writes";
    /// A vertex layout does not fit the shape in its buffer: it steps by another number of bytes than a vertex has, or an attribute begins in
    /// the middle of one of the shape's. A layout without `arrayStride` ends with its last attribute: name all of them, or write the stride.
    ShapeLayout = "W0717" "layout does not fit the shape";

    // E001-E013: command buffers (format.md 5). Found when the program's commands are decoded and checked.
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
    /// A nested WebAssembly module cannot be instantiated, or a call into it trapped, ran for too long, or returned an offset whose
    /// bytes lie outside of its memory. A host stops.
    WasmFailed = "E010" "nested module failed";
    /// An encoded image or a video cannot be decoded: its bytes are damaged. A host stops.
    ImageFailed = "E011" "image cannot be decoded";
    /// The program asks for more than a host gives: too many values in a descriptor, too many bytes for the GPU, images with too many
    /// pixels, too much GPU memory, too many names. docs/format.md lists these budgets. A host stops before it allocates anything.
    BudgetExceeded = "E012" "over the budget";
    /// The GPU was given work that does not end, or takes longer than ten seconds for one frame: a loop in a shader that goes on for too long, or too
    /// many vertices, pixels or workgroups. A host stops.
    GpuStalled = "E013" "the GPU does not finish";
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
    let mut kept: Vec<Diagnostic> = Vec::with_capacity(diagnostics.len());
    for diagnostic in diagnostics {
        let is_known = {
            let order = diagnostic.order();
            kept.iter().rev().take_while(|other| other.order() == order).any(|other| *other == diagnostic)
        };
        if !is_known {
            kept.push(diagnostic);
        }
    }
    kept
}
