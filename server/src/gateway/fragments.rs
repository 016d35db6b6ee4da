//! Counts empty data frames that do not end a message. The WebSocket library joins the frames of a message and does not
//! report a frame that adds nothing, so without the count a client could keep the server busy with a message that never
//! ends.

use std::io::Cursor;

use tokio_tungstenite::tungstenite::protocol::frame::{FrameHeader, coding::OpCode};

/// The length of the longest frame header with a mask (RFC 6455 §5.2).
const HEADER_BYTES_MAX: usize = 14;

/// Parses the frame headers in the bytes that the library reads.
#[derive(Debug, Default)]
pub struct EmptyFragments {
    /// The number of empty fragments since the last [`Self::take`].
    count: u32,
    /// The first bytes of the next header.
    header: [u8; HEADER_BYTES_MAX],
    /// The number of bytes in `header`.
    header_length: usize,
    /// Bytes of payload before the next header.
    skip: u64,
}

impl EmptyFragments {
    /// Counts the empty fragments in the next bytes of the connection.
    pub fn read(&mut self, mut bytes: &[u8]) {
        loop {
            let skipped = bytes.len().min(usize::try_from(self.skip).unwrap_or(usize::MAX));
            self.skip -= skipped as u64;
            let Some((byte, rest)) = bytes[skipped..].split_first() else { return };
            bytes = rest;
            self.header[self.header_length] = *byte;
            self.header_length += 1;
            match FrameHeader::parse(&mut Cursor::new(&self.header[..self.header_length])) {
                Ok(Some((header, length))) => {
                    let is_empty = length == 0 && !header.is_final && matches!(header.opcode, OpCode::Data(_));
                    self.count += u32::from(is_empty);
                    (self.header_length, self.skip) = (0, length);
                }
                Ok(None) if self.header_length < HEADER_BYTES_MAX => {}
                // The library refuses this header too, so the rest needs no parsing.
                Ok(None) | Err(_) => (self.header_length, self.skip) = (0, u64::MAX),
            }
        }
    }

    /// Whether empty fragments were counted since the last [`Self::take`].
    #[must_use]
    pub fn any(&self) -> bool {
        self.count > 0
    }

    /// The number of empty fragments since the last call.
    pub fn take(&mut self) -> u32 {
        std::mem::take(&mut self.count)
    }
}

#[cfg(test)]
mod tests {
    use tokio_tungstenite::tungstenite::protocol::frame::{Frame, coding::Data};

    use super::*;

    /// A masked frame, as a client sends it.
    fn frame(opcode: OpCode, is_final: bool, length: usize) -> Vec<u8> {
        masked_bytes(Frame::message(vec![0x80; length], opcode, is_final))
    }

    fn masked_bytes(mut frame: Frame) -> Vec<u8> {
        frame.header_mut().mask = Some([1, 2, 3, 4]);
        let mut bytes = Vec::new();
        frame.format(&mut bytes).expect("memory takes it");
        bytes
    }

    #[test]
    fn only_empty_fragments_that_do_not_end_a_message_are_counted() {
        let (text, continuation) = (OpCode::Data(Data::Text), OpCode::Data(Data::Continue));
        let bytes = [
            frame(text, true, 0),
            frame(text, false, 0),
            frame(continuation, false, 5),
            masked_bytes(Frame::ping(Vec::new())),
            frame(continuation, false, 0),
            frame(continuation, false, 300),
            frame(continuation, false, 70_000),
            frame(continuation, false, 0),
            frame(continuation, true, 0),
        ]
        .concat();
        for size in [1, 2, 7, 384, bytes.len()] {
            let mut fragments = EmptyFragments::default();
            bytes.chunks(size).for_each(|chunk| fragments.read(chunk));
            assert!(fragments.any());
            assert_eq!((fragments.take(), fragments.take()), (3, 0), "in pieces of {size}");
        }
    }
}
