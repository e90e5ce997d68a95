//! What the process gives back to the system.
//!
//! glibc keeps what is freed for the next use, each thread for itself. Where much is freed at once that nobody will need again,
//! it is told to give it back.

/// From this size on, memory is taken from the system for each use and goes back to it.
#[cfg(target_env = "gnu")]
const OWN_MAPPING_MIN: i32 = 1 << 20;

/// Lets large buffers go back to the system when they are freed. Left to itself, glibc keeps as much as the largest ever freed,
/// which here is the 19 MiB of a password's hash.
#[allow(unsafe_code, reason = "the allocator is set by a call into C")]
pub fn return_large_buffers() {
    #[cfg(target_env = "gnu")]
    // SAFETY: takes two numbers; refused, it changes nothing.
    let _ = unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_MAPPING_MIN) };
}

/// Gives what was freed back to the system.
#[allow(unsafe_code, reason = "the allocator is told by a call into C")]
pub fn return_freed() {
    #[cfg(target_env = "gnu")]
    // SAFETY: takes a number; touches only what is free.
    let _ = unsafe { libc::malloc_trim(0) };
}
