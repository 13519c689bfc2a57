//! Why a picture is black, stands still, flickers, or has wrong colours, blending or geometry.
//!
//! In go a payload, its executor and a GPU; out come causes, the likeliest first, each with what was seen and what to do. A scene is drawn a few
//! times as it is, and then with single things changed: what the picture answers to is what was wrong. Pictures and commands are judged as plain
//! data ([`picture`], [`mesh`]); only [`lab`] draws. Nothing here knows of sources, or prints.

#![deny(missing_docs)]

pub mod picture;

pub mod mesh;

pub mod edits;

pub mod lab;

mod black;
mod colors;
mod geometry;
mod motion;

pub use lab::Subject;

use lab::Lab;
use pngine_format::op::Op;
use pngine_host::Phase;
use pngine_native::PlayError;

/// What is wrong with a picture, as somebody sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symptom {
    /// Nothing is seen, or the colour of the background alone.
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

impl Symptom {
    /// All of them, with their names.
    pub const ALL: [(&'static str, Self); 6] = [
        ("black", Self::Black),
        ("still", Self::Still),
        ("colors", Self::Colors),
        ("blend", Self::Blend),
        ("flicker", Self::Flicker),
        ("geometry", Self::Geometry),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, symptom)| *symptom == self).map_or("", |(name, _)| name)
    }
}

/// The causes that there are, by the symptom that they are a cause of.
pub const CAUSES: &[(Symptom, &[&str])] = &[
    (
        Symptom::Black,
        &[
            "no-canvas-pass",
            "no-draw",
            "draw-of-nothing",
            "cleared-later",
            "culled",
            "depth-fails",
            "stencil-fails",
            "blended-away",
            "scissored",
            "several",
            "no-area",
            "outside-clip",
            "not-a-number",
            "alpha-zero",
            "below-zero",
            "too-dark",
            "uniforms-zero",
            "waits-for-visitor",
            "reads-zeros",
            "black-shader",
        ],
    ),
    (
        Symptom::Still,
        &[
            "no-input",
            "input-once",
            "input-unread",
            "input-ignored",
            "too-slow",
            "timeline-over",
            "waits-for-visitor",
            "memory-settled",
        ],
    ),
    (Symptom::Colors, &["not-a-number", "too-bright", "below-zero", "too-dark", "srgb-texture"]),
    (Symptom::Blend, &["blend-without-effect", "blended-away", "blended-depth", "not-premultiplied", "sum-too-bright"]),
    (Symptom::Flicker, &["race", "pools-alternate", "counter-read", "memory-alternates"]),
    (
        Symptom::Geometry,
        &["index-out-of-range", "wild-positions", "no-area", "mixed-winding", "stride-misfit", "culled", "outside-clip"],
    ),
];

/// How sure a cause is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Likelihood {
    /// An experiment or the commands show it.
    Certain,
    /// It explains what is seen, and something else may as well.
    Likely,
    /// It is worth a look.
    Possible,
}

impl Likelihood {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Possible => "possible",
        }
    }
}

/// A command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Of `init`, or of the first frame.
    pub phase: Phase,
    /// Its position in the command buffer, from 0.
    pub index: u32,
}

/// Why a picture is as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// Its name, which stays the same: `culled`.
    pub kind: &'static str,
    /// How sure it is.
    pub likelihood: Likelihood,
    /// What was seen, in a sentence.
    pub evidence: String,
    /// What to do.
    pub fix: String,
    /// The command at fault, if one is known.
    pub place: Option<Place>,
}

impl Cause {
    fn new(kind: &'static str, likelihood: Likelihood, evidence: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { kind, likelihood, evidence: evidence.into(), fix: fix.into(), place: None }
    }

    fn at(mut self, place: Option<Place>) -> Self {
        self.place = place;
        self
    }
}

/// What an examination found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was asked for.
    pub symptom: Symptom,
    /// What the pictures show, in a sentence.
    pub seen: String,
    /// The causes, the likeliest first; none if the symptom is not there.
    pub causes: Vec<Cause>,
    /// The first command of the first frame with its first operand: with a timeline it names the scene, and places count it.
    pub first: Option<(Op, u32)>,
}

/// Looks for the causes of a symptom.
///
/// # Errors
/// What the scene itself fails with. An experiment that the GPU refuses tells nothing, and is no error; one that it does not finish is.
pub fn examine(subject: &Subject<'_>, symptom: Symptom) -> Result<Report, PlayError> {
    let lab = Lab::open(subject)?;
    let (seen, mut causes) = match symptom {
        Symptom::Black => black::black(&lab)?,
        Symptom::Still => motion::still(&lab)?,
        Symptom::Flicker => motion::flicker(&lab)?,
        Symptom::Colors => colors::colors(&lab)?,
        Symptom::Blend => colors::blend(&lab)?,
        Symptom::Geometry => geometry::geometry(&lab)?,
    };
    // Equal ones stay in the order in which they were found.
    causes.sort_by_key(|cause| cause.likelihood);
    let first = lab.frame().first().map(|command| (command.op, command.operands[0]));
    Ok(Report { symptom, seen, causes, first })
}
