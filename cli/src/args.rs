//! The command line as clap sees it: commands, options and their help. No logic but the reading of single values.

use std::path::PathBuf;

use crate::failure::Failure;
use crate::findings::Levels;
use crate::inputs::{self, Pointer};
use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

/// Widest and highest picture, in pixels. Source: WebGPU, `maxTextureDimension2D`, whose default is 8192.
pub const MAX_SIZE: u32 = 8192;

/// Most frames of one `render` or `validate`. Picked by feel: an hour at 60 per second is 216,000.
pub const MAX_FRAMES: u32 = 1_000_000;

/// Frames per second, unless the user says otherwise: what most screens show.
const RATE: f64 = 60.0;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "pngine",
    version,
    about = "Compiles WebGPU scenes into PNGs that carry their own program",
    long_about = "Compiles WebGPU scenes into PNGs that carry their own program.\n\nThe name of a file alone builds it: `pngine scene.pngine` is \
                  `pngine build scene.pngine`. Inputs are recognised by their content, `-` is standard input or output.",
    after_help = "Examples:\n  pngine triangle.pngine -o triangle.png\n  pngine validate triangle.pngine\n  pngine render \
                  triangle.png -o frame.png --size 800x600\n\nExit codes: 0 done, 1 the input has errors, 2 wrong usage, 3 the tool could not do \
                  it (file, GPU or environment).",
    arg_required_else_help = true,
    subcommand_required = true,
    disable_help_subcommand = false
)]
pub struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say nothing but what is wrong: no progress, and no line about what was written
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On terminals, unless NO_COLOR says otherwise; CLICOLOR_FORCE forces it.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Compile a scene to a PNG (this is the default command)
    Build(Build),
    /// Compile a scene to a bare payload
    Compile(Compile),
    /// Check scenes, payloads or PNGs, and run them without a GPU
    Validate(Validate),
    /// Apply the safe fixes of what validate finds
    Fix(Fix),
    /// Show what is inside a scene, payload or PNG
    Inspect(Inspect),
    /// Take the payload, or a part of it, out of a PNG
    Extract(Extract),
    /// Put a payload into an existing picture
    Embed(Embed),
    /// Render frames to PNG files
    Render(Render),
    /// Play a scene on a page of this machine, and play it anew whenever a file of it changes
    #[cfg(feature = "dev")]
    Dev(Dev),
    /// Compare two pictures
    Diff(Diff),
    /// Say what a diagnostic code means
    Explain(Explain),
    /// Write a scene to begin with
    New(New),
    /// Print what a shell needs to complete commands and options
    Completions(Completions),
    /// Print the manual page
    Man(Man),
}

/// Options of the compiler.
#[derive(Debug, Args)]
pub struct Compiling {
    /// Strip comments and blanks from WGSL (the default)
    #[arg(long, overrides_with = "no_minify")]
    pub minify: bool,
    /// Keep WGSL as it is written
    #[arg(long, overrides_with = "minify")]
    pub no_minify: bool,
    /// Carry the text of the scene in the payload
    #[arg(long)]
    pub source: bool,
    /// Directory that all files must lie in [default: the input's directory]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// Options about the payload.
#[derive(Debug, Args)]
pub struct Packing {
    /// Put the executor in, so that the result plays by itself in any host (the default)
    #[arg(
        long,
        value_name = "KIND",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "prebuilt",
        overrides_with = "no_executor"
    )]
    pub embed_executor: Option<ExecutorKind>,
    /// Leave the executor out, about a kilobyte less: whoever plays the result has to bring a shared one
    #[arg(long, overrides_with = "embed_executor")]
    pub no_executor: bool,
    /// Print the size of every section, raw and compressed
    #[arg(long)]
    pub report: bool,
    /// Fail, and write nothing, if the result is larger
    #[arg(long, value_name = "BYTES")]
    pub max_size: Option<u64>,
}

/// Kinds of executors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExecutorKind {
    /// An interpreter with exactly the plugins that the scene needs.
    Prebuilt,
    /// A module made for the scene.
    Specialized,
}

/// Which frame to draw.
#[derive(Debug, Args)]
pub struct Picture {
    /// Size in pixels [default: 512x512]
    #[arg(long, value_name = "WxH", value_parser = parse_size)]
    pub size: Option<(u32, u32)>,
    /// Time in seconds [default: 0]. A scene that keeps something from frame to frame is run up to it, from 0 on
    #[arg(long, value_name = "S", value_parser = parse_time, allow_negative_numbers = true)]
    pub time: Option<f64>,
    /// Frames per second of that run, and of a sequence [default: 60]
    #[arg(long, value_name = "F", value_parser = parse_fps)]
    pub fps: Option<f64>,
    /// Start the run at this time instead of 0
    #[arg(long, value_name = "S", value_parser = parse_time, allow_negative_numbers = true)]
    pub from: Option<f64>,
    /// Do not run the scene first: what is drawn first is the first frame
    #[arg(long, conflicts_with = "from")]
    pub no_warm_up: bool,
    /// Name of the frame to draw [default: the one the scene shows at that time]
    #[arg(long, value_name = "NAME")]
    pub frame_name: Option<String>,
    /// Scene of the timeline to draw: times count from its start
    #[arg(long, value_name = "ID", conflicts_with = "frame_name")]
    pub scene: Option<String>,
    /// Set a uniform: field, variable.field or module.variable.field; a color also as #f80, #ff8800 or #ff8800ff
    #[arg(long, value_name = "NAME=N,N…", value_parser = parse_set, action = ArgAction::Append, allow_negative_numbers = true)]
    pub set: Vec<Setting>,
    /// Where the pointer is, from 0,0 in the upper left corner to 1,1 in the lower right one; `down`: with its button held
    #[arg(long, value_name = "X,Y[,down]", value_parser = inputs::parse_pointer, allow_negative_numbers = true)]
    pub pointer: Option<Pointer>,
    /// Keys that are held: letters, digits and names, such as A,Space,ArrowLeft
    #[arg(long, value_name = "KEY,…", value_delimiter = ',', value_parser = inputs::parse_key, action = ArgAction::Append)]
    pub keys: Vec<u8>,
    /// What the scene hears: a WAV file that begins to play at time 0
    #[arg(long, value_name = "FILE")]
    pub audio: Option<PathBuf>,
    /// The seed that the scene reads [default: 0]
    #[arg(long, value_name = "N")]
    pub seed: Option<u32>,
    /// How long the GPU may work on one frame, in seconds [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub gpu_seconds: Option<u32>,
}

impl Picture {
    /// Width and height in pixels.
    pub fn size(&self) -> (u32, u32) {
        self.size.unwrap_or((512, 512))
    }

    /// Seconds. With `--from` alone, nothing is run before the first picture.
    pub fn time(&self) -> f64 {
        self.time.or(self.from).unwrap_or(0.0)
    }

    /// Frames per second.
    pub fn fps(&self) -> f64 {
        self.fps.unwrap_or(RATE)
    }

    /// Whether the options make sense together, for a sequence of so many frames if it is one.
    ///
    /// # Errors
    /// What does not.
    pub fn check(&self, frames: Option<u32>) -> Result<(), String> {
        match self.from {
            Some(from) if from > self.time() => Err(format!("--from {from} is later than --time {}", self.time())),
            _ if self.no_warm_up && self.fps.is_some() && frames.is_none() => {
                Err("--fps is about several frames, and --no-warm-up draws one".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// The first option that was given, as the user wrote it.
    pub fn given(&self) -> Option<&'static str> {
        let given = [
            (self.size.is_some(), "--size"),
            (self.time.is_some(), "--time"),
            (self.fps.is_some(), "--fps"),
            (self.from.is_some(), "--from"),
            (self.no_warm_up, "--no-warm-up"),
            (self.frame_name.is_some(), "--frame-name"),
            (self.scene.is_some(), "--scene"),
            (!self.set.is_empty(), "--set"),
            (self.pointer.is_some(), "--pointer"),
            (!self.keys.is_empty(), "--keys"),
            (self.audio.is_some(), "--audio"),
            (self.seed.is_some(), "--seed"),
            (self.gpu_seconds.is_some(), "--gpu-seconds"),
        ];
        given.into_iter().find_map(|(is_given, name)| is_given.then_some(name))
    }
}

/// `pngine build`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine triangle.pngine                                  (writes triangle.png)\n  pngine triangle.pngine \
                        --frame --size 640x360 --time 1.5   (with a picture of the scene)\n  pngine build triangle.pngine -o small.png \
                        --optimize --report\n  pngine build triangle.pngine --no-executor              (for pages that bring one \
                        executor for many)\n  pngine build scenes/*.pngine -o public/ --json          (one PNG each, and what was found)\n  cat triangle.pngine | pngine build - -o - > triangle.png"
)]
pub struct Build {
    /// Sources of scenes, or `-`
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// The PNG to write, or `-`, or a folder for the PNGs of several scenes [default: each input's name with .png]
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Replace an existing file even if it is not a PNG
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub reporting: Reporting,
    #[command(flatten)]
    pub packing: Packing,
    /// Make a rendered frame the picture, instead of one transparent pixel (needs a GPU)
    #[arg(long)]
    pub frame: bool,
    #[command(flatten)]
    pub picture: Picture,
    /// Spend seconds on the smallest DEFLATE
    #[arg(long)]
    pub optimize: bool,
    #[command(flatten)]
    pub compiling: Compiling,
}

/// `pngine compile`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pngine compile triangle.pngine\n  pngine compile triangle.pngine -o - | pngine inspect -")]
pub struct Compile {
    /// The scene's source, or `-`
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The payload to write, or `-` [default: the input's name with .pngb]
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Replace an existing file even if it is not a payload
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub packing: Packing,
    #[command(flatten)]
    pub compiling: Compiling,
}

/// `pngine validate`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine validate examples                (every scene in the folder and below)\n  pngine validate --json triangle.png\n  pngine validate --strict \
                        --allow W0101 triangle.pngine\n  cat triangle.pngine | pngine validate - --stdin-filename triangle.pngine\n  pngine validate --symptom black triangle.pngine"
)]
pub struct Validate {
    /// Scenes, payloads or PNGs, or `-`; of a folder all `.pngine` files in it and below
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub reporting: Reporting,
    /// Draw the scene, also with single things changed, and say what is wrong with the picture (needs a GPU)
    #[arg(long, value_name = "WHAT")]
    pub symptom: Option<SymptomKind>,
    /// How long the GPU may work on one frame of that, in seconds [default: 10]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), requires = "symptom")]
    pub gpu_seconds: Option<u32>,
    /// How many frames to run
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(0..=MAX_FRAMES as i64))]
    pub frames: u32,
    /// What to call standard input; other files are looked for beside it
    #[arg(long, value_name = "F")]
    pub stdin_filename: Option<PathBuf>,
    /// Directory that all files must lie in [default: the input's directory]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// What somebody sees that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SymptomKind {
    /// Nothing is seen, or the background alone.
    Black,
    /// Nothing moves.
    Still,
    /// Colours are too bright, too dark, or missing.
    Colors,
    /// What is transparent is not, or hides what is behind it.
    Blend,
    /// Frames alternate.
    Flicker,
    /// Shapes are torn, or have holes.
    Geometry,
}

/// How findings are told, and which of them count.
#[derive(Debug, Args)]
pub struct Reporting {
    /// Print one JSON object; short for --message-format json
    #[arg(long, conflicts_with = "message_format")]
    pub json: bool,
    /// How to print what was found
    #[arg(long, value_name = "FORMAT")]
    pub message_format: Option<MessageFormat>,
    /// Let warnings fail
    #[arg(long)]
    pub strict: bool,
    /// Let this warning fail, or `warnings` for all
    #[arg(long, value_name = "CODE", action = ArgAction::Append)]
    pub deny: Vec<String>,
    /// Leave this warning out
    #[arg(long, value_name = "CODE", action = ArgAction::Append)]
    pub allow: Vec<String>,
}

impl Reporting {
    /// The format asked for.
    pub fn format(&self) -> MessageFormat {
        if self.json { MessageFormat::Json } else { self.message_format.unwrap_or(MessageFormat::Human) }
    }

    /// Whether the findings go to standard output.
    pub fn is_on_standard_output(&self) -> bool {
        match self.format() {
            MessageFormat::Human | MessageFormat::Short => false,
            MessageFormat::Json | MessageFormat::Sarif | MessageFormat::Github => true,
        }
    }

    /// Which warnings count.
    ///
    /// # Errors
    /// [`Failure::Usage`] as of [`Levels::new`].
    pub fn levels(&self) -> Result<Levels, Failure> {
        Levels::new(self.strict, &self.deny, &self.allow)
    }
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// With source lines, on standard error.
    Human,
    /// One line each, on standard error.
    Short,
    /// One object, on standard output.
    Json,
    /// SARIF 2.1.0, on standard output.
    Sarif,
    /// GitHub workflow commands, on standard output.
    Github,
}

/// `pngine fix`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine fix triangle.pngine\n  pngine fix --dry-run scenes          (every scene in the folder and below)",
    long_about = "Apply the safe fixes of what validate finds.\n\nA fix is safe if the author can have meant nothing else: an old \
                  spelling, a space behind a `#`, `1_000`. They are applied until none is left, in scenes and in the files that they import from their own \
                  folder. Each file is replaced as a whole. What is left to do is printed; the exit code is 1 if there are errors in it."
)]
pub struct Fix {
    /// Sources of scenes; of a folder all `.pngine` files in it and below
    #[arg(value_name = "IN", required = true)]
    pub inputs: Vec<PathBuf>,
    /// Say what would be done, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Directory that all files must lie in [default: the input's directory]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// `pngine inspect`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine inspect triangle.png\n  pngine inspect --commands triangle.pngine\n  pngine inspect --json \
                        triangle.png"
)]
pub struct Inspect {
    /// A scene, payload or PNG, or `-`
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
    /// Print the commands of init and of the first frame
    #[arg(long)]
    pub commands: bool,
    /// Print the bytecode, disassembled
    #[arg(long)]
    pub bytecode: bool,
    /// Print the shaders
    #[arg(long)]
    pub wgsl: bool,
    /// Print the embedded executor as WebAssembly text
    #[arg(long)]
    pub wat: bool,
    /// Directory that all files must lie in [default: the input's directory]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// `pngine extract`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine extract triangle.png -o triangle.pngb\n  pngine extract triangle.png --wgsl\n  pngine extract \
                        triangle.png --executor -o executor.wasm"
)]
pub struct Extract {
    /// A PNG or payload, or `-`
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "F")]
    pub output: Option<PathBuf>,
    /// Replace an existing file even if it is not of the kind that is written; text and data always need it
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub part: ExtractPart,
}

/// What to take out; nothing given means the payload.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct ExtractPart {
    /// The embedded executor
    #[arg(long)]
    pub executor: bool,
    /// The shaders
    #[arg(long)]
    pub wgsl: bool,
    /// The scene's text, if it was built with --source
    #[arg(long)]
    pub source: bool,
    /// The data section
    #[arg(long)]
    pub data: bool,
}

/// `pngine embed`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine embed photo.png triangle.pngb -o triangle.png\n  pngine compile triangle.pngine -o - | pngine embed \
                        photo.png - -o triangle.png"
)]
pub struct Embed {
    /// The picture; all its chunks are kept, an older scene is replaced
    #[arg(value_name = "IMG")]
    pub picture: PathBuf,
    /// The payload, or a PNG that has one, or `-`
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "F")]
    pub output: Option<PathBuf>,
    /// Replace an existing file even if it is not a PNG
    #[arg(long)]
    pub force: bool,
    /// Spend seconds on the smallest DEFLATE
    #[arg(long)]
    pub optimize: bool,
}

/// `pngine render`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine render triangle.pngine -o frame.png --size 800x600 --time 2\n  pngine render boids.png -o out.png \
                        --time 2 --frames 60    (writes out-0001.png to out-0060.png)\n  pngine render boids.png -o boids.gif --size 320x200 --to 4\n  pngine render boids.png -o - --to 10 | ffmpeg -i - boids.mp4\n  pngine render show.png -o frame.png --scene \
                        intro --time 0.5 --set speed=2 --set light.color=1,0.5,0\n  pngine render ripples.pngine -o frame.png --time \
                        1 --pointer 0.3,0.6,down --keys Space --seed 7\n  pngine render flower.pngine -o frame.png --set tint=#ff8800     (a color)\n  pngine render ring.pngine -o frame.png --time 12.5 --audio song.wav"
)]
pub struct Render {
    /// A scene, payload or PNG, or `-`
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// The file to write: a .png, or a film as .apng, .gif or .y4m; `-` is a PNG, or with several frames a y4m
    #[arg(short, long, value_name = "F")]
    pub output: PathBuf,
    /// Replace an existing file even if it is of another kind
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub picture: Picture,
    /// Draw frames up to this time, in seconds, which is not among them
    #[arg(long, value_name = "S", value_parser = parse_time, conflicts_with = "frames")]
    pub to: Option<f64>,
    /// Draw so many frames: a film, or PNGs with numbers
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_FRAMES as i64))]
    pub frames: Option<u32>,
    /// Directory that all files must lie in [default: the input's directory]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// `pngine dev`
#[cfg(feature = "dev")]
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine dev scene.pngine\n  pngine dev scene.pngine --port 8080 --max-size 4096    (with a bar that shows how much of 4 KiB is used)",
    long_about = "Play a scene on a page of this machine, and play it anew whenever a file of it changes.\n\nThe page that the printed address leads to plays the scene, shows \
                  what is wrong with it, and has controls for time, frames and uniforms, which outlive a change. While the source is broken, the last good picture plays on. \
                  Imported scenes, shaders and assets are watched too. Nothing is written to the disk."
)]
pub struct Dev {
    /// A scene's source; payloads and PNGs are played too
    #[arg(value_name = "IN")]
    pub input: PathBuf,
    /// Port to listen at, or 0 for any that is free [default: 4646, or any if that is taken]
    #[arg(long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Listen at this address instead of 127.0.0.1, so that other machines can see the page. Browsers draw only on secure pages: those of their own machine, or over https
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<std::net::IpAddr>,
    /// Show how much of so many bytes the PNG takes
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    pub max_size: Option<u64>,
    /// Directory that all files must lie in [default: the input's directory]
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

/// `pngine new`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine new waves                          (writes waves.pngine)\n  pngine new sparks --template particles\n  pngine new - > scene.pngine"
)]
pub struct New {
    /// What to call it, with or without .pngine, or `-`
    #[arg(value_name = "NAME")]
    pub name: PathBuf,
    /// What to begin with
    #[arg(long, value_name = "T", default_value = "fullscreen")]
    pub template: Template,
}

/// Scenes to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Template {
    /// A shader over the whole canvas.
    Fullscreen,
    /// A shape in space, with a camera, light and depth.
    Mesh,
    /// Particles that a compute shader moves.
    Particles,
    /// Two scenes, one after the other.
    Timeline,
}

/// `pngine completions`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine completions bash > ~/.local/share/bash-completion/completions/pngine\n  pngine completions zsh > ~/.zfunc/_pngine    (a folder of $fpath)\n  pngine \
                  completions fish > ~/.config/fish/completions/pngine.fish"
)]
pub struct Completions {
    /// Which shell
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}

/// `pngine man`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine man | man -l -\n  pngine man -o /usr/local/share/man/man1    (a page for each command too)"
)]
pub struct Man {
    /// Folder to write the pages of all commands to [default: the main page, to standard output]
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}

/// `pngine diff`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  pngine diff before.png after.png\n  pngine diff before.png after.png --tolerance 8 --max-off 0.5 -o where.png\n\nThe exit code is 1 if the pictures \
                  differ by more than that, or in size."
)]
pub struct Diff {
    /// A picture: PNG, JPEG or WebP, or `-`
    #[arg(value_name = "A")]
    pub a: PathBuf,
    /// Another one
    #[arg(value_name = "B")]
    pub b: PathBuf,
    /// How much a channel of a pixel may differ, of 255
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub tolerance: u8,
    /// How many pixels may differ by more, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = parse_percent)]
    pub max_off: f64,
    /// Write a picture of the differences, eight times as strong
    #[arg(short, long, value_name = "F")]
    pub output: Option<PathBuf>,
    /// Replace an existing file even if it is not a PNG
    #[arg(long)]
    pub force: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// `pngine explain`
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  pngine explain E0201\n  pngine explain e007")]
pub struct Explain {
    /// The code
    #[arg(value_name = "CODE")]
    pub code: String,
}

/// A part of a hundred.
fn parse_percent(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| "a number of percent is expected".to_owned())?;
    if (0.0..=100.0).contains(&number) { Ok(number) } else { Err("percent go from 0 to 100".to_owned()) }
}

/// `800x600`: two numbers from 1 to [`MAX_SIZE`].
fn parse_size(text: &str) -> Result<(u32, u32), String> {
    let wrong = || format!("a size is WIDTHxHEIGHT, both from 1 to {MAX_SIZE}: 800x600");
    let (width, height) = text.split_once(['x', 'X']).ok_or_else(wrong)?;
    let parse = |text: &str| text.parse::<u32>().ok().filter(|n| (1..=MAX_SIZE).contains(n)).ok_or_else(wrong);
    Ok((parse(width)?, parse(height)?))
}

/// A uniform and what it is set to.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// Its name.
    pub name: String,
    /// Its numbers.
    pub numbers: Vec<f64>,
    /// Whether they were given as a color without its alpha, which is 1.
    pub is_opaque: bool,
}

/// `color=1,0.5,0` or `color=#ff8000`: a name and finite numbers.
fn parse_set(text: &str) -> Result<Setting, String> {
    let wrong =
        || "a uniform is set with NAME=NUMBERS or NAME=#COLOR: speed=2, light.color=1,0.5,0 or light.color=#ff8000".to_owned();
    let (name, numbers) = text.split_once('=').ok_or_else(wrong)?;
    let name = name.trim().to_owned();
    if name.is_empty() {
        return Err(wrong());
    }
    if let Some(digits) = numbers.trim().strip_prefix('#') {
        let numbers = color(digits).ok_or_else(wrong)?;
        return Ok(Setting { name, is_opaque: numbers.len() == 3, numbers });
    }
    let number = |number: &str| number.trim().parse::<f64>().ok().filter(|number| number.is_finite()).ok_or_else(wrong);
    let numbers = numbers.split(',').map(number).collect::<Result<Vec<_>, _>>()?;
    Ok(Setting { name, numbers, is_opaque: false })
}

/// The numbers, from 0 to 1, of a color in hexadecimal digits, one or two for each of red, green, blue and alpha. Source: CSS Color Module
/// Level 4, section 5.2.
fn color(digits: &str) -> Option<Vec<f64>> {
    let digits = digits.chars().map(|digit| digit.to_digit(16)).collect::<Option<Vec<u32>>>()?;
    let (size, most) = match digits.len() {
        3 | 4 => (1, 15.0),
        6 | 8 => (2, 255.0),
        _ => return None,
    };
    Some(digits.chunks(size).map(|digits| f64::from(digits.iter().fold(0, |number, digit| 16 * number + digit)) / most).collect())
}

/// A finite number of seconds.
fn parse_time(text: &str) -> Result<f64, String> {
    // The executor takes singles.
    text.parse::<f64>()
        .ok()
        .filter(|t| (*t as f32).is_finite())
        .ok_or_else(|| "a time is a finite number of seconds: 1.5".to_owned())
}

/// A rate at which neither a frame nor a sequence of [`MAX_FRAMES`] lasts longer than anybody waits.
fn parse_fps(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.001..=1e6).contains(rate));
    rate.ok_or_else(|| "a rate is a number of frames per second, from 0.001 to 1000000: 30".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        for command in Cli::command().get_subcommands().filter(|command| command.get_name() != "help") {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(help.contains(&format!("pngine {}", command.get_name())), "{}", command.get_name());
        }
    }

    #[test]
    fn sizes_are_two_numbers_in_range() {
        assert_eq!(parse_size("800x600"), Ok((800, 600)));
        for wrong in ["", "800", "800x", "x600", "0x1", "1x0", "8193x1", "-1x1", "1x1x1", "4294967297x1", "1 x1"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn uniforms_are_set_to_finite_numbers() {
        let setting =
            |name: &str, numbers: &[f64], is_opaque| Setting { name: name.to_owned(), numbers: numbers.to_vec(), is_opaque };
        assert_eq!(parse_set("u.a=1,-2.5, 3e2"), Ok(setting("u.a", &[1.0, -2.5, 300.0], false)));
        assert_eq!(parse_set("tint=#f80"), Ok(setting("tint", &[1.0, 8.0 / 15.0, 0.0], true)));
        assert_eq!(parse_set(" tint = #FF8000 "), Ok(setting("tint", &[1.0, 128.0 / 255.0, 0.0], true)));
        assert_eq!(parse_set("tint=#00ff0080"), Ok(setting("tint", &[0.0, 1.0, 0.0, 128.0 / 255.0], false)));
        for wrong in [
            "",
            "a",
            "a=",
            "=1",
            "=#fff",
            "a=1,",
            "a=x",
            "a=inf",
            "a=NaN",
            "a=1;2",
            "a=#",
            "a=#ff",
            "a=#fffff",
            "a=#ggg",
            "a=#ééé",
        ] {
            assert!(parse_set(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn rates_are_positive_and_bounded() {
        assert_eq!(parse_fps("29.97"), Ok(29.97));
        for wrong in ["", "0", "-1", "inf", "NaN", "1e-9", "1e9", "sixty"] {
            assert!(parse_fps(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_finite() {
        assert_eq!(parse_time("1.5"), Ok(1.5));
        for wrong in ["", "inf", "NaN", "1e99", "one"] {
            assert!(parse_time(wrong).is_err(), "{wrong}");
        }
    }
}
