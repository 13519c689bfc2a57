//! A running scene that gives pixels; without the feature `gpu`, a clear refusal.

#[cfg(not(feature = "gpu"))]
pub use refusal::Stage;

#[cfg(not(feature = "gpu"))]
mod refusal {
    use pngine_compiler::diag::Code;
    use pngine_compiler::program::Program;
    use pngine_host::OwnedPayload;

    use crate::args::Picture;
    use crate::failure::Failure;
    use crate::play;

    /// Has no values: this program cannot draw.
    #[derive(Debug)]
    pub enum Stage {}

    impl Stage {
        /// Refuses.
        ///
        /// # Errors
        /// E0916 for a frame that does not exist, else E0920.
        pub fn open(opened: &OwnedPayload, _: Option<&Program>, picture: &Picture) -> Result<Self, Failure> {
            if let Some(name) = &picture.frame_name {
                play::frame_named(&opened.payload(), name)?;
            }
            Err(Failure::unable(Code::NoGpu, "this pngine was built without GPU support, so it cannot draw")
                .help("build it with the feature `gpu`, which is on by default"))
        }

        /// The pixels of the frame at `time`, four bytes each.
        ///
        /// # Errors
        /// None: there is no such stage.
        pub fn draw(&mut self, _: f32) -> Result<Vec<u8>, Failure> {
            match *self {}
        }
    }
}
