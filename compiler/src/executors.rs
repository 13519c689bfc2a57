//! The prebuilt executors.
