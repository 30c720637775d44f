//! Arguments → command → exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(sosik::cli::main())
}
