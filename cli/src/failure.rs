//! How a command ends.

use pngine_compiler::diag::{Code, Diagnostic};
use pngine_compiler::source::SourceMap;

/// Exit codes. Source: cli.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// The input has errors.
    Errors = 1,
    /// Wrong usage.
    Usage = 2,
    /// The tool could not do it: file, GPU or environment.
    Unable = 3,
}

/// Why a command stopped.
#[derive(Debug)]
pub enum Failure {
    /// The command line makes no sense; what is wrong with it.
    Usage(String),
    /// Findings, to be printed, with what they point to.
    Findings {
        /// The exit code.
        exit: Exit,
        /// The files of the findings.
        sources: SourceMap,
        /// What was found, at least one error.
        diagnostics: Vec<Diagnostic>,
    },
    /// Whoever read our output has gone away.
    ClosedPipe,
}

impl Failure {
    /// A finding about an input, without a place in a source.
    #[cold]
    pub fn input(code: Code, message: impl Into<String>) -> Self {
        Self::one(Exit::Errors, Diagnostic::global(code, message))
    }

    /// Something in the way: a file, the GPU or the environment.
    #[cold]
    pub fn unable(code: Code, message: impl Into<String>) -> Self {
        Self::one(Exit::Unable, Diagnostic::global(code, message))
    }

    /// One finding without a source.
    #[cold]
    pub fn one(exit: Exit, diagnostic: Diagnostic) -> Self {
        Self::Findings { exit, sources: SourceMap::default(), diagnostics: vec![diagnostic] }
    }

    /// Adds what to do about it to the finding, if it is one.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        if let Self::Findings { diagnostics, .. } = &mut self
            && let Some(diagnostic) = diagnostics.first_mut()
        {
            diagnostic.help = Some(help.into());
        }
        self
    }

    /// Says which files the places of the findings are in.
    pub fn in_sources(mut self, files: &SourceMap) -> Self {
        if let Self::Findings { sources, .. } = &mut self {
            sources.clone_from(files);
        }
        self
    }
}
