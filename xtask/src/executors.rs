//! The prebuilt executors: one WebAssembly module per plugin set, built from `runtime-wasm`.
//!
//! The way of each: rustc, then [`module::strip`], then `wasm-opt` of the npm package binaryen (pinned in `executors/tools`), then
//! [`module::tighten`], then the rules of [`rules::check`].

mod module;
mod rules;

use flate2::{Compression, write::DeflateEncoder};
use pngine_format::png::crc32;
use pngine_format::status::Plugins;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// What rustc gets besides the cargo profile `executor`: core 1.0 and bulk memory, so that every engine runs it.
const RUSTC_FLAGS: &[&str] = &["-Ctarget-cpu=mvp", "-Ctarget-feature=+bulk-memory"];

/// What the linker gets: no stack in memory, and statics from address 16 on (0 would be a null pointer), so that their addresses
/// take one byte.
const LINK_FLAGS: &[&str] =
    &["-Clink-arg=-zstack-size=0", "-Clink-arg=--no-stack-first", "-Clink-arg=--global-base=16", "-Cstrip=symbols"];

/// What `wasm-opt` gets. The memory is the module's own, so it starts zeroed.
const OPTIMIZER_FLAGS: &[&str] = &[
    "--mvp-features",
    "--enable-bulk-memory",
    "-Oz",
    "--converge",
    "--zero-filled-memory",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// `executors/BUILD.json`: how the modules were made, and what they are.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Build {
    rustc: String,
    binaryen: String,
    rustc_flags: Vec<String>,
    optimizer_flags: Vec<String>,
    executors: Vec<Variant>,
}

/// One module.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Variant {
    file: String,
    plugins: Vec<String>,
    /// Size in bytes.
    size: usize,
    /// Size as a raw DEFLATE stream of level 9.
    deflated: usize,
    /// CRC-32 as in PNG, in hexadecimal.
    crc32: String,
}

/// Every plugin set with core, in the order of its bits.
pub fn sets() -> impl Iterator<Item = Plugins> {
    (0..=Plugins::ALL.0).map(Plugins).filter(|set| set.contains(Plugins::CORE))
}

/// Builds all executors and writes them and BUILD.json; or, if `check` is set, compares them with what is there.
///
/// # Errors
/// A tool that is missing or fails, a module that breaks a rule, or, when checking, a file that is not what the same compiler makes.
/// With another compiler than the committed files' only the rules are checked, and a line says so.
pub fn run(check: bool) -> Result<(), String> {
    let root = root();
    let rustc = output(Command::new("rustc").arg("--version"))?;
    let committed = read_build(&root);
    if check {
        check_committed(&root)?;
        let made_with = committed.as_ref().map_err(Clone::clone)?.rustc.clone();
        if made_with != rustc {
            println!(
                "executors/ was built with {made_with}, this is {rustc}: not compared byte for byte, only the rules were checked"
            );
            return Ok(());
        }
    }

    require_target()?;
    let optimizer = require_optimizer(&root)?;
    let binaryen = output(Command::new("node").arg(&optimizer).arg("--version"))?;
    let mut build = Build {
        rustc,
        binaryen,
        rustc_flags: RUSTC_FLAGS.iter().chain(LINK_FLAGS).map(ToString::to_string).collect(),
        optimizer_flags: OPTIMIZER_FLAGS.iter().map(ToString::to_string).collect(),
        executors: Vec::new(),
    };
    let mut modules = Vec::new();
    for set in sets() {
        let module = build_one(&root, set)?;
        rules::check(&module, set).map_err(|problem| format!("{}: {problem}", set.file_stem()))?;
        let variant = describe(&module, set)?;
        println!("{:5} bytes, {:4} deflated  {}", variant.size, variant.deflated, variant.file);
        build.executors.push(variant);
        modules.push(module);
    }
    let json = serde_json::to_string_pretty(&build).map_err(|error| error.to_string())? + "\n";

    if !check {
        for (variant, module) in build.executors.iter().zip(&modules) {
            let path = root.join("executors").join(&variant.file);
            std::fs::write(&path, module).map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
        let path = root.join("executors/BUILD.json");
        return std::fs::write(&path, json).map_err(|error| format!("cannot write {}: {error}", path.display()));
    }
    let stale: Vec<_> = build
        .executors
        .iter()
        .zip(&modules)
        .filter(|(variant, module)| std::fs::read(root.join("executors").join(&variant.file)).ok().as_ref() != Some(module))
        .map(|(variant, _)| variant.file.as_str())
        .collect();
    if !stale.is_empty() {
        return Err(format!(
            "not what this compiler makes: {}; run `cargo xtask executors` and commit the result",
            stale.join(", ")
        ));
    }
    if committed.as_ref() != Ok(&build) {
        return Err("executors/BUILD.json is out of date; run `cargo xtask executors` and commit the result".to_owned());
    }
    println!("executors/ is what this compiler makes, byte for byte");
    Ok(())
}

/// Checks the committed modules by [`rules::check`] and against BUILD.json, without building anything.
fn check_committed(root: &Path) -> Result<(), String> {
    let build = read_build(root)?;
    let mut variants = build.executors.iter();
    for set in sets() {
        let file = file_name(set);
        let path = root.join("executors").join(&file);
        let module = std::fs::read(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        rules::check(&module, set).map_err(|problem| format!("{file}: {problem}"))?;
        if variants.next() != Some(&describe(&module, set)?) {
            return Err(format!("{file} is not the one that executors/BUILD.json describes"));
        }
    }
    if variants.next().is_some() {
        return Err("executors/BUILD.json describes more executors than there are plugin sets".to_owned());
    }
    Ok(())
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn file_name(set: Plugins) -> String {
    set.file_stem() + ".wasm"
}

fn read_build(root: &Path) -> Result<Build, String> {
    let text = std::fs::read_to_string(root.join("executors/BUILD.json"))
        .map_err(|error| format!("cannot read executors/BUILD.json: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("executors/BUILD.json: {error}"))
}

fn describe(module: &[u8], set: Plugins) -> Result<Variant, String> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
    let deflated = encoder.write_all(module).and_then(|()| encoder.finish()).map_err(|error| error.to_string())?.len();
    Ok(Variant {
        file: file_name(set),
        plugins: set.names().map(str::to_owned).collect(),
        size: module.len(),
        deflated,
        crc32: format!("{:08x}", crc32(&[module])),
    })
}

/// Installs the WebAssembly target of the current toolchain if it is missing.
fn require_target() -> Result<(), String> {
    let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(&sysroot).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    output(Command::new("rustup").args(["target", "add", TARGET]))
        .map(drop)
        .map_err(|error| format!("the Rust target {TARGET} is missing and could not be installed: {error}"))
}

/// The script `wasm-opt` of the pinned binaryen, installed if it is missing.
fn require_optimizer(root: &Path) -> Result<PathBuf, String> {
    let tools = root.join("executors/tools");
    let script = tools.join("node_modules/binaryen/bin/wasm-opt");
    if !script.is_file() {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        output(Command::new(npm).arg("ci").current_dir(&tools))
            .map_err(|error| format!("binaryen could not be installed with `npm ci` in executors/tools: {error}"))?;
    }
    Ok(script)
}

/// Whether this compiler is the one that made the committed modules.
pub(crate) fn is_same_compiler(root: &Path) -> Result<bool, String> {
    Ok(read_build(root)?.rustc == output(Command::new("rustc").arg("--version"))?)
}

fn build_one(root: &Path, set: Plugins) -> Result<Vec<u8>, String> {
    let features: Vec<_> = set.names().filter(|name| *name != "core").collect();
    let module = build(root, "pngine-runtime", &features, LINK_FLAGS, &module::strip)?;
    module::tighten(&module)
}

/// What is done with the linker's module before it is optimized.
type Prepare<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>, String>;

/// Builds a package as a WebAssembly module, lets `prepare` change what the linker made, and optimizes the result.
///
/// # Errors
/// A tool that is missing or fails.
pub(crate) fn build(
    root: &Path,
    package: &str,
    features: &[&str],
    link_flags: &[&str],
    prepare: Prepare<'_>,
) -> Result<Vec<u8>, String> {
    require_target()?;
    let optimizer = require_optimizer(root)?;
    let work = root.join("target/executors");
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    output(
        Command::new(cargo)
            .current_dir(root)
            .args(["rustc", "--quiet", "--locked", "--package", package, "--lib", "--crate-type=cdylib"])
            .args(["--profile=executor", "--target", TARGET, "--no-default-features", "--features"])
            .arg(features.join(","))
            .arg("--target-dir")
            .arg(&work)
            .arg("--")
            .args(link_flags)
            // Nothing from outside may change the result.
            .env_remove("RUSTFLAGS")
            .env("CARGO_ENCODED_RUSTFLAGS", RUSTC_FLAGS.join("\x1f")),
    )?;
    let built = work.join(TARGET).join("executor").join(package.replace('-', "_") + ".wasm");
    let module = std::fs::read(&built).map_err(|error| format!("cannot read {}: {error}", built.display()))?;
    let [before, after] = ["prepared.wasm", "optimized.wasm"].map(|name| work.join(name));
    std::fs::write(&before, prepare(&module)?).map_err(|error| format!("cannot write {}: {error}", before.display()))?;
    output(Command::new("node").arg(optimizer).args(OPTIMIZER_FLAGS).arg(&before).arg("-o").arg(&after))?;
    std::fs::read(&after).map_err(|error| format!("cannot read {}: {error}", after.display()))
}

/// Runs a command to its end: what it wrote to standard output, or what it wrote to standard error.
fn output(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("cannot run {name}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{name} failed: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_an_executor_for_every_plugin_set() {
        let stems: Vec<_> = sets().map(Plugins::file_stem).collect();
        assert_eq!(stems.len(), 32);
        assert_eq!((stems[0].as_str(), stems[3].as_str()), ("core", "core-render-compute"));
    }

    #[test]
    fn the_committed_executors_keep_the_rules_and_are_those_of_build_json() {
        check_committed(&root()).unwrap();
    }
}
