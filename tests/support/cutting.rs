//! A wire between a client and a server that can be cut: at any byte, at any moment, again and again.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

use super::background::Background;

/// The wire; it is gone when dropped.
#[derive(Debug)]
pub struct Cutting {
    address: SocketAddr,
    shared: Arc<Shared>,
    _service: Background,
}

#[derive(Debug)]
struct Shared {
    target: Mutex<SocketAddr>,
    cuts: AtomicBool,
    count: AtomicUsize,
    chance: AtomicU64,
}

impl Cutting {
    /// A wire to that server, which is not cut yet.
    pub fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        listener.set_nonblocking(true).expect("a listener of our own");
        let shared = Arc::new(Shared {
            target: Mutex::new(target),
            cuts: AtomicBool::new(false),
            count: AtomicUsize::new(0),
            chance: AtomicU64::new(1),
        });
        let kept = Arc::clone(&shared);
        let service = Background::start(move || async move {
            let listener = tokio::net::TcpListener::from_std(listener).expect("a runtime");
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, Arc::clone(&kept)));
            }
        });
        Self { address, shared, _service: service }
    }

    /// Where clients come to.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Leads to another server from now on.
    pub fn lead_to(&self, target: SocketAddr) {
        *self.shared.target.lock().unwrap_or_else(PoisonError::into_inner) = target;
    }

    /// Cuts connections, or leaves them alone, from now on.
    pub fn cut(&self, cuts: bool) {
        self.shared.cuts.store(cuts, Ordering::Relaxed);
    }

    /// How many were cut.
    pub fn count(&self) -> usize {
        self.shared.count.load(Ordering::Relaxed)
    }
}

impl Shared {
    /// A number below that one, the same in every run (Knuth's MMIX).
    fn below(&self, end: u64) -> u64 {
        let next =
            |seed: u64| Some(seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
        let seed = self.chance.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).expect("it never refuses");
        (seed >> 33) % end
    }
}

/// Carries what both sides say, to the cut or the end.
async fn carry(mut client: TcpStream, shared: Arc<Shared>) {
    let target = *shared.target.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(mut server) = TcpStream::connect(target).await else { return };
    let is_cut = shared.cuts.load(Ordering::Relaxed);
    let (bytes, moment) = (shared.below(2_500), shared.below(400));
    let mut left = if is_cut { usize::try_from(bytes).expect("a small number") } else { usize::MAX };
    let far = Duration::from_hours(1);
    let deadline = Instant::now() + if is_cut { Duration::from_millis(20 + moment) } else { far };
    let (mut up, mut down) = (vec![0; 4096], vec![0; 4096]);
    while left > 0 {
        tokio::select! {
            read = client.read(&mut up) => match read {
                Ok(read @ 1..) => if server.write_all(&up[..read]).await.is_err() { return },
                Ok(0) | Err(_) => return,
            },
            read = server.read(&mut down) => match read {
                Ok(read @ 1..) => {
                    let passes = read.min(left);
                    left -= passes;
                    if client.write_all(&down[..passes]).await.is_err() { return }
                }
                Ok(0) | Err(_) => return,
            },
            () = sleep_until(deadline) => break,
        }
    }
    shared.count.fetch_add(1, Ordering::Relaxed);
}
