//! The queue of log lines, and the thread that writes them to standard error.

use std::{
    io::{self, Write},
    sync::{
        LazyLock,
        mpsc::{Receiver, Sender, SyncSender, TrySendError, channel, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use prometheus_client::metrics::counter::Counter;
use tracing_subscriber::fmt::MakeWriter;

/// The maximum number of lines in the queue. It is enough for a burst, and bounds the memory when the reader does not read.
const QUEUED_LINES_MAX: usize = 1_024;
/// The longest time for which the exit of the program waits for the queued lines.
const FLUSH_MAX: Duration = Duration::from_secs(2);
/// The interval of the attempts to add an item to a full queue at the exit of the program.
const FULL_RETRY_INTERVAL: Duration = Duration::from_millis(2);

/// The counter of lines that this process could not write. All servers in one process share the log and this counter.
#[must_use]
pub fn lost_lines() -> Counter {
    static LOST: LazyLock<Counter> = LazyLock::new(Counter::default);
    LOST.clone()
}

enum Item {
    Line(Vec<u8>),
    /// A request for a message on this channel when all earlier lines are written.
    Flush(Sender<()>),
}

/// The queue, as a writer that never waits. A line that does not fit into the queue is lost and counted. Cheap to clone.
#[derive(Clone)]
pub(super) struct Queue(SyncSender<Item>);

/// When this value is dropped, it waits until the queued lines are written, at most 2 seconds.
pub struct Flush(SyncSender<Item>);

impl Queue {
    /// Starts the thread that writes the lines.
    ///
    /// # Errors
    /// Returns the error of the system if it can't start the thread.
    pub(super) fn start<W: Write + Send + 'static>(lines: Lines<W>) -> io::Result<(Self, Flush)> {
        let (queue, items) = sync_channel(QUEUED_LINES_MAX);
        thread::Builder::new().name("log".to_owned()).spawn(move || write(&items, lines))?;
        Ok((Self(queue.clone()), Flush(queue)))
    }
}

fn write<W: Write>(items: &Receiver<Item>, mut lines: Lines<W>) {
    for item in items {
        match item {
            Item::Line(line) => lines.write(&line),
            // The send fails if `Flush` has given up waiting.
            Item::Flush(written) => drop(written.send(())),
        }
    }
}

impl Write for Queue {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.0.try_send(Item::Line(line.to_vec())).is_err() {
            lost_lines().inc();
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Queue {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Drop for Flush {
    fn drop(&mut self) {
        let (written, written_receiver) = channel();
        let deadline = Instant::now() + FLUSH_MAX;
        let mut last = Item::Flush(written);
        // The queue is full after a burst, or because the reader does not read. In the second case the queued lines are
        // lost.
        while let Err(TrySendError::Full(item)) = self.0.try_send(last) {
            if Instant::now() >= deadline {
                return;
            }
            last = item;
            thread::sleep(FULL_RETRY_INTERVAL);
        }
        let _ = written_receiver.recv_timeout(deadline.saturating_duration_since(Instant::now()));
    }
}

/// Writes lines to `out`, and counts the lines that it can't write.
pub(super) struct Lines<W> {
    out: W,
    /// Whether the last line was written in part.
    is_incomplete: bool,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(out: W) -> Self {
        Self { out, is_incomplete: false }
    }

    /// Writes a line, or counts it as lost.
    fn write(&mut self, line: &[u8]) {
        // Ends a line that was written in part, so that the next line stays intact.
        if self.is_incomplete && self.out.write_all(b"\n").is_ok() {
            self.is_incomplete = false;
        }
        if self.is_incomplete || self.write_whole(line).is_err() {
            lost_lines().inc();
        }
    }

    /// Writes all bytes of a line.
    fn write_whole(&mut self, mut rest: &[u8]) -> io::Result<()> {
        let whole = rest.len();
        while !rest.is_empty() {
            match self.out.write(rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => rest = &rest[written..],
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.is_incomplete = rest.len() < whole;
                    return Err(error);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A writer that accepts this many bytes, like a volume that fills up.
    #[derive(Clone, Default)]
    struct Volume(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Volume {
        fn has_room_for(&self, bytes: usize) {
            self.0.lock().expect("no panic holds it").1 = bytes;
        }

        fn text(&self) -> String {
            String::from_utf8(self.0.lock().expect("no panic holds it").0.clone()).expect("UTF-8")
        }
    }

    impl Write for Volume {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (stored, room) = &mut *self.0.lock().expect("no panic holds it");
            let taken = bytes.len().min(*room);
            if taken == 0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            stored.extend_from_slice(&bytes[..taken]);
            *room -= taken;
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_truncated_line_does_not_damage_other_lines() {
        let volume = Volume::default();
        let mut lines = Lines::new(volume.clone());
        volume.has_room_for(8);
        for line in ["first\n", "second\n", "third\n"] {
            lines.write(line.as_bytes());
        }
        volume.has_room_for(100);
        lines.write(b"fourth\n");
        assert_eq!(volume.text(), "first\nse\nfourth\n");
    }

    /// A slow writer.
    struct Slow(Volume);

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            thread::sleep(Duration::from_micros(200));
            self.0.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_queue_is_written_at_shutdown() {
        let volume = Volume::default();
        volume.has_room_for(1 << 20);
        let (mut queue, flush) = Queue::start(Lines::new(Slow(volume.clone()))).expect("starts");
        let mut taken = 0;
        while queue.0.try_send(Item::Line(b"line\n".to_vec())).is_ok() {
            taken += 1;
        }
        queue.write_all(b"lost\n").expect("never fails");
        drop(flush);
        assert!(taken >= QUEUED_LINES_MAX, "{taken}");
        assert_eq!(volume.text().matches("line\n").count(), taken);
    }

    #[test]
    fn a_blocked_reader_does_not_delay_the_exit() {
        struct Stuck;
        impl Write for Stuck {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                loop {
                    thread::park();
                }
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let (mut queue, flush) = Queue::start(Lines::new(Stuck)).expect("starts");
        for _ in 0..2 * QUEUED_LINES_MAX {
            queue.write_all(b"line\n").expect("never fails");
        }
        let started_at = Instant::now();
        drop(flush);
        assert!(started_at.elapsed() < FLUSH_MAX * 10, "{:?}", started_at.elapsed());
    }

    #[test]
    fn queued_lines_are_written_at_shutdown() {
        let volume = Volume::default();
        volume.has_room_for(1_000);
        let (mut queue, flush) = Queue::start(Lines::new(volume.clone())).expect("starts");
        for _ in 0..10 {
            queue.write_all(b"line\n").expect("never fails");
        }
        drop(flush);
        assert_eq!(volume.text(), "line\n".repeat(10));
    }
}
