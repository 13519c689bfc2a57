//! What the environment is told before anything reads it.

use std::ffi::OsStr;

/// The folder of a session, in which a Wayland display would be.
const RUNTIME_FOLDER: &str = "XDG_RUNTIME_DIR";

/// A folder that is not there.
const NOWHERE: &str = "/nonexistent";

/// Keeps Mesa from complaining on standard error.
///
/// One of its Vulkan layers asks every display which GPU it uses. Where `XDG_RUNTIME_DIR` is not an absolute path, as in containers, over
/// ssh and in continuous integration, Wayland's library then prints two lines that begin with `error:`, of which nothing follows. With a
/// folder that is not there it finds no display either, and says nothing. The layer stays on: it is what heeds `MESA_VK_DEVICE_SELECT`.
///
/// Has to be called at the start of `main`, before there is a second thread.
#[expect(unsafe_code, reason = "there is no safe way to set a variable of the own process, and a second process costs more")]
pub fn quiet_drivers() {
    if cfg!(unix) && !is_runtime_folder(std::env::var_os(RUNTIME_FOLDER).as_deref()) {
        // SAFETY: no other thread reads or writes the environment meanwhile, as there is none: `main` calls this before all else.
        unsafe { std::env::set_var(RUNTIME_FOLDER, NOWHERE) };
    }
}

/// Whether Wayland's library takes it for a folder in which to look for a display. Source: `connect_to_socket` of libwayland 1.24.
fn is_runtime_folder(value: Option<&OsStr>) -> bool {
    value.is_some_and(|folder| folder.as_encoded_bytes().starts_with(b"/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_a_session_has_is_left_alone() {
        for (value, expected) in [(None, false), (Some(""), false), (Some("run"), false), (Some("/run/user/1000"), true)] {
            assert_eq!(is_runtime_folder(value.map(OsStr::new)), expected, "{value:?}");
        }
        assert!(is_runtime_folder(Some(OsStr::new(NOWHERE))));
    }
}
