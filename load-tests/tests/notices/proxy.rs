//! A link between people and a server that does to messages what never must happen.

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

/// Every so many messages told to somebody, one is treated.
const EVERY: u64 = 20;

/// What is done to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is dropped.
    Drop,
    /// It is told twice.
    Repeat,
    /// It is told after the next one of its conversation.
    Swap,
}

/// Ends with the connections it carries.
pub struct Proxy {
    address: SocketAddr,
    treated: Arc<AtomicU64>,
}

impl Proxy {
    /// Listens on a port of its own.
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

    /// What `--target` takes.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Messages that were dropped, repeated or swapped.
    pub fn treated(&self) -> u64 {
        self.treated.load(Ordering::Relaxed)
    }
}

/// Until one side ends, which ends the other.
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

/// Carries what the server says, frame by frame.
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

/// A frame of WebSocket from the server, which is never masked (RFC 6455 §5.1).
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

    /// The conversation of the message it tells, or of the mail; nothing of any other frame.
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
