//! The device, and what its validation says.

use crate::capabilities;
use pngine_format::payload::Payload;
use pngine_host::{DeviceWishes, ExtensionError, Extensions};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Stack of the thread that compiles shaders, in bytes: naga recurses over expressions and blocks. It holds the worst that
/// [`pngine_wgsl::validate::beyond_limits`] lets through, which `tests/validation.rs` tries in a debug build.
const COMPILER_STACK: usize = 128 << 20;

/// Why there is no GPU to draw with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GpuError {
    /// No driver was found, not even a software one.
    #[error("no GPU adapter was found ({reason}); {}", advice())]
    NoAdapter {
        /// What the search said.
        reason: String,
    },
    /// The adapter lacks what a scene needs.
    #[error("the GPU adapter {adapter} lacks what the scene needs: {}", .lacking.join(", "))]
    Lacks {
        /// The adapter's name.
        adapter: String,
        /// Each feature and limit by WebGPU's name.
        lacking: Vec<String>,
    },
    /// What the scene needs cannot be read.
    #[error(transparent)]
    Extension(#[from] ExtensionError),
    /// The adapter gave no device.
    #[error("the GPU adapter {adapter} gives no device: {reason}")]
    NoDevice {
        /// The adapter's name.
        adapter: String,
        /// What it said.
        reason: String,
    },
}

/// What to install where there is no adapter.
fn advice() -> &'static str {
    if cfg!(target_os = "linux") {
        "install a Vulkan driver; a software one will do (Debian and Ubuntu: apt install mesa-vulkan-drivers, Fedora: dnf install \
         mesa-vulkan-drivers, Arch: pacman -S vulkan-swrast)"
    } else if cfg!(target_os = "windows") {
        "install the graphics driver of your GPU's maker, or Windows' Graphics Tools for the software one"
    } else {
        "this needs a GPU with Metal or Vulkan"
    }
}

/// A device to draw with. Clones share it.
#[derive(Clone, Debug)]
pub struct Gpu {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    name: String,
    /// Errors that no scope caught.
    stray: Arc<Mutex<Vec<String>>>,
}

impl Gpu {
    /// The first adapter of any kind: a GPU if there is one, else a software driver.
    ///
    /// # Errors
    /// Where there is no adapter, or it gives no device.
    pub fn new() -> Result<Self, GpuError> {
        Self::with(&drawing(), &DeviceWishes::default())
    }

    /// Like [`Gpu::new`], with the features and limits that a scene asks for: those that it requires, and those optional ones that
    /// the adapter has.
    ///
    /// # Errors
    /// As for [`Gpu::new`]; [`GpuError::Lacks`] names what the adapter has not, [`GpuError::Extension`] what cannot be read.
    pub fn for_scene(payload: &Payload<'_>) -> Result<Self, GpuError> {
        Self::with(&drawing(), &Extensions::read(payload)?.device)
    }

    /// A device that validates everything and draws nothing: WebGPU's rules without a GPU.
    ///
    /// # Errors
    /// As for [`Gpu::new`]; it needs no driver.
    pub fn noop() -> Result<Self, GpuError> {
        Self::with(&validating(), &DeviceWishes::default())
    }

    /// Like [`Gpu::noop`], with the features and limits that a scene asks for.
    ///
    /// # Errors
    /// As for [`Gpu::for_scene`]; its adapter has all that wgpu knows.
    pub fn noop_for_scene(payload: &Payload<'_>) -> Result<Self, GpuError> {
        Self::with(&validating(), &Extensions::read(payload)?.device)
    }

    fn with(instance: &wgpu::Instance, wishes: &DeviceWishes) -> Result<Self, GpuError> {
        let adapter = pollster::block_on(instance.request_adapter(&wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        }))
        .map_err(|error| GpuError::NoAdapter { reason: error.to_string() })?;
        let name = adapter.get_info().name;
        let (required_features, required_limits) = capabilities::request(wishes, adapter.features(), &adapter.limits())
            .map_err(|lacking| GpuError::Lacks { adapter: name.clone(), lacking })?;
        let (device, queue) = pollster::block_on(adapter.request_device(&wgpu::DeviceDescriptor {
            label: None,
            required_features,
            required_limits,
            ..Default::default()
        }))
        .map_err(|error| GpuError::NoDevice { adapter: name.clone(), reason: error.to_string() })?;
        let stray = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&stray);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            sink.lock().unwrap_or_else(PoisonError::into_inner).push(message(&error));
        }));
        Ok(Self { device, queue, name, stray })
    }

    /// What a scene asks for and this device has not.
    pub(crate) fn lacks(&self, wishes: &DeviceWishes) -> Vec<String> {
        capabilities::request(wishes, self.device.features(), &self.device.limits()).err().unwrap_or_default()
    }

    /// The adapter's name, for reports.
    pub fn adapter_name(&self) -> &str {
        &self.name
    }

    /// Runs `work` and collects the errors that the device reports meanwhile.
    pub(crate) fn scoped<T>(&self, work: impl FnOnce() -> T) -> (T, Vec<String>) {
        let scopes = [wgpu::ErrorFilter::OutOfMemory, wgpu::ErrorFilter::Internal, wgpu::ErrorFilter::Validation]
            .map(|filter| self.device.push_error_scope(filter));
        let result = work();
        // The scope that was opened last is closed first.
        let [first, second, third] = scopes;
        let mut errors: Vec<_> =
            [third, second, first].into_iter().filter_map(|scope| pollster::block_on(scope.pop())).map(|e| message(&e)).collect();
        errors.append(&mut self.stray.lock().unwrap_or_else(PoisonError::into_inner));
        (result, errors)
    }

    /// Like [`Gpu::scoped`], on a thread with a stack that is large enough for the shader compiler. A panic in there is an error.
    pub(crate) fn scoped_compiler<T: Send>(&self, work: impl FnOnce() -> T + Send) -> (Option<T>, Vec<String>) {
        let result = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(COMPILER_STACK);
            match thread.spawn_scoped(scope, || self.scoped(work)) {
                Ok(handle) => handle.join().map_err(|panic| {
                    let text =
                        panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
                    one_line(text.unwrap_or("the shader compiler failed"))
                }),
                Err(error) => Err(format!("no thread for the shader compiler: {error}")),
            }
        });
        match result {
            Ok((value, errors)) => (Some(value), errors),
            Err(error) => (None, vec![error]),
        }
    }

    /// Waits until this work is done, or all that was submitted, but no longer than this.
    pub(crate) fn wait(&self, work: Option<wgpu::SubmissionIndex>, time: Duration) -> Result<(), WaitError> {
        match self.device.poll(wgpu::PollType::Wait { submission_index: work, timeout: Some(time) }) {
            Ok(_) => Ok(()),
            Err(wgpu::PollError::Timeout) => Err(WaitError::Timeout),
            Err(error) => Err(WaitError::Failed(error.to_string())),
        }
    }

    /// Gives the device up for good: whoever drops its last handle would wait until the GPU is idle, which may be never.
    pub(crate) fn abandon(&self) {
        std::mem::forget(self.clone());
    }
}

/// Why a GPU is not idle.
pub(crate) enum WaitError {
    /// It works on.
    Timeout,
    /// It was lost.
    Failed(String),
}

/// The interfaces of real adapters.
fn drawing() -> wgpu::Instance {
    wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends: wgpu::Backends::VULKAN | wgpu::Backends::METAL | wgpu::Backends::DX12,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    })
}

/// The backend that validates and draws nothing.
fn validating() -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    descriptor.backends = wgpu::Backends::NOOP;
    // Everything is possible, but alignments are those that the best adapters have: wgpu counts on that.
    let limits = wgpu::Limits {
        min_uniform_buffer_offset_alignment: 32,
        min_storage_buffer_offset_alignment: 32,
        ..wgpu::Limits::unlimited()
    };
    descriptor.backend_options.noop = wgpu::NoopBackendOptions { limits: Some(limits), ..wgpu::NoopBackendOptions::enabled() };
    wgpu::Instance::new(descriptor)
}

/// One line: wgpu prints an error and its causes below each other.
fn message(error: &wgpu::Error) -> String {
    let text = match error {
        wgpu::Error::OutOfMemory { source } => format!("out of memory: {source}"),
        wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => description.clone(),
    };
    one_line(&text)
}

fn one_line(text: &str) -> String {
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && *line != "Validation Error" && *line != "Caused by:");
    lines.collect::<Vec<_>>().join(": ").replace(":: ", ": ")
}
