//! Budgets: what one file may ask of the machine that plays it. The same on every host, so that a scene plays everywhere or nowhere.
//!
//! A budget bounds time and memory that *data* can cause; what WebGPU itself limits is not repeated here. Whoever breaks one gets
//! [`ErrorCode::BudgetExceeded`](crate::status::ErrorCode::BudgetExceeded), before anything is allocated or handed on. A host may let
//! its user raise them; the compiler refuses what no host would take by default.

macro_rules! budgets {
    ($( $(#[doc = $doc:literal])+ $name:ident $field:ident: $ty:ty = $value:expr, $what:literal, $unit:literal; )*) => {
        $( $(#[doc = $doc])+ pub const $name: $ty = $value; )*

        /// All budgets: name, value, what it counts as the manual and the hosts' reports say it, unit.
        pub const BUDGETS: &[Budget] = &[$( Budget { name: stringify!($name), value: $value as u64, what: $what, unit: $unit }, )*];

        /// The budgets of one host: by default those of the table, which its user may raise or lower.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Budgets { $( $(#[doc = $doc])+ pub $field: u64, )* }

        impl Default for Budgets {
            fn default() -> Self {
                Self { $( $field: $value as u64, )* }
            }
        }
    };
}

/// One row of the table of budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// The constant's name: `IMAGE_PIXELS`.
    pub name: &'static str,
    /// The largest value that is allowed.
    pub value: u64,
    /// What is counted: `pixels of an image`.
    pub what: &'static str,
    /// `bytes`, `values`, `commands`, `loads`, `programs`, `pixels`, `names`, `uniforms`, `seconds`.
    pub unit: &'static str,
}

budgets! {
    /// Values in one descriptor or extension: everything with a value type of its own, each single of an `f32array`, and each pair of
    /// a `record`. The largest descriptor that a scene of the examples has holds about a hundred; a bind group layout of 1,000
    /// entries about 5,000.
    DESCRIPTOR_VALUES descriptor_values: u32 = 65_536, "values of a descriptor or an extension", "values";
    /// Bytes of one descriptor, or of one list of bundles or dynamic offsets.
    DESCRIPTOR_BYTES descriptor_bytes: u32 = 1 << 20, "bytes of a descriptor", "bytes";
    /// Bytes of all descriptors of one command buffer, and of its lists of bundles and dynamic offsets; decoded, they take up to forty
    /// times as much.
    DESCRIPTORS_BYTES descriptors_bytes: u32 = 4 << 20, "bytes of all descriptors of a command buffer", "bytes";
    /// Commands of all render bundles that one command buffer executes, those of a bundle counted each time.
    BUNDLED_COMMANDS bundled_commands: u32 = 1 << 20, "commands of all bundles that a command buffer executes", "commands";
    /// Bytes of all shader texts, labels and markers that the commands of one buffer name, the same bytes counted each time.
    TEXT_BYTES text_bytes: u32 = 16 << 20, "bytes of all texts of a command buffer", "bytes";
    /// Bytes that the commands of one buffer write to buffers and textures, the same bytes counted each time: what a browser's queue
    /// copies before the next task runs. An image or a video frame that is copied counts four bytes for each texel.
    WRITTEN_BYTES written_bytes: u32 = 512 << 20, "bytes that a command buffer writes", "bytes";
    /// Bytes of all encoded images, videos and nested modules that the commands of one buffer load, the same bytes counted each time.
    LOADED_BYTES loaded_bytes: u32 = 256 << 20, "bytes that a command buffer loads", "bytes";
    /// Images, videos and nested modules that the commands of one buffer load: each is a decoder, an element or a memory of its own.
    /// Chromium gives out about 120 memories, and takes a tenth of a second for each that it refuses.
    LOADS loads: u32 = 256, "images, videos and modules that a command buffer loads", "loads";
    /// Shaders and pipelines that the commands of one buffer create: a driver compiles each, in about a millisecond on a fast machine.
    PROGRAMS programs: u32 = 512, "shaders and pipelines that a command buffer creates", "programs";
    /// Pixels of one image: as many as the largest texture of a default device has, 8192 × 8192. Source: WebGPU, "limits",
    /// `maxTextureDimension2D`.
    IMAGE_PIXELS image_pixels: u32 = 8192 * 8192, "pixels of an image", "pixels";
    /// Pixels of all images of a scene; decoded, a pixel takes four bytes.
    IMAGES_PIXELS images_pixels: u32 = 2 * 8192 * 8192, "pixels of all images", "pixels";
    /// Bytes of all buffers, textures and query sets that live at a time. A texture has its texel blocks in all mip levels, layers and
    /// samples, of as many bytes as [`memory_block`](crate::texel::memory_block) says, where it follows the canvas at its size at
    /// hand; a query has eight bytes. The canvas itself is not counted.
    GPU_BYTES gpu_bytes: u32 = 1 << 30, "bytes of GPU memory", "bytes";
    /// Names of one kind in the string table: a page may offer all of them in a list.
    NAMES names: u32 = 4096, "names of one kind", "names";
    /// Rows of the uniform table.
    UNIFORMS uniforms: u32 = 4096, "uniforms", "uniforms";
    /// How long the GPU may work on one submission before a host says that it does not finish, in seconds.
    GPU_SECONDS gpu_seconds: u32 = 10, "seconds of GPU work for one frame", "seconds";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_budget_has_its_own_name_and_words() {
        for (i, budget) in BUDGETS.iter().enumerate() {
            assert!(budget.value > 0, "{}", budget.name);
            for other in &BUDGETS[i + 1..] {
                assert!(budget.name != other.name && budget.what != other.what, "{}", budget.name);
            }
        }
    }
}
