//! Draws a scene as it is, and with changes.

use crate::Place;
use crate::edits::{Command, Edit, canvas_pipelines};
use crate::picture::Picture;
use pngine_format::limits::Budgets;
use pngine_format::op::Kind;
use pngine_format::payload::Payload;
use pngine_format::status::INPUTS;
use pngine_host::{AlphaMode, EndBehavior, Extensions, Phase};
use pngine_native::{CanvasDepth, Experiment, Gpu, PlayError, Player, PlayerOptions};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The times at which a scene is looked at, in seconds: the start, the next frame of a screen, and later.
pub const TIMES: [f64; 4] = [0.0, 1.0 / 60.0, 0.5, 2.0];

/// Most pipelines that are changed one by one. Picked by feel.
const MOST_PIPELINES: usize = 12;

/// What is examined.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// What draws.
    pub gpu: &'a Gpu,
    /// The scene.
    pub payload: &'a Payload<'a>,
    /// The executor, if the payload does not bring its own.
    pub executor: Option<&'a [u8]>,
    /// Width and height of the pictures, in pixels.
    pub size: (u32, u32),
    /// How long the GPU may work on a frame.
    pub budgets: Budgets,
}

/// How a scene is drawn.
#[derive(Clone, Debug)]
pub struct Trial<'a> {
    /// What is changed.
    pub edits: &'a [Edit],
    /// When: each is a frame.
    pub times: &'a [f64],
    /// Whether colours beyond those of a screen are kept.
    pub is_wide: bool,
    /// Whether all uniforms that a page sets are 1.
    pub has_uniforms: bool,
    /// Whether pointer, keys and sound are as if somebody were there.
    pub has_visitor: bool,
    /// Whether every frame does what the first one does.
    pub is_frozen: bool,
}

impl Default for Trial<'_> {
    fn default() -> Self {
        Self { edits: &[], times: &TIMES, is_wide: false, has_uniforms: false, has_visitor: false, is_frozen: false }
    }
}

/// What was drawn.
#[derive(Debug, Default)]
pub struct Run {
    /// A picture for each time.
    pub pictures: Vec<Picture>,
    /// The commands of `init`, as the scene gives them.
    pub init: Vec<Command>,
    /// Those of every frame.
    pub frames: Vec<Vec<Command>>,
}

/// A scene with what is known of it.
pub struct Lab<'a> {
    subject: Subject<'a>,
    /// The scene as it is.
    pub base: Run,
    /// Whether the canvas' alpha counts.
    pub has_alpha: bool,
    /// The names of the uniforms that a page sets.
    pub uniforms: Vec<String>,
    /// Whether the player itself writes the time.
    pub has_input_uniforms: bool,
    /// The end of the timeline in seconds, if its time stands still there.
    pub end: Option<f64>,
    on_canvas: BTreeSet<u16>,
}

impl<'a> Lab<'a> {
    /// Draws the scene as it is.
    ///
    /// # Errors
    /// What it fails with.
    pub fn open(subject: &Subject<'a>) -> Result<Self, PlayError> {
        let extensions = Extensions::read(subject.payload)?;
        let end =
            extensions.animation.as_ref().filter(|animation| matches!(animation.end, EndBehavior::Hold | EndBehavior::Stop));
        let mut lab = Self {
            subject: *subject,
            base: Run::default(),
            has_alpha: extensions.canvas.alpha == AlphaMode::Premultiplied,
            uniforms: Vec::new(),
            has_input_uniforms: false,
            end: end.map(|animation| f64::from(animation.duration) / 1000.0),
            on_canvas: BTreeSet::new(),
        };
        let blocks = extensions.uniforms.iter().flat_map(|block| &block.uniforms);
        lab.has_input_uniforms = blocks.clone().any(|uniform| uniform.input.is_some());
        let (run, uniforms) = lab.play(&Trial::default())?;
        lab.on_canvas = run.frames.iter().flat_map(|frame| canvas_pipelines(&run.init, frame)).collect();
        lab.base = run;
        lab.uniforms = uniforms;
        Ok(lab)
    }

    /// Pixels of a picture.
    pub fn pixels(&self) -> usize {
        self.base.pictures.first().map_or(0, Vec::len)
    }

    /// The commands of the first frame.
    pub fn frame(&self) -> &[Command] {
        self.base.frames.first().map_or(&[], Vec::as_slice)
    }

    /// The pipelines that draw to the canvas.
    pub const fn on_canvas(&self) -> &BTreeSet<u16> {
        &self.on_canvas
    }

    /// Where something was created.
    pub fn place_of(&self, kind: Kind, id: u16) -> Option<Place> {
        let made = self.base.init.iter().find(|command| command.creates == Some((kind, id)))?;
        Some(Place { phase: Phase::Init, index: made.index })
    }

    /// The scene with a change; `None` if the GPU refuses that.
    ///
    /// # Errors
    /// If the GPU does not finish, or is lost.
    pub fn run(&self, trial: &Trial<'_>) -> Result<Option<Run>, PlayError> {
        match self.play(trial) {
            Ok((run, _)) => Ok(Some(run)),
            Err(error @ (PlayError::Stalled { .. } | PlayError::Device(_))) => Err(error),
            Err(_) => Ok(None),
        }
    }

    /// With how many pixels a picture answers to changes; 0 if the GPU refuses them.
    ///
    /// # Errors
    /// As for [`Lab::run`].
    pub fn answer(&self, edits: &[Edit]) -> Result<usize, PlayError> {
        let run = self.run(&Trial { edits, ..Trial::default() })?;
        Ok(run.map_or(0, |run| self.changed(&run)))
    }

    /// How many pixels differ in that picture which differs most.
    pub fn changed(&self, run: &Run) -> usize {
        let pairs = self.base.pictures.iter().zip(&run.pictures);
        pairs.map(|(a, b)| crate::picture::differing(a, b, self.has_alpha)).max().unwrap_or(0)
    }

    /// A change of all pipelines that the picture answers to: with how many pixels, and the one pipeline that does it, if one does.
    ///
    /// # Errors
    /// As for [`Lab::run`].
    pub fn try_pipelines(&self, edit: impl Fn(Option<u16>) -> Edit) -> Result<Option<(usize, Option<u16>)>, PlayError> {
        let all = self.answer(&[edit(None)])?;
        if all == 0 {
            return Ok(None);
        }
        let made = self.base.init.iter().filter_map(|command| match command.creates {
            Some((Kind::Pipeline, id)) => Some(id),
            _ => None,
        });
        let pipelines: Vec<u16> = made.collect();
        if let [one] = pipelines[..] {
            return Ok(Some((all, Some(one))));
        }
        for id in pipelines.into_iter().take(MOST_PIPELINES) {
            if self.answer(&[edit(Some(id))])? > 0 {
                return Ok(Some((all, Some(id))));
            }
        }
        Ok(Some((all, None)))
    }

    /// How many pixels of the canvas draws reach, at most; `None` if that cannot be told.
    ///
    /// # Errors
    /// As for [`Lab::run`].
    pub fn coverage(&self, edits: &[Edit]) -> Result<Option<usize>, PlayError> {
        let edits: Vec<Edit> = edits.iter().copied().chain([Edit::Silhouette]).collect();
        let run = self.run(&Trial { edits: &edits, ..Trial::default() })?;
        let reached = |picture: &Picture| picture.iter().filter(|pixel| pixel[3] < 0.99).count();
        Ok(run.and_then(|run| run.pictures.iter().map(reached).max()))
    }

    fn play(&self, trial: &Trial<'_>) -> Result<(Run, Vec<String>), PlayError> {
        let Subject { gpu, payload, executor, size: (width, height), budgets } = self.subject;
        let seen: Rc<RefCell<Run>> = Rc::default();
        let notes = Rc::clone(&seen);
        let (edits, on_canvas, is_frozen) = (trial.edits.to_vec(), self.on_canvas.clone(), trial.is_frozen);
        let change = move |phase: Phase, commands: &mut Vec<Command>| {
            let mut run = notes.borrow_mut();
            match phase {
                Phase::Init => run.init.clone_from(commands),
                Phase::Frame(_) => {
                    if is_frozen && let Some(first) = run.frames.first() {
                        commands.clone_from(first);
                    }
                    run.frames.push(commands.clone());
                }
            }
            for edit in &edits {
                edit.apply(commands, &on_canvas);
            }
        };
        let canvas = if trial.is_wide { CanvasDepth::Half } else { CanvasDepth::Eight };
        let experiment = Experiment { change: Box::new(change), canvas };
        let options = PlayerOptions { width, height };
        let mut player = Player::with_experiment(gpu, payload, executor, options, budgets, experiment)?;
        let settable: Vec<_> = player.uniforms().into_iter().filter(|uniform| !uniform.is_input).collect();
        if trial.has_uniforms {
            for uniform in &settable {
                // What cannot be set stays as it is.
                let _ = player.set_uniform(&uniform.name, &vec![1.0; uniform.numbers as usize]);
            }
        }
        let mut pictures = Vec::new();
        for time in trial.times {
            if trial.has_visitor {
                visit(player.runner().inputs_mut());
            }
            player.frame(*time)?;
            pictures.push(player.read_colors()?);
        }
        drop(player);
        let mut run = seen.take();
        run.pictures = pictures;
        Ok((run, settable.into_iter().map(|uniform| uniform.name).collect()))
    }
}

/// Fills what a host says of pointer, keys and sound with something.
fn visit(inputs: &mut [u8]) {
    for source in INPUTS.iter().filter(|source| source.filled_by == "host" && source.name != "frameInputs") {
        let start = source.offset as usize;
        let Some(bytes) = inputs.get_mut(start..start + source.size as usize) else { continue };
        for word in bytes.chunks_exact_mut(4) {
            word.copy_from_slice(&0.75f32.to_le_bytes());
        }
    }
}
