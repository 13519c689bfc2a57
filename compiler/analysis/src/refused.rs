//! Shaders that were refused, so that a test can ask WebGPU whether that was right. Behind the feature `judge`, which nothing that is
//! shipped enables.

use std::cell::RefCell;

thread_local! {
    /// Texts that were refused since the last compilation on this thread began.
    static REFUSED_SHADERS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// Remembers a text that is refused.
pub(crate) fn note(text: &str) {
    REFUSED_SHADERS.with_borrow_mut(|texts| texts.push(text.to_owned()));
}

/// The texts that were refused on this thread since they were taken last.
pub fn take() -> Vec<String> {
    REFUSED_SHADERS.take()
}
