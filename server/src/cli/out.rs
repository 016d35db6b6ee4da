//! Output of the subcommands. These macros replace the standard macros in all files of the command line, because the
//! standard macros panic if the program that reads the output has ended, as in `causerie audit … | head`.

use std::{
    fmt::Arguments,
    io::{self, ErrorKind, Write as _},
    process,
    sync::mpsc::channel,
    thread,
    time::Duration,
};

/// The maximum time for which the program waits before it ends, until its last error is written.
const LAST_ERROR_WAIT_MAX: Duration = Duration::from_secs(2);

macro_rules! print {
    ($($arguments:tt)*) => { $crate::cli::out::write_stdout(format_args!($($arguments)*)) };
}

macro_rules! println {
    ($($arguments:tt)*) => { $crate::cli::out::write_stdout(format_args!("{}\n", format_args!($($arguments)*))) };
}

macro_rules! eprintln {
    ($($arguments:tt)*) => { $crate::cli::out::write_stderr(format_args!("{}\n", format_args!($($arguments)*))) };
}

/// Writes output of a subcommand to standard output. If the reader of the output has ended, the rest of the output is
/// useless, and the program ends with success. After another error the program ends with a failure.
pub(super) fn write_stdout(text: Arguments<'_>) {
    let Err(error) = io::stdout().write_fmt(text) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(0);
    }
    eprintln!("causerie: what was to be printed can't be: {error}");
    process::exit(1);
}

/// Writes a message to standard error. If the message can't be written, the subcommand continues.
pub(super) fn write_stderr(text: Arguments<'_>) {
    let _ = io::stderr().write_fmt(text);
}

/// Prints why the program ends. A reader that does not read delays the end by at most `LAST_ERROR_WAIT_MAX`.
pub(super) fn write_last_error(text: String) {
    let (written, receiver) = channel();
    thread::spawn(move || {
        let _ = io::stderr().write_all(text.as_bytes());
        let _ = written.send(());
    });
    let _ = receiver.recv_timeout(LAST_ERROR_WAIT_MAX);
}
