//! What commands print. These shadow the standard macros in all of the command line, which panic where nobody reads any more:
//! `causerie audit … | head`.

use std::{
    fmt::Arguments,
    io::{self, ErrorKind, Write as _},
    process,
    sync::mpsc::channel,
    thread,
    time::Duration,
};

/// How long the end of the program waits for someone to read why.
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

/// Prints what was asked for. Once nobody reads it, nothing is left to be done: the program ends, as if all were said.
pub(super) fn say(what: Arguments<'_>) {
    let Err(error) = io::stdout().write_fmt(what) else { return };
    if error.kind() == ErrorKind::BrokenPipe {
        process::exit(0);
    }
    eprintln!("causerie: what was to be printed can't be: {error}");
    process::exit(1);
}

/// Tells people who watch. Where nobody does, what is under way goes on.
pub(super) fn complain(what: Arguments<'_>) {
    let _ = io::stderr().write_fmt(what);
}

/// Tells why the program ends. Whoever stopped reading does not keep it from ending.
pub(super) fn complain_last(what: String) {
    let (written, hears) = channel();
    thread::spawn(move || {
        let _ = io::stderr().write_all(what.as_bytes());
        let _ = written.send(());
    });
    let _ = hears.recv_timeout(LAST_WORDS_MAX);
}
