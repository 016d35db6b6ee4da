//! A proxy between the simulated users and a server that drops, repeats or swaps messages.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use causerie_protocol::{Encoding, wire};
use wire::{event::Kind, server_frame::Body};

/// One of this many messages to a user is changed.
const EVERY: u64 = 20;

/// What the proxy does to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The message is dropped.
    Drop,
    /// The message is sent twice.
    Repeat,
    /// The message is sent after the next message of its conversation.
    Swap,
}

/// The proxy. It ends when its connections end.
pub struct Proxy {
    address: SocketAddr,
    treated: Arc<AtomicU64>,
}

impl Proxy {
    /// Starts a proxy on a free port.
    pub fn to(server: SocketAddr, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
        let address = listener.local_addr().expect("it listens");
        let treated = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&treated);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(there) = TcpStream::connect(server) else { continue };
                let _ = (client.set_nodelay(true), there.set_nodelay(true));
                let count = Arc::clone(&count);
                thread::spawn(move || carry(&client, &there, fault, &count));
            }
        });
        Self { address, treated }
    }

    /// The value of `--target`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The number of messages that were dropped, repeated or swapped.
    pub fn treated(&self) -> u64 {
        self.treated.load(Ordering::Relaxed)
    }
}

/// Copies bytes in both directions until one side closes the connection.
fn carry(client: &TcpStream, server: &TcpStream, fault: Fault, treated: &AtomicU64) {
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = io::copy(&mut &*client, &mut &*server);
            let _ = server.shutdown(Shutdown::Both);
        });
        let _ = tell(&mut &*server, &mut &*client, fault, treated);
        let _ = client.shutdown(Shutdown::Both);
    });
}

/// Copies the frames of the server to the client, one by one.
fn tell(from: &mut impl Read, to: &mut impl Write, fault: Fault, treated: &AtomicU64) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(byte(from)?);
    }
    to.write_all(&head)?;
    let mut messages = 0;
    let mut held: Option<(String, Vec<u8>)> = None;
    loop {
        let frame = Frame::read(from)?;
        let Some(conversation) = frame.message() else {
            to.write_all(&frame.bytes)?;
            continue;
        };
        messages += 1;
        if let Some((of, earlier)) = held.take() {
            if of == conversation {
                to.write_all(&frame.bytes)?;
                to.write_all(&earlier)?;
                treated.fetch_add(1, Ordering::Relaxed);
                continue;
            }
            held = Some((of, earlier));
        }
        let is_chosen = messages % EVERY == 0;
        match fault {
            _ if !is_chosen => to.write_all(&frame.bytes)?,
            Fault::Drop => {}
            Fault::Repeat => to.write_all(&[frame.bytes.clone(), frame.bytes].concat())?,
            Fault::Swap if held.is_some() => to.write_all(&frame.bytes)?,
            Fault::Swap => held = Some((conversation, frame.bytes)),
        }
        if is_chosen && fault != Fault::Swap {
            treated.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// A WebSocket frame of the server, which is never masked (RFC 6455 §5.1).
struct Frame {
    bytes: Vec<u8>,
    payload_at: usize,
}

impl Frame {
    fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut bytes = vec![byte(from)?, byte(from)?];
        let more = match bytes[1] {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        let mut length = usize::from(bytes[1]);
        if more > 0 {
            length = 0;
            for _ in 0..more {
                let next = byte(from)?;
                bytes.push(next);
                length = length << 8 | usize::from(next);
            }
        }
        let payload_at = bytes.len();
        bytes.resize(payload_at + length, 0);
        from.read_exact(&mut bytes[payload_at..])?;
        Ok(Self { bytes, payload_at })
    }

    /// The conversation of the message or mail in this frame; `None` for other frames.
    fn message(&self) -> Option<String> {
        const BINARY: u8 = 0x82;
        if self.bytes[0] != BINARY {
            return None;
        }
        let frame: wire::ServerFrame = Encoding::Proto.decode(&self.bytes[self.payload_at..]).ok()?;
        let Some(Body::Event(wire::Event { kind: Some(kind) })) = frame.body else { return None };
        match kind {
            Kind::MessageSent(sent) => Some(sent.message?.conversation_id),
            Kind::ConversationJoined(joined) => Some(joined.conversation?.id),
            _ => None,
        }
    }
}

fn byte(from: &mut impl Read) -> io::Result<u8> {
    let mut one = [0];
    from.read_exact(&mut one)?;
    Ok(one[0])
}
