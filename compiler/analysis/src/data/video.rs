//! Videos: the container is recognised by its content; what is in it, the host decodes.

pub use pngine_format::media::Container;

/// The container of a file, if all browsers play it.
///
/// # Errors
/// What it is instead, if that can be told.
pub fn container(bytes: &[u8]) -> Result<Container, Option<&'static str>> {
    match Container::of(bytes) {
        Ok(Container::Ogg) => Err(Some("an Ogg file")),
        other => other,
    }
}
