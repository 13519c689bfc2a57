//! A browser, through `viewers/web/test/judge.mjs`.

use crate::{CANVAS, Verdict, schedule};
use pngine_compiler::Program;
use pngine_compiler::pack::{self, Embed};
use serde::Deserialize;
use std::borrow::Borrow;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A headless Chromium with the web player. It ends with this.
///
/// Many programs are played in one page, each on a canvas and a device of its own. A page that hangs or loses its GPU is closed together
/// with its browser, and what was played on it is played once more, alone; if that fails too, it is not judged.
#[derive(Debug)]
pub struct Chromium {
    node: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    folder: tempfile::TempDir,
}

/// A line of `judge.mjs`.
#[derive(Deserialize)]
struct Answer {
    id: usize,
    host: Vec<String>,
    gpu: Vec<String>,
    unjudged: Option<String>,
}

impl Chromium {
    /// Starts Node.js, which starts the browser. The environment variable `CHROMIUM` names another one than `/usr/bin/chromium`.
    ///
    /// # Errors
    /// Where there is no Node.js. What is wrong with the browser shows when something is to be judged.
    pub fn start() -> Result<Self, String> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../viewers/web/test/judge.mjs");
        let mut command = Command::new("node");
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut node = command.spawn().map_err(|error| format!("node: {error}; `cargo xtask test` sets it up"))?;
        let requests = node.stdin.take();
        let answers = BufReader::new(node.stdout.take().ok_or("node has no output")?);
        let folder = tempfile::tempdir().map_err(|error| format!("no folder for programs: {error}"))?;
        Ok(Self { node, requests, answers, folder })
    }

    /// The verdicts on some programs, in their order.
    ///
    /// # Errors
    /// Where the browser does not start at all, or a file cannot be written.
    pub fn judge<P: Borrow<Program>>(&mut self, programs: &[P]) -> Result<Vec<Verdict>, String> {
        let mut verdicts = vec![Verdict::default(); programs.len()];
        let mut jobs = Vec::new();
        let mut paths = Vec::new();
        for (id, program) in programs.iter().map(P::borrow).enumerate() {
            let payload = match pack::payload(program, Embed::None) {
                Ok(payload) => payload,
                Err(error) => {
                    verdicts[id].unjudged = Some(error.to_string());
                    continue;
                }
            };
            let path = self.folder.path().join(format!("{id}.bin"));
            std::fs::write(&path, payload).map_err(|error| format!("{}: {error}", path.display()))?;
            let (executor, draws) = (program.plugins.file_stem(), schedule(program));
            jobs.push(serde_json::json!({
                "id": id, "payload": path, "executor": executor, "size": [CANVAS.0, CANVAS.1], "draws": draws
            }));
            paths.push(path);
        }
        let result = self.ask(&jobs, &mut verdicts);
        for path in &paths {
            // The folder goes anyway.
            let _ = std::fs::remove_file(path);
        }
        result.map(|()| verdicts)
    }

    /// The verdicts on some shaders by themselves, in their order: whether they compile.
    ///
    /// # Errors
    /// As for [`Chromium::judge`].
    pub fn judge_shaders(&mut self, texts: &[&str]) -> Result<Vec<Verdict>, String> {
        let mut verdicts = vec![Verdict::default(); texts.len()];
        let jobs: Vec<_> = texts.iter().enumerate().map(|(id, text)| serde_json::json!({ "id": id, "wgsl": text })).collect();
        self.ask(&jobs, &mut verdicts)?;
        Ok(verdicts)
    }

    fn ask(&mut self, jobs: &[serde_json::Value], verdicts: &mut [Verdict]) -> Result<(), String> {
        let lines: String = jobs.iter().map(|job| format!("{job}\n")).collect();
        let requests = self.requests.as_mut().ok_or("judge.mjs takes no more")?;
        let answers = &mut self.answers;
        std::thread::scope(|scope| {
            // Both pipes hold little: who only writes would wait for one who only writes.
            let writer = scope.spawn(|| requests.write_all(lines.as_bytes()).and_then(|()| requests.flush()));
            for _ in jobs {
                let mut line = String::new();
                answers.read_line(&mut line).map_err(|error| format!("judge.mjs: {error}"))?;
                let answer: Answer = serde_json::from_str(&line).map_err(|_| "judge.mjs has ended; see above".to_string())?;
                let slot = verdicts.get_mut(answer.id).ok_or("an answer without a question")?;
                *slot = Verdict { host: answer.host, gpu: answer.gpu, unjudged: answer.unjudged };
            }
            match writer.join() {
                Ok(Ok(())) => Ok(()),
                _ => Err("judge.mjs does not listen".to_string()),
            }
        })
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The end of its input ends it, and its browser.
        self.requests = None;
        let _ = self.node.wait();
    }
}
