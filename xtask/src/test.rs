//! `cargo xtask test`: sets up what the tests need, then runs all of them. Nothing is skipped: what is missing and cannot be set up
//! is an error that says what to install.

use crate::shell::{self, Step};
use std::path::Path;
use std::time::Instant;

/// How many steps there are.
const STEPS: usize = 9;

/// Runs everything.
///
/// # Errors
/// What is missing, or which step failed.
pub fn run() -> Result<(), String> {
    eprintln!("{STEPS} steps build and test everything. The first time, that takes half an hour or more on two cores.");
    let start = Instant::now();
    let chromium = set_up()?;
    let steps: [Step; STEPS] = [
        Step::cargo("formatting", &["fmt", "--all", "--check"]),
        Step::cargo("lints", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
        Step::cargo(
            "builds without std",
            &["build", "-p", "pngine-format", "--no-default-features", "--target", "wasm32-unknown-unknown"],
        ),
        Step::cargo("builds for wasm", &["build", "-p", "pngine-compiler", "--target", "wasm32-unknown-unknown"]),
        Step::cargo("generated files", &["xtask", "codegen", "--check"]),
        Step::cargo("executors", &["xtask", "executors", "--check"]),
        Step::cargo("modules of the examples", &["xtask", "modules", "--check"]),
        // Without a desktop one of Mesa's Vulkan layers complains on standard error for every device; the tests need no choice of device.
        Step::cargo("tests on the CPU and the GPU", &["test", "--workspace", "--all-features"])
            .env("CHROMIUM", &chromium)
            .env("NODEVICE_SELECT", "1"),
        Step::program("the player in a browser", "npm", &["test", "--silent"]).dir("viewers/web").env("CHROMIUM", &chromium),
    ];
    shell::run_all(&steps)?;
    eprintln!("All {STEPS} steps passed in {}.", shell::duration(start.elapsed().as_secs()));
    Ok(())
}

/// Sets up the wasm target, the npm packages, a browser and a Vulkan driver. Gives the browser's path.
fn set_up() -> Result<String, String> {
    let installed = shell::output("rustup", &["target", "list", "--installed"]).unwrap_or_default();
    if !installed.lines().any(|line| line == "wasm32-unknown-unknown") {
        let step = Step::program("the wasm target", "rustup", &["target", "add", "wasm32-unknown-unknown"]);
        shell::run_all(&[step]).map_err(|error| format!("{error}\ninstall it with: rustup target add wasm32-unknown-unknown"))?;
    }
    if shell::output("npm", &["--version"]).is_none() {
        return Err("the tests of the web player need Node.js 20 or newer with npm: https://nodejs.org".to_string());
    }
    if !has_packages() {
        let step = Step::program("npm packages", "npm", &["ci", "--no-audit", "--no-fund"]).dir("viewers/web");
        shell::run_all(&[step])?;
    }
    let missing: Vec<&str> = [("chromium", browser().is_none()), ("mesa-vulkan-drivers", !has_vulkan())]
        .into_iter()
        .filter_map(|(package, missing)| missing.then_some(package))
        .collect();
    if !missing.is_empty() {
        install(&missing)?;
    }
    browser().ok_or_else(|| "no Chromium was found: install it, or name it in the environment variable CHROMIUM".to_string())
}

/// Whether the npm packages are installed, and not older than the list of what they should be.
fn has_packages() -> bool {
    let modified = |path: &str| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    let installed = modified("viewers/web/node_modules/.package-lock.json");
    installed.is_some() && installed >= modified("viewers/web/package-lock.json")
}

/// A browser that speaks WebGPU.
fn browser() -> Option<String> {
    if let Ok(path) = std::env::var("CHROMIUM") {
        return Some(path);
    }
    let known = [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    ];
    known.into_iter().find(|path| Path::new(path).exists()).map(str::to_string)
}

/// Whether there is a Vulkan driver. Other systems bring their graphics along.
fn has_vulkan() -> bool {
    let has_driver = |dir: &str| std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    !cfg!(target_os = "linux") || ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].into_iter().any(has_driver)
}

/// Installs Debian packages, where that is possible.
fn install(packages: &[&str]) -> Result<(), String> {
    let hint = format!("install what is missing and try again: apt-get install {}", packages.join(" "));
    let may =
        shell::output("id", &["-u"]).is_some_and(|id| id.trim() == "0") && shell::output("apt-get", &["--version"]).is_some();
    if !may {
        return Err(hint);
    }
    let update = Step::program("package lists", "apt-get", &["update", "-qq"]);
    let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
    arguments.extend(packages);
    let install = Step::program("system packages", "apt-get", &arguments).env("DEBIAN_FRONTEND", "noninteractive");
    shell::run_all(&[update, install]).map_err(|error| format!("{error}\n{hint}"))
}
