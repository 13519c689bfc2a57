//! Whether a finding is shown where the mistake is.

use crate::mutants::Edit;
use pngine_compiler::diag::Diagnostic;
use pngine_compiler::source::Sources;
use pngine_syntax::load;
use pngine_syntax::tree::Item;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The declarations of a mutant, and which of them have to do with what was changed.
pub struct Declarations {
    /// The changed bytes.
    changed: Vec<Range<usize>>,
    /// Places of the declarations that were changed, that use a changed one, directly or through others, or that one uses.
    related: Vec<Range<usize>>,
    /// Whether a whole declaration is gone.
    is_gone: bool,
}

/// A declaration: its name, the words in it, and where it stands.
struct Declared {
    name: String,
    words: BTreeSet<String>,
    place: Range<usize>,
}

fn declared(sources: &dyn Sources, text: &str) -> Vec<Declared> {
    let loaded = load::load(sources, "scene.pngine", text.as_bytes(), &mut Vec::new());
    let items = loaded.trees.first().map_or(&[][..], |tree| &tree.items);
    let of = |item: &Item| {
        let (name, span) = match item {
            Item::Macro(declared) => {
                (declared.name.as_ref().map_or_else(|| declared.kind.name.clone(), |name| name.name.clone()), declared.span)
            }
            Item::Define { name, span, .. } => (name.name.clone(), *span),
            Item::Import { path, span } => (path.value.clone(), *span),
            Item::Error(span) => (String::new(), *span),
        };
        let place = span.start as usize..span.end as usize;
        let words =
            text[place.clone()].split(|c: char| !c.is_alphanumeric() && c != '_' && c != '-').map(str::to_string).collect();
        Declared { name, words, place }
    };
    items.iter().map(of).collect()
}

fn touch(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start <= b.end && b.start <= a.end
}

impl Declarations {
    /// Of the mutant `after` of the scene `before`.
    pub fn of(sources: &dyn Sources, before: &str, after: &str, edit: &Edit) -> Self {
        let changed = edit.places();
        let (old, new) = (declared(sources, before), declared(sources, after));
        // Names of declarations in which something was changed, as they were and as they are.
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (all, places) in [(&old, edit.changes.iter().map(|(range, _)| range.clone()).collect()), (&new, changed.clone())] {
            let within = |one: &&Declared| places.iter().any(|place: &Range<usize>| touch(place, &one.place));
            names.extend(all.iter().filter(within).map(|one| one.name.clone()));
        }
        let mut uses: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for one in old.iter().chain(&new) {
            let used = old.iter().chain(&new).filter(|other| other.name != one.name && one.words.contains(&other.name));
            uses.entry(&one.name).or_default().extend(used.map(|other| other.name.as_str()));
        }
        let mut related = names.clone();
        let reach = |forward: bool, related: &mut BTreeSet<String>| {
            let mut found = names.clone();
            loop {
                let mut more: Vec<String> = Vec::new();
                for (user, used) in &uses {
                    for other in used {
                        let (from, to) = if forward { (*user, *other) } else { (*other, *user) };
                        if found.contains(from) && !found.contains(to) {
                            more.push(to.to_string());
                        }
                    }
                }
                if more.is_empty() {
                    break;
                }
                found.extend(more);
            }
            related.extend(found);
        };
        reach(true, &mut related);
        reach(false, &mut related);
        // What the device is asked for concerns everything, and nothing names it.
        let is_device = names.contains("device");
        let related = new.iter().filter(|one| is_device || related.contains(&one.name)).map(|one| one.place.clone()).collect();
        let is_gone = changed.iter().all(Range::is_empty) && new.len() < old.len();
        Self { changed, related, is_gone }
    }

    /// Whether a finding is shown where the change is: its place, or one of the places that it says it clashes with, touches the changed
    /// bytes, or lies in a declaration that was changed, that uses such a one, or that such a one uses. A whole declaration that is gone
    /// leaves no place to show.
    pub fn explains(&self, finding: &Diagnostic) -> bool {
        let Some(primary) = &finding.primary else { return self.is_gone };
        if self.is_gone {
            return true;
        }
        let labels = std::iter::once(primary).chain(&finding.secondary).filter(|label| label.span.file.0 == 0);
        labels.map(|label| label.span.start as usize..label.span.end as usize).any(|place| {
            let touches = |one: &Range<usize>| touch(one, &place);
            self.changed.iter().any(touches) || self.related.iter().any(touches)
        })
    }
}
