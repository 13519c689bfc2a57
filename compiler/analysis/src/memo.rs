//! What is remembered from one analysis to the next: answers that are dear, and the same for the same question.
//!
//! Nothing here changes an answer. Texts are judged, read and decoded again when one of them differs; what only moved in its file, because
//! something in front of it was edited, is found where it stands now.

use crate::limits::KEPT_FOR;
use pngine_scene::{Bytes, Size};
use pngine_source::diag::Diagnostic;
use pngine_source::source::FileId;
use pngine_syntax::tree::File;
use pngine_wgsl::assemble::{OriginMap, Text};
use pngine_wgsl::device::Device;
use pngine_wgsl::reflect::Module;
use pngine_wgsl::validate::{self, Environment};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What analyses remember. One that lives through many of them makes all but the first short.
#[derive(Default)]
pub struct Memo {
    verdicts: RefCell<BTreeMap<Asked, Kept<Judgement>>>,
    trees: RefCell<BTreeMap<Parsed, Kept<Tree>>>,
    images: RefCell<BTreeMap<Bytes, Kept<Size>>>,
    /// How many analyses there were.
    analyses: Cell<u64>,
    /// How much work the making of data was in the last one.
    steps: Cell<u64>,
    judged: Cell<u64>,
}

/// An answer, and the last analysis that asked for it.
struct Kept<T> {
    answer: T,
    asked: u64,
}

/// A text, the names that it may take for declared, and what is asked of the device.
type Asked = (String, BTreeSet<String>, String);

/// A file, and its text.
type Parsed = (FileId, Arc<str>);

/// A file's tree, and what is wrong with its text and syntax.
type Tree = (Arc<File>, Vec<Diagnostic>);

/// A module, if nothing is wrong with it, and the findings about it.
pub type Verdict = (Option<Module>, Vec<Diagnostic>);

/// A verdict, and where everything stood when it was environment.
struct Judgement {
    verdict: Verdict,
    map: OriginMap,
    /// What was asked of the device, and where: findings point there.
    device: String,
}

impl Judgement {
    /// The verdict about the same text where it stands now; `None` if it names places that cannot be found again.
    fn moved_to(&self, map: &OriginMap, device: &Device) -> Option<Verdict> {
        if !self.verdict.1.is_empty() && self.device != format!("{device:?}") {
            return None;
        }
        let moved = self.map.moved_to(map)?;
        let (mut module, mut findings) = self.verdict.clone();
        if moved.is_same() {
            return Some((module, findings));
        }
        for span in module.iter_mut().flat_map(Module::spans_mut).chain(findings.iter_mut().flat_map(Diagnostic::spans_mut)) {
            *span = moved.apply(*span)?;
        }
        Some((module, findings))
    }
}

impl Memo {
    /// Begins an analysis, and forgets what none of the last ones asked for.
    pub fn begin(&self) {
        let now = self.analyses.get() + 1;
        self.analyses.set(now);
        self.steps.set(0);
        let is_kept = |asked: u64| asked + KEPT_FOR >= now;
        self.verdicts.borrow_mut().retain(|_, kept| is_kept(kept.asked));
        self.trees.borrow_mut().retain(|_, kept| is_kept(kept.asked));
        self.images.borrow_mut().retain(|_, kept| is_kept(kept.asked));
    }

    /// Notes work: steps, each of some nanoseconds.
    pub fn spend(&self, steps: u64) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// How many steps were noted since the analysis began.
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// How many shaders were judged in all, those left out that were remembered.
    pub fn judged(&self) -> u64 {
        self.judged.get()
    }

    /// What is in a shader's text, and what is wrong with it.
    pub fn judge(&self, text: &Text, environment: &Environment) -> Verdict {
        let asked = self.analyses.get();
        let key = (text.text.clone(), environment.missing.clone(), environment.device.asked());
        if let Some(kept) = self.verdicts.borrow_mut().get_mut(&key)
            && let Some(verdict) = kept.answer.moved_to(&text.map, &environment.device)
        {
            kept.asked = asked;
            return verdict;
        }
        self.judged.set(self.judged.get() + 1);
        let mut findings = Vec::new();
        let module = validate::check(text, environment, &mut findings);
        let verdict = (module, findings);
        let answer = Judgement { verdict: verdict.clone(), map: text.map.clone(), device: format!("{:?}", environment.device) };
        self.verdicts.borrow_mut().insert(key, Kept { answer, asked });
        verdict
    }

    /// The tree of a file, and what is wrong with its text and syntax.
    pub fn tree(&self, file: FileId, text: &str) -> Tree {
        let asked = self.analyses.get();
        let key = (file, Arc::from(text));
        if let Some(kept) = self.trees.borrow_mut().get_mut(&key) {
            kept.asked = asked;
            return kept.answer.clone();
        }
        let mut findings = Vec::new();
        let tree = Arc::new(pngine_syntax::parse::parse(file, text, &mut findings));
        self.trees.borrow_mut().insert(key, Kept { answer: (tree.clone(), findings.clone()), asked });
        (tree, findings)
    }

    /// The size of an image, if it is known that hosts decode it and if it has at most `most` pixels.
    pub fn image(&self, bytes: &Bytes, most: u64) -> Option<Size> {
        let mut images = self.images.borrow_mut();
        let kept = images.get_mut(bytes).filter(|kept| u64::from(kept.answer.0) * u64::from(kept.answer.1) <= most)?;
        kept.asked = self.analyses.get();
        Some(kept.answer)
    }

    /// Remembers the size of an image that hosts decode.
    pub fn keep_image(&self, bytes: &Bytes, size: Size) {
        self.images.borrow_mut().insert(bytes.clone(), Kept { answer: size, asked: self.analyses.get() });
    }
}
