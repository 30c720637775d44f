//! From a name to addresses that may be asked.
//!
//! The client connects to exactly what this resolver answers, so a name cannot be one address when it is looked at
//! and another when it is connected to. The client does not ask it about hosts that are addresses already: those
//! are looked at in `address`. A proxy that resolves names itself (`http`, `socks5h`) is beyond its reach.

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{PrivateAddress, is_metadata, is_public};

/// A test's own answers.
type Answers = dyn Fn(&str) -> io::Result<Vec<IpAddr>> + Send + Sync;

/// Who turns a name into addresses.
#[derive(Clone, Default)]
pub enum Lookup {
    /// The machine's resolver.
    #[default]
    System,
    /// A test's own answers.
    Table(Arc<Answers>),
}

impl fmt::Debug for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Table(_) => "Table",
        })
    }
}

/// What a test changes about the world: it has only loopback addresses to play the internet with.
#[derive(Debug, Clone, Default)]
pub struct Surroundings {
    /// Who turns names into addresses.
    pub lookup: Lookup,
    /// Addresses that count as public ones.
    pub public: Vec<IpAddr>,
}

/// How far a client may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// The public internet.
    Public,
    /// Private addresses too.
    Everywhere,
}

/// The resolver of one client.
#[derive(Debug, Clone)]
pub(super) struct GuardedResolver {
    pub(super) surroundings: Surroundings,
    pub(super) reach: Reach,
    /// A proxy's own name: a person set it, so it may be anywhere.
    pub(super) proxy_host: Option<String>,
}

impl GuardedResolver {
    /// The addresses of `name` that may be asked.
    pub(super) async fn addresses(
        &self,
        name: &str,
    ) -> Result<Vec<SocketAddr>, Box<dyn std::error::Error + Send + Sync>> {
        let found: Vec<IpAddr> = match &self.surroundings.lookup {
            Lookup::System => tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect(),
            Lookup::Table(answer) => answer(name)?,
        };
        let is_proxy = self.proxy_host.as_deref() == Some(name);
        let open = self.reach == Reach::Everywhere && !found.iter().copied().any(is_metadata);
        let public = |address: &IpAddr| is_public(*address) || self.surroundings.public.contains(address);
        let allowed = |address: &IpAddr| is_proxy || open || public(address);
        // Port 0 stands for the port of the URL.
        let good: Vec<SocketAddr> =
            found.iter().filter(|address| allowed(address)).map(|address| SocketAddr::new(*address, 0)).collect();
        match found.first() {
            None => Err(io::Error::new(io::ErrorKind::NotFound, "the name has no address").into()),
            Some(first) if good.is_empty() => Err(PrivateAddress { address: first.to_string() }.into()),
            Some(_) => Ok(good),
        }
    }
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let resolver = self.clone();
        Box::pin(async move {
            let addresses = resolver.addresses(name.as_str()).await?;
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn resolver(answers: &'static [&'static [&'static str]], reach: Reach) -> GuardedResolver {
        let asked = AtomicUsize::new(0);
        let table = move |_: &str| {
            let turn = asked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1);
            Ok(answers[turn].iter().map(|address| address.parse().unwrap()).collect())
        };
        let surroundings = Surroundings { lookup: Lookup::Table(Arc::new(table)), public: Vec::new() };
        GuardedResolver { surroundings, reach, proxy_host: Some("proxy.lan".to_owned()) }
    }

    async fn ask(resolver: &GuardedResolver, name: &str) -> Result<Vec<String>, String> {
        match resolver.resolve(name.parse().unwrap()).await {
            Ok(addresses) => Ok(addresses.map(|address| address.ip().to_string()).collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn a_name_that_turns_private_is_refused_at_that_moment() {
        let resolver = resolver(&[&["1.1.1.1"], &["127.0.0.1"]], Reach::Public);
        assert_eq!(ask(&resolver, "rebind.example").await, Ok(vec!["1.1.1.1".to_owned()]));
        let refused = ask(&resolver, "rebind.example").await;
        assert_eq!(refused, Err("127.0.0.1 is not an address of the public internet".to_owned()));
    }

    #[tokio::test]
    async fn of_a_mixed_answer_only_the_public_part_is_used() {
        let resolver = resolver(&[&["10.0.0.1", "1.1.1.1", "::1"]], Reach::Public);
        assert_eq!(ask(&resolver, "mixed.example").await, Ok(vec!["1.1.1.1".to_owned()]));
    }

    #[tokio::test]
    async fn a_source_that_may_and_the_proxy_itself_may_be_anywhere() {
        let open = resolver(&[&["10.0.0.1"]], Reach::Everywhere);
        assert_eq!(ask(&open, "nas.lan").await, Ok(vec!["10.0.0.1".to_owned()]));
        let guarded = resolver(&[&["10.0.0.1"]], Reach::Public);
        assert_eq!(ask(&guarded, "proxy.lan").await, Ok(vec!["10.0.0.1".to_owned()]));
    }

    #[tokio::test]
    async fn no_name_leads_to_a_metadata_service() {
        let open = resolver(&[&["169.254.169.254"]], Reach::Everywhere);
        assert!(ask(&open, "metadata.example").await.is_err());
    }

    #[tokio::test]
    async fn a_name_without_addresses_is_an_error_of_its_own() {
        let resolver = resolver(&[&[]], Reach::Public);
        assert_eq!(ask(&resolver, "nothing.example").await, Err("the name has no address".to_owned()));
    }
}
