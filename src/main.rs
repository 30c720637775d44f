//! Arguments → command → exit code.

use std::process::ExitCode;

/// Gives freed memory back while the program idles.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    ExitCode::from(sosik::cli::main())
}
