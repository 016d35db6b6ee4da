//! Sets up the log: one line per event, on standard error, as text or JSON.
//!
//! A line is understandable without other lines. It has ids as fields with stable names (`connection_id`, `user_id`,
//! `conversation_id`, `tenant_id`). Message text, tokens and secrets are never logged.
//!
//! Text from outside may hold terminal escapes and line breaks. tracing-subscriber escapes them in messages (since 0.3.20,
//! RUSTSEC-2025-0055) but not in fields logged with `%`, and JSON leaves U+0080 to U+009F as they are. So the writer below
//! escapes every control character except the line break at the end of a line. Colours, which are control characters too,
//! are off.
//!
//! Logging never ends or delays the server: a separate thread writes the lines. If the thread can't write (a full volume, a
//! closed pipe, a reader that does not read), lines are lost and counted in `causerie_log_lines_lost_total`.

mod queue;

use std::{
    backtrace::{Backtrace, BacktraceStatus},
    fs::File,
    io,
    os::fd::AsFd as _,
    panic::PanicHookInfo,
};

pub use queue::{Flush, lost_lines};
use queue::{Lines, Queue};
use tracing_subscriber::{EnvFilter, fmt::MakeWriter};

use crate::config::{Log, LogFormat};

/// Starts the log of the process. Only the program calls this function, once; a library or a test can log without it.
/// Dropping the returned [`Flush`] writes the queued lines.
///
/// # Errors
/// Returns an error if the process has a log already, if the level can't be parsed (validated settings exclude this), or if
/// the system can't start the thread.
pub fn init(settings: &Log) -> Result<Flush, Box<dyn std::error::Error + Send + Sync>> {
    // The log has a separate file handle. The handle of the standard library has a lock, and a reader that does not read
    // would keep the lock held forever.
    let out = File::from(io::stderr().as_fd().try_clone_to_owned()?);
    let (queue, flush) = Queue::start(Lines::new(out))?;
    tracing::subscriber::set_global_default(subscriber(settings, queue)?)?;
    std::panic::set_hook(Box::new(log_panic));
    Ok(flush)
}

/// Logs a panic as an error. The hook of the standard library writes to standard error directly: it would wait for a reader
/// that does not read, and its lines are not JSON. As with that hook, `RUST_BACKTRACE` controls whether a backtrace is
/// captured.
fn log_panic(panic: &PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("(its payload is no text)");
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let backtrace = Backtrace::capture();
    match backtrace.status() {
        BacktraceStatus::Captured => tracing::error!(location, thread, %backtrace, "panicked: {message}"),
        _ => tracing::error!(location, thread, "panicked: {message}"),
    }
}

/// A subscriber of either format.
type Subscriber = Box<dyn tracing::Subscriber + Send + Sync>;

/// The subscriber that formats events as the settings say, and writes them to `writer`.
fn subscriber<W>(settings: &Log, writer: W) -> Result<Subscriber, tracing_subscriber::filter::ParseError>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    // Each migration logs two lines, 40 at the first start; the server logs the number of migrations instead. A directive of
    // the setting replaces this directive.
    let filter = EnvFilter::try_new(format!("sea_orm_migration=warn,{}", settings.level))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(EscapingMakeWriter(writer));
    // The subscriber would report a line that it can't write by a macro that panics if standard error can't be written.
    let lines = lines.log_internal_errors(false);
    Ok(match settings.format {
        LogFormat::Text => Box::new(lines.finish()),
        LogFormat::Json => Box::new(lines.json().flatten_event(true).finish()),
    })
}

/// Makes an [`EscapingWriter`] for each event.
struct EscapingMakeWriter<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for EscapingMakeWriter<W> {
    type Writer = EscapingWriter<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        EscapingWriter(self.0.make_writer())
    }
}

/// A writer that escapes control characters. Each write is one line, because the subscriber formats an event before it
/// writes it.
struct EscapingWriter<W>(W);

impl<W: io::Write> io::Write for EscapingWriter<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let (body, end) = text.strip_suffix('\n').map_or((&*text, ""), |body| (body, "\n"));
        let mut escaped = String::with_capacity(text.len());
        for c in body.chars() {
            // The escapes of JSON, so that a JSON line stays valid.
            if c.is_control() { escaped.push_str(&format!("\\u{:04x}", u32::from(c))) } else { escaped.push(c) }
        }
        escaped.push_str(end);
        self.0.write_all(escaped.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        sync::{Arc, Mutex},
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Captured(Arc<Mutex<Vec<u8>>>);

    impl Write for Captured {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("no panic holds it").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: LogFormat, log: impl FnOnce()) -> String {
        let captured = Captured::default();
        let writer = captured.clone();
        let settings = Log { format, level: "info".to_owned() };
        let subscriber = subscriber(&settings, move || writer.clone()).expect("`info` is a level");
        tracing::subscriber::with_default(subscriber, log);
        String::from_utf8(captured.0.lock().expect("no panic holds it").clone()).expect("UTF-8")
    }

    #[test]
    fn control_characters_from_outside_do_not_reach_the_terminal() {
        let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\r\n2027-01-01 ERROR forged\u{7f}";
        for format in [LogFormat::Text, LogFormat::Json] {
            let text = logged(format, || {
                tracing::info!(client = hostile, "connected");
                tracing::info!(client = %hostile, "connected as {hostile}");
                tracing::info!(client = ?hostile, "connected");
            });
            assert_eq!(text.lines().count(), 3, "one line per event: {text:?}");
            assert!(text.lines().all(|line| line.contains("connected")), "{text:?}");
            assert!(!text.replace('\n', "").contains(char::is_control), "{format:?}: {text:?}");
            if format == LogFormat::Json {
                for line in text.lines() {
                    let line: serde_json::Value = serde_json::from_str(line).expect("still JSON");
                    assert!(line["client"].as_str().is_some_and(|client| client.contains("owned")));
                }
            }
        }
    }

    #[test]
    fn a_json_line_has_its_fields_at_the_top_level() {
        let text = logged(LogFormat::Json, || tracing::info!(connection_id = "c1", "connected"));
        let line: serde_json::Value = serde_json::from_str(&text).expect("one object");
        assert_eq!(line["connection_id"], "c1");
        assert_eq!(line["message"], "connected");
    }

    #[test]
    fn a_panic_is_logged_as_an_error_with_its_location() {
        let previous_hook = std::panic::take_hook();
        let test_thread = std::thread::current().id();
        std::panic::set_hook(Box::new(move |panic| match std::thread::current().id() == test_thread {
            true => log_panic(panic),
            false => previous_hook(panic),
        }));
        let text = logged(LogFormat::Json, || {
            let caught = std::panic::catch_unwind(|| panic!("lost\nheart"));
            assert!(caught.is_err());
        });
        let line: serde_json::Value = serde_json::from_str(&text).expect("one line of JSON");
        assert_eq!((&line["level"], &line["message"]), (&"ERROR".into(), &"panicked: lost\nheart".into()));
        assert!(line["location"].as_str().is_some_and(|location| location.contains("log.rs:")), "{text}");
    }

    #[test]
    fn lines_below_the_level_are_not_logged() {
        let text = logged(LogFormat::Text, || {
            tracing::debug!("quiet");
            tracing::info!(target: "sea_orm_migration::migrator", "Applying migration");
        });
        assert_eq!(text, "");
    }
}
