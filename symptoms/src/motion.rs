//! Why nothing moves, and why frames alternate.

use crate::edits::Command;
use crate::lab::{Lab, TIMES, Trial};
use crate::picture::{differing, is_black, percent, period};
use crate::{Cause, Likelihood};
use pngine_format::op::{Kind, Op};
use pngine_native::PlayError;
use std::collections::BTreeSet;

/// What was seen, and why.
type Found = Result<(String, Vec<Cause>), PlayError>;

/// Times of a run that starts late.
const LATER: [f64; 4] = [7.0, 7.25, 7.5, 9.0];

/// Times far apart.
const FAR: [f64; 4] = [0.0, 60.0, 600.0, 3600.0];

/// Frames that are drawn at one time to see whether they alternate.
const STEADY: [f64; 13] = [0.5; 13];

/// The buffers that a frame writes, and the bytes.
fn writes(frame: &[Command]) -> Vec<(u16, u32, &[u8])> {
    let writes = frame.iter().filter(|command| command.op == Op::WriteBuffer);
    writes.map(|command| (command.operands[0] as u16, command.operands[1], &command.bytes[0][..])).collect()
}

/// The buffers into which two frames write different bytes.
fn changing(a: &[Command], b: &[Command]) -> BTreeSet<u16> {
    let (a, b) = (writes(a), writes(b));
    a.iter().filter(|write| !b.contains(write)).map(|(buffer, ..)| *buffer).collect()
}

/// Whether any frame binds a buffer, or takes vertices, indices or counts from it.
fn is_bound(lab: &Lab<'_>, buffer: u16) -> bool {
    let used = |command: &Command| {
        command.refs.contains(&(Kind::Buffer, buffer))
            && !matches!(command.op, Op::WriteBuffer | Op::CreateBuffer | Op::CreateBufferDesc)
    };
    lab.base.init.iter().chain(lab.base.frames.iter().flatten()).any(used)
}

pub fn still(lab: &Lab<'_>) -> Found {
    let pictures = &lab.base.pictures;
    let moved =
        pictures.iter().skip(1).map(|picture| pictures.first().map_or(0, |first| differing(first, picture, lab.has_alpha)));
    let moved = moved.max().unwrap_or(0);
    if moved > 0 {
        return Ok((format!("up to {} of the pixels change within 2 seconds", percent(moved, lab.pixels())), Vec::new()));
    }
    let mut seen = format!("the pictures at {}, {:.3}, {} and {} s are the same", TIMES[0], TIMES[1], TIMES[2], TIMES[3]);
    if pictures.iter().all(|picture| is_black(picture, lab.has_alpha)) {
        seen.push_str(" and black: look for that first, with `--symptom black`");
    }
    let frames = &lab.base.frames;
    let [second, last] = [frames.get(1), frames.last()].map(|frame| frame.map_or(&[][..], Vec::as_slice));
    let moving = changing(last, second);
    let late = lab.run(&Trial { times: &LATER, ..Trial::default() })?;
    let once: BTreeSet<u16> = late.as_ref().map_or_else(BTreeSet::new, |late| {
        changing(lab.frame(), late.frames.first().map_or(&[], Vec::as_slice)).difference(&moving).copied().collect()
    });
    let name = |buffer: &u16| lab.place_of(Kind::Buffer, *buffer);
    let mut causes = Vec::new();
    if let Some(buffer) = once.first().filter(|_| moving.is_empty()) {
        let evidence = "the first frame writes a time, and no later one does";
        let fix = "`init` performs the `#queue` that writes the input: move it to `perform` of the `#frame`";
        causes.push(Cause::new("input-once", Likelihood::Certain, evidence, fix).at(name(buffer)));
    }
    let unbound: Vec<&u16> = moving.iter().filter(|buffer| !is_bound(lab, **buffer)).collect();
    for buffer in &unbound {
        let evidence = "a buffer gets other bytes in every frame, and nothing binds it";
        let fix = "bind it in the `#bindGroup` of the pipeline that should move";
        causes.push(Cause::new("input-unread", Likelihood::Certain, evidence, fix).at(name(buffer)));
    }
    if let Some(end) = lab.end.filter(|end| *end < 0.5) {
        let evidence = format!("the timeline ends after {end} s, and its time stands still from there on");
        causes.push(Cause::new(
            "timeline-over",
            Likelihood::Certain,
            evidence,
            "make `duration` longer, or write `endBehavior=loop`",
        ));
    }
    if let Some(run) = lab.run(&Trial { has_visitor: true, ..Trial::default() })?
        && lab.changed(&run) > 0
    {
        let evidence =
            format!("with a pointer, keys and sound, {} of the pixels change", percent(lab.changed(&run), lab.pixels()));
        causes.push(Cause::new(
            "waits-for-visitor",
            Likelihood::Certain,
            evidence,
            "the scene answers to a visitor alone: add the time",
        ));
    }
    if moving.len() > unbound.len() || lab.has_input_uniforms {
        let far = lab.run(&Trial { times: &FAR, ..Trial::default() })?;
        let changed = far.map_or(0, |run| lab.changed(&run));
        let place = moving.iter().find(|buffer| !unbound.contains(buffer)).and_then(name);
        causes.push(if changed > 0 {
            let evidence = format!("within an hour {} of the pixels change", percent(changed, lab.pixels()));
            Cause::new("too-slow", Likelihood::Certain, evidence, "times are in seconds: multiply it").at(place)
        } else {
            let evidence = "the time is written and bound, and the picture does not answer to it, not even after an hour";
            let fix = "no shader uses the member that changes, or what it moves is not seen: `fract(time)` as a colour shows it";
            Cause::new("input-ignored", Likelihood::Likely, evidence, fix).at(place)
        });
    }
    if frames.iter().flatten().any(|command| matches!(command.op, Op::Dispatch | Op::DispatchDesc | Op::DispatchIndirect)) {
        let evidence = "compute passes run in every frame, and the picture stays the same";
        let fix = "see that what they write is what is drawn: the other member of a pool, a count of workgroups that covers all, a seed that lives";
        causes.push(Cause::new("memory-settled", Likelihood::Likely, evidence, fix));
    }
    if causes.is_empty() {
        let evidence = "no frame writes anything that changes with the time";
        let fix = "add `#queue clock { writeBuffer={ buffer=… data=pngineInputs } }`, perform it in every frame, and bind the buffer; a picture \
                   that is meant to stand still needs nothing";
        causes.push(Cause::new("no-input", Likelihood::Certain, evidence, fix));
    }
    Ok((seen, causes))
}

pub fn flicker(lab: &Lab<'_>) -> Found {
    let trial = Trial { times: &STEADY, ..Trial::default() };
    let Some(run) = lab.run(&trial)? else { return Ok(("frames cannot be drawn again".to_owned(), Vec::new())) };
    // What comes first may be another picture: a memory is filled.
    let pictures = run.pictures.get(3..).unwrap_or_default();
    let mut causes = Vec::new();
    let Some(again) = lab.run(&trial)? else { return Ok(("frames cannot be drawn again".to_owned(), Vec::new())) };
    let differs = run.pictures.iter().zip(&again.pictures).map(|(a, b)| differing(a, b, lab.has_alpha)).max().unwrap_or(0);
    if differs * 1000 > lab.pixels() {
        let evidence = format!("two runs of the same frames differ in {} of the pixels", percent(differs, lab.pixels()));
        let fix = "invocations of a shader read what others write at the same time: use two members of a pool, or atomics";
        causes.push(Cause::new("race", Likelihood::Certain, evidence, fix));
    }
    let Some(period) = period(pictures, lab.has_alpha) else {
        let seen =
            if causes.is_empty() { "frames at one time do not alternate" } else { "the same frames are not the same twice" };
        return Ok((seen.to_owned(), causes));
    };
    let seen = format!("at one and the same time, pictures alternate: each comes again after {period} frames");
    let frozen = lab.run(&Trial { times: &STEADY, is_frozen: true, ..Trial::default() })?;
    let rests = frozen.is_some_and(|run| {
        let pictures = run.pictures.get(3..).unwrap_or_default();
        crate::picture::period(pictures, lab.has_alpha).is_none()
    });
    let (a, b) = (run.frames.get(4), run.frames.get(5));
    let refs = |frame: Option<&Vec<Command>>| frame.into_iter().flatten().map(|command| command.refs.clone()).collect::<Vec<_>>();
    if refs(a) != refs(b) {
        let evidence = format!(
            "frames take the members of pools in turn{}",
            if rests { ", and with those of the first frame alone nothing alternates" } else { "" }
        );
        let turned = a.into_iter().flatten().zip(b.into_iter().flatten()).find(|(a, b)| a.refs != b.refs);
        let place = turned.and_then(|(command, _)| command.refs.first()).and_then(|(kind, id)| lab.place_of(*kind, *id));
        let fix = "see that every member is written before it is read: `pingPong` of the write, of the read and of the attachment; a write without \
                   `pingPong` goes to the first member only";
        let likelihood = if rests { Likelihood::Certain } else { Likelihood::Likely };
        causes.push(Cause::new("pools-alternate", likelihood, evidence, fix).at(place));
    } else if rests {
        let evidence = "what frames write alternates, though the time stands still: they read the frame counter";
        causes.push(Cause::new("counter-read", Likelihood::Likely, evidence, "use the time instead of `frame` of `frameInputs`"));
    } else {
        let evidence = "every frame does the same, and the pictures alternate: a frame turns over what the one before left";
        let fix = "two passes read and write one texture or buffer in turn: look at what is read before it is written";
        causes.push(Cause::new("memory-alternates", Likelihood::Likely, evidence, fix));
    }
    Ok((seen, causes))
}
