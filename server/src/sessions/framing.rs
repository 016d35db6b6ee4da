//! WebSocket frames as a server sends them: whole, final and unmasked (RFC 6455 §5.2). Such a frame has the same bytes for
//! all recipients, so it is made once and not by each connection.

use bytes::Bytes;
use causerie_protocol::Encoding;
use tokio_tungstenite::tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Data, OpCode},
};

/// The length of the longest frame header without a mask.
const HEADER_BYTES_MAX: usize = 10;

/// A payload as a WebSocket frame: binary for protobuf, text for JSON.
#[must_use]
pub fn framed(encoding: Encoding, payload: &[u8]) -> Bytes {
    let opcode = match encoding {
        Encoding::Proto => OpCode::Data(Data::Binary),
        Encoding::Json => OpCode::Data(Data::Text),
    };
    let header = FrameHeader { opcode, ..FrameHeader::default() };
    let mut frame = Vec::with_capacity(HEADER_BYTES_MAX + payload.len());
    // Writing to a `Vec` can't fail.
    let _ = header.format(payload.len() as u64, &mut frame);
    frame.extend_from_slice(payload);
    frame.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_lengths_are_encoded_as_in_rfc_6455() {
        assert_eq!(framed(Encoding::Proto, b"hi"), [0x82, 2, b'h', b'i'].as_slice());
        assert_eq!(framed(Encoding::Json, b"{}"), [0x81, 2, b'{', b'}'].as_slice());
        assert_eq!(framed(Encoding::Proto, &[0; 126])[..4], [0x82, 126, 0, 126]);
        assert_eq!(framed(Encoding::Proto, &[0; 65_536])[..10], [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
    }
}
