//! One connection from its first byte to its last.
//!
//! What hyper does not do: answer 408 where a request was begun and never finished, and read on for a moment after
//! a refusal, since closing a socket with unread bytes takes the answer away from the client.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tracing::debug;

use super::events::Endless;
use super::house::House;
use super::limits::HEAD_BUFFER;
use super::listen::Stream;
use super::routes::Routes;
use super::seats::{Phase, Seat};
use super::wire::Wire;

const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long a client that has just come in gets to ask, once the server stops: its request is on the way.
const JUST_COME: Duration = Duration::from_millis(100);

/// How long, and how many bytes, a refused client may go on sending before the socket closes.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 4 << 20;

/// Serves a client until it leaves, its seat is needed, or the server stops.
pub(super) async fn serve(
    stream: Stream,
    seat: Seat,
    house: Arc<House>,
    routes: Routes,
    mut stopping: watch::Receiver<bool>,
) {
    let seat = Arc::new(seat);
    let limits = house.limits;
    let wire = Wire::new(stream, Arc::clone(&seat), limits.stall);
    let answering = Arc::clone(&seat);
    let has_asked = AtomicBool::new(false);
    let service = service_fn(|request: Request<Incoming>| {
        has_asked.store(true, Ordering::Relaxed);
        let (seat, routes) = (Arc::clone(&answering), routes.clone());
        let answer: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(async move {
            seat.set(Phase::Answering);
            let answer = routes.answer(request.map(Body::new)).await;
            let follows = matches!(&answer, Ok(answer) if Endless::is(answer));
            seat.set(if follows { Phase::Following } else { Phase::Writing });
            answer
        });
        answer
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(HEAD_BUFFER) // a head has at most 100 headers by default; to say so would cost an allocation each
        .serve_connection(TokioIo::new(wire), service);
    let ended = {
        let mut lost = pin!(seat.lost());
        let mut stop = pin!(async {
            stopped(&mut stopping).await;
            if !has_asked.load(Ordering::Relaxed) {
                sleep(JUST_COME).await;
            }
        });
        let mut is_stopping = false;
        poll_fn(|cx| {
            if !is_stopping && stop.as_mut().poll(cx).is_ready() {
                is_stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            if lost.as_mut().poll(cx).is_ready() {
                return Poll::Ready(None);
            }
            connection.poll_without_shutdown(cx).map(Some)
        })
        .await
    };
    let mut wire = connection.into_parts().io.into_inner();
    match ended {
        Some(Ok(())) => close(&mut wire).await,
        Some(Err(error)) if error.is_timeout() => {
            if wire.has_begun() {
                refuse(&mut wire, TOO_SLOW).await;
            }
        }
        Some(Err(error)) if error.is_parse() => linger(&mut wire).await,
        Some(Err(error)) => debug!(%error, "a client went away"),
        None => debug!("a client that waited made room for another"),
    }
}

/// Comes back once the server stops.
pub(super) async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is gone, which is the same.
    let _ = stopping.wait_for(|stops| *stops).await;
}

/// Says goodbye to a client for whom there is no seat.
pub(super) fn turn_away(stream: &Stream) {
    const FULL: &[u8] =
        b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 5\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    // Nobody waits for such a client: what does not fit into an empty socket's buffer is not sent.
    let _ = match stream {
        Stream::Tcp(stream) => stream.try_write(FULL),
        Stream::Unix(stream) => stream.try_write(FULL),
    };
}

async fn refuse(wire: &mut Wire, answer: &[u8]) {
    if wire.write_all(answer).await.is_ok() {
        linger(wire).await;
    }
}

/// Ends the answer and reads what the client still sends, within bounds.
async fn linger(wire: &mut Wire) {
    close(wire).await;
    let mut rest = wire.take(LINGER_BYTES);
    // Either way the socket closes next.
    let _ = timeout(LINGER, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
}

async fn close(wire: &mut Wire) {
    // A client that is gone needs no goodbye.
    let _ = wire.shutdown().await;
}
