//! A browser, through `viewers/web/test/judge.mjs`.

use crate::{CANVAS, Verdict, schedule};
use pngine_compiler::pack::{self, Embed};
use pngine_compiler::program::Program;
use serde::Deserialize;
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
    pub fn judge(&mut self, programs: &[Program]) -> Result<Vec<Verdict>, String> {
        let paths: Vec<_> = (0..programs.len()).map(|id| self.folder.path().join(format!("{id}.bin"))).collect();
        let mut lines = Vec::new();
        let mut verdicts = vec![Verdict::default(); programs.len()];
        let mut open = 0;
        for (id, (program, path)) in programs.iter().zip(&paths).enumerate() {
            let payload = match pack::payload(program, Embed::None) {
                Ok(payload) => payload,
                Err(error) => {
                    verdicts[id].unjudged = Some(error.to_string());
                    continue;
                }
            };
            std::fs::write(path, payload).map_err(|error| format!("{}: {error}", path.display()))?;
            let draws = schedule(program);
            let job = serde_json::json!({
                "id": id, "payload": path, "executor": program.plugins.file_stem(), "size": [CANVAS.0, CANVAS.1], "draws": draws
            });
            lines.extend(job.to_string().into_bytes());
            lines.push(b'\n');
            open += 1;
        }
        let requests = self.requests.as_mut().ok_or("judge.mjs takes no more")?;
        let answers = &mut self.answers;
        let result = std::thread::scope(|scope| {
            // Both pipes hold little: who only writes would wait for one who only writes.
            let writer = scope.spawn(|| requests.write_all(&lines).and_then(|()| requests.flush()));
            for _ in 0..open {
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
        });
        for path in &paths {
            let _ = std::fs::remove_file(path);
        }
        result.map(|()| verdicts)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // The end of its input ends it, and its browser.
        self.requests = None;
        let _ = self.node.wait();
    }
}
