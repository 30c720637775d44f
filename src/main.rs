//! Arguments → command → exit code.

use std::process::ExitCode;

/// Gives freed memory back, which the C library's does not where several threads have used it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    ExitCode::from(sosik::cli::main())
}
