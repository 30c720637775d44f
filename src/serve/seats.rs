//! Who may be connected: so many in all, so many of one address.
//!
//! A newcomer always finds a seat while anybody only waits: of those who have sent no complete request, who has
//! waited longest makes room. So half-open connections, however many, never shut a good client out.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::limits::Limits;
use super::listen::is_loopback;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// For a request, or for the rest of one.
    Waiting = 0,
    /// A request is being answered.
    Answering = 1,
    /// The answer is there and not yet written out.
    Writing = 2,
    /// An answer that does not end is being written: who follows events keeps the seat.
    Following = 3,
}

/// All seats.
#[derive(Debug)]
pub(super) struct Seats {
    most: usize,
    most_per_address: usize,
    turn: AtomicU64,
    taken: Mutex<HashMap<u64, Arc<Place>>>,
}

#[derive(Debug)]
struct Place {
    address: Option<IpAddr>,
    phase: AtomicU8,
    /// The turn at which it began to wait.
    since: AtomicU64,
    leave: Notify,
}

/// One connection's seat; dropping it frees it.
#[derive(Debug)]
pub(super) struct Seat {
    seats: Arc<Seats>,
    number: u64,
    place: Arc<Place>,
}

impl Seats {
    pub(super) fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self {
            most: limits.connections.max(1),
            most_per_address: limits.connections_per_address.max(1),
            turn: AtomicU64::new(0),
            taken: Mutex::default(),
        })
    }

    /// A seat for a client of that address; `None`: all are taken by clients that are being answered.
    pub(super) fn take(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Seat> {
        let address = address.and_then(counted);
        let number = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut taken = self.lock();
        let of_address = |place: &Place| address.is_some() && place.address == address;
        if taken.values().filter(|place| of_address(place)).count() >= self.most_per_address {
            evict(&mut taken, of_address)?;
        }
        if taken.len() >= self.most {
            evict(&mut taken, |_| true)?;
        }
        let place = Arc::new(Place {
            address,
            phase: AtomicU8::new(Phase::Waiting as u8),
            since: AtomicU64::new(number),
            leave: Notify::new(),
        });
        taken.insert(number, Arc::clone(&place));
        drop(taken);
        Some(Seat { seats: Arc::clone(self), number, place })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Place>>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Says what the connection is doing now.
    pub(super) fn set(&self, phase: Phase) {
        if phase == Phase::Waiting {
            self.place.since.store(self.seats.turn.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        }
        self.place.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Whether the connection is doing that.
    pub(super) fn is(&self, phase: Phase) -> bool {
        self.place.phase.load(Ordering::Relaxed) == phase as u8
    }

    /// Comes back when another client got the seat.
    pub(super) async fn lost(&self) {
        self.place.leave.notified().await;
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.lock().remove(&self.number);
    }
}

/// Takes the seat of whoever has waited longest among those.
fn evict(taken: &mut HashMap<u64, Arc<Place>>, among: impl Fn(&Place) -> bool) -> Option<()> {
    let waits = |place: &Place| place.phase.load(Ordering::Relaxed) == Phase::Waiting as u8;
    let (number, _) = taken
        .iter()
        .filter(|(_, place)| among(place) && waits(place))
        .min_by_key(|(_, place)| place.since.load(Ordering::Relaxed))?;
    let number = *number;
    taken.remove(&number)?.leave.notify_one();
    Some(())
}

/// What counts as one address: an IPv6 customer has a whole network. This machine's own count only in all.
fn counted(address: IpAddr) -> Option<IpAddr> {
    match address {
        address if is_loopback(address) => None,
        IpAddr::V4(_) => Some(address),
        IpAddr::V6(address) => Some(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(connections: usize, connections_per_address: usize) -> Arc<Seats> {
        Seats::new(&Limits { connections, connections_per_address, ..Limits::default() })
    }

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    async fn is_lost(seat: &Seat) -> bool {
        tokio::select! { biased; () = seat.lost() => true, () = std::future::ready(()) => false }
    }

    #[tokio::test]
    async fn who_has_waited_longest_makes_room() {
        let seats = seats(3, 9);
        let [first, second, third] = [(); 3].map(|()| seats.take(None).unwrap());
        first.set(Phase::Answering);
        second.set(Phase::Answering);
        second.set(Phase::Waiting);
        let fourth = seats.take(None).unwrap();
        assert!(is_lost(&third).await, "it waits longest: the second has begun anew");
        assert!(!is_lost(&first).await && !is_lost(&second).await && !is_lost(&fourth).await);
        drop(third);
        assert_eq!(seats.lock().len(), 3);
    }

    #[test]
    fn nobody_who_is_being_answered_makes_room() {
        let seats = seats(2, 9);
        let [first, second] = [(); 2].map(|()| seats.take(None).unwrap());
        first.set(Phase::Answering);
        second.set(Phase::Writing);
        assert!(seats.take(None).is_none());
        drop(first);
        assert!(seats.take(None).is_some());
    }

    #[tokio::test]
    async fn an_address_makes_room_for_itself_and_this_machine_is_none() {
        let seats = seats(9, 1);
        let other = seats.take(Some(address("192.0.2.1"))).unwrap();
        let first = seats.take(Some(address("2001:db8::1"))).unwrap();
        let second = seats.take(Some(address("2001:db8::2"))).unwrap();
        assert!(is_lost(&first).await, "one network of 64 bits");
        assert!(!is_lost(&other).await);
        second.set(Phase::Answering);
        assert!(seats.take(Some(address("2001:db8::3"))).is_none());
        let here = [(); 3].map(|()| seats.take(Some(address("127.0.0.1"))).unwrap());
        assert!(!is_lost(&here[0]).await);
    }
}
