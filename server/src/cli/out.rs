//! Output of the subcommands. These macros replace the standard macros in the whole command line, because the standard
//! macros panic if the reader has gone: `causerie audit … | head`.

use std::{
    fmt::Arguments,
    io::{self, ErrorKind, Write as _},
    process,
    sync::mpsc::channel,
    thread,
    time::Duration,
};

/// How long the end of the program waits until its last error is written.
const LAST_WORDS_MAX: Duration = Duration::from_secs(2);

macro_rules! print {
    ($($what:tt)*) => { $crate::cli::out::say(format_args!($($what)*)) };
}

macro_rules! println {
    ($($what:tt)*) => { $crate::cli::out::say(format_args!("{}\n", format_args!($($what)*))) };
}

macro_rules! eprintln {
    ($($what:tt)*) => { $crate::cli::out::complain(format_args!("{}\n", format_args!($($what)*))) };
}

/// Prints the result of a subcommand. If the reader has gone, the rest of the output is of no use and the program ends with
/// success.
pub(super) fn say(what: Arguments<'_>) {
    let Err(error) = io::stdout().write_fmt(what) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(0);
    }
    eprintln!("causerie: what was to be printed can't be: {error}");
    process::exit(1);
}

/// Prints a message about the progress to standard error. If the reader has gone, the subcommand continues.
pub(super) fn complain(what: Arguments<'_>) {
    let _ = io::stderr().write_fmt(what);
}

/// Prints why the program ends. A reader that does not read delays the end by at most `LAST_WORDS_MAX`.
pub(super) fn complain_last(what: String) {
    let (written, hears) = channel();
    thread::spawn(move || {
        let _ = io::stderr().write_all(what.as_bytes());
        let _ = written.send(());
    });
    let _ = hears.recv_timeout(LAST_WORDS_MAX);
}
