//! The way of a request from its ask to its page.
//!
//! A walk is one request and its redirects. Each step is looked at (scheme, address), waits for its host's turn, and
//! runs against what is left of the walk's time; waiting for a turn costs nothing of it. Conditions belong to the
//! URL that was asked for and go along with the first step only. What the source sets (headers, a password in its
//! URL) stays with its own origin: once a redirect has left that, it is gone for the rest of the walk.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use reqwest::StatusCode;
use reqwest::header::{CONTENT_TYPE, ETAG, HeaderMap, LAST_MODIFIED};
use tokio::time::{Instant, timeout};
use tracing::debug;
use url::Url;
use xxhash_rust::xxh3::xxh3_128;

use super::address::{metadata_literal, private_literal};
use super::arrival::{Answer, Arrival, redirect_of};
use super::ask::{Access, Ask, Fetched, RobotsAnswer, Verb, Visited};
use super::body::{self, Cap};
use super::charset;
use super::client::Clients;
use super::contact::takes_connections;
use super::error::FetchError;
use super::fault::{explain, host_and_port};
use super::file;
use super::follow::{self, Follow};
use super::gate::Gate;
use super::options::Options;
use super::own::{Own, conditions, stripped};
use super::resolver::{Reach, Surroundings};
use super::robots;
use super::send;
use super::settings::{OpenError, Settings};
use super::shown::shown;
use super::wishes::wishes;
use crate::clock::Clock;
use crate::model::host::Host;
use crate::model::page::{Page, ServerWishes, Validators};
use crate::model::posting::{self, Posting, Unsent};

/// Redirects that are followed: what RFC 9309 §2.3.1.2 asks for, and more than an honest page needs.
const MAX_REDIRECTS: usize = 5;

/// The head of an answer may come this much later than the silence allows, so that a connection that does not come
/// about is told as such: both times begin together.
pub(super) const CONNECT_FIRST: Duration = Duration::from_millis(250);

/// Bytes that are read of the answer to a form, which nobody looks at.
const ANSWER_TO_A_FORM: usize = 4096;

/// Fetches pages. Clones share connections and turns.
#[derive(Debug, Clone)]
pub struct Fetcher(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: Arc<Settings>,
    surroundings: Surroundings,
    clients: Clients,
    gate: Gate,
    clock: Clock,
}

/// One request and its redirects, as it begins.
struct Walk<'a> {
    url: &'a Url,
    access: &'a Access,
    conditions: HeaderMap,
    /// What is posted; without it the request is a GET.
    body: Option<Posted<'a>>,
    cap: Cap,
}

/// What goes along with one request.
#[derive(Clone, Copy)]
struct Along<'a> {
    own: Option<&'a Own>,
    body: Option<Posted<'a>>,
    cap: Cap,
}

/// The body of a POST.
#[derive(Clone, Copy)]
struct Posted<'a> {
    media_type: &'static str,
    text: &'a str,
}

impl Fetcher {
    /// A fetcher with these options.
    pub fn open(options: &Options, clock: Clock) -> Result<Self, OpenError> {
        Self::open_in(options, clock, Surroundings::default())
    }

    /// A fetcher in a test's surroundings.
    #[doc(hidden)]
    pub fn open_in(options: &Options, clock: Clock, surroundings: Surroundings) -> Result<Self, OpenError> {
        let settings = Arc::new(Settings::of(options)?);
        let clients = Clients::new(Arc::clone(&settings), surroundings.clone());
        let gate = Gate::new(settings.paces.clone());
        Ok(Self(Arc::new(Inner { settings, surroundings, clients, gate, clock })))
    }

    /// Fetches a URL. Only 200 and a 304 that was asked for are no error.
    pub async fn fetch(&self, ask: &Ask<'_>) -> Result<Fetched, FetchError> {
        let nothing = Validators::default();
        let known = if ask.unconditional { &nothing } else { ask.validators };
        let cap = self.0.settings.max_body;
        if ask.url.scheme() == "file" && ask.access.allow_files {
            let body = file::read(ask.url, cap).await?;
            return Ok(self.read_file(ask.url, &body, known));
        }
        let (url, access) = (ask.url, ask.access);
        let walk = Walk { url, access, conditions: conditions(known), body: None, cap: Cap::Refuse(cap) };
        self.judge(&self.walk(walk).await?, known)
    }

    /// Posts JSON to a URL and reads the answer. A POST has no conditions (RFC 9110 §13): only the digest of the
    /// answer tells that it is the same.
    pub async fn post(&self, ask: &Ask<'_>, body: &str) -> Result<Fetched, FetchError> {
        let nothing = Validators::default();
        let known = if ask.unconditional { &nothing } else { ask.validators };
        let cap = Cap::Refuse(self.0.settings.max_body);
        let body = Some(Posted { media_type: "application/json", text: body });
        let walk = Walk { url: ask.url, access: ask.access, conditions: HeaderMap::new(), body, cap };
        self.judge(&self.walk(walk).await?, known)
    }

    /// Posts a form to a URL. Every status of success is one, whatever the answer says beyond it.
    pub async fn submit(&self, url: &Url, access: &Access, form: &[(&str, &str)]) -> Result<(), FetchError> {
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let body = Some(Posted { media_type: "application/x-www-form-urlencoded", text: &text });
        let cap = Cap::Cut(ANSWER_TO_A_FORM);
        let answer = self.walk(Walk { url, access, conditions: HeaderMap::new(), body, cap }).await?;
        if answer.status.is_success() {
            return Ok(());
        }
        let wishes = wishes(answer.status, &answer.headers, self.0.clock.now());
        Err(FetchError::Status { url: shown(&answer.url), code: answer.status.as_u16(), wishes })
    }

    /// Asks once, with these headers and no others of ours, and gives whatever is answered. For who looks at a server and
    /// not at its page: nothing is followed, unpacked or remembered.
    pub async fn visit(
        &self,
        url: &Url,
        access: &Access,
        verb: Verb,
        headers: &[(&str, &str)],
    ) -> Result<Visited, FetchError> {
        let reach = self.reach(access.allow_private_addresses);
        self.check(url, reach)?;
        let _pass = self.0.gate.enter(url).await;
        let client = self.0.clients.bare(reach, url.scheme() == "https")?;
        let mut request = match verb {
            Verb::Get => client.get(stripped(url)),
            Verb::Head => client.head(stripped(url)),
        };
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let visit = async {
            let response = request.send().await.map_err(|error| explain(error, url))?;
            let status = response.status().as_u16();
            let told = response.headers().iter();
            let headers = told.filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())));
            let headers = headers.collect();
            let cap = Cap::Refuse(self.0.settings.max_body);
            let body = body::read(response, url, cap, self.0.settings.idle).await?;
            Ok(Visited { status, headers, body })
        };
        let after = self.0.settings.timeout;
        timeout(after, visit).await.map_err(|_| FetchError::Timeout { url: shown(url), after })?
    }

    /// Brings something to a server that a person named, without waiting for a turn; see `send`.
    pub async fn send(&self, posting: &Posting) -> Result<posting::Answer, Unsent> {
        let send = async {
            self.check(&send::origin(&posting.url), Reach::Everywhere)?;
            let client = self.0.clients.get(Reach::Everywhere, posting.url.scheme() == "https")?;
            send::send(client, posting, self.0.clock.now()).await
        };
        send.await.map_err(|error| send::unsent(&error))
    }

    /// Follows a stream of events of a server that a person named, after the event with that id; see `follow`.
    pub async fn follow(&self, url: &Url, access: &Access, last: Option<&str>) -> Result<Follow, FetchError> {
        let own = Own::of(url, access)?;
        let url = stripped(url);
        self.check(&url, Reach::Everywhere)?;
        let client = self.0.clients.get(Reach::Everywhere, url.scheme() == "https")?;
        follow::open(client, url, &own, last, &self.0.settings, &self.0.clock).await
    }

    fn judge(&self, answer: &Answer, known: &Validators) -> Result<Fetched, FetchError> {
        let wishes = wishes(answer.status, &answer.headers, self.0.clock.now());
        match answer.status {
            StatusCode::OK => Ok(self.read_answer(answer, known, wishes)),
            StatusCode::NOT_MODIFIED if answer.conditional => Ok(Fetched::NotModified { wishes }),
            status => Err(FetchError::Status { url: shown(&answer.url), code: status.as_u16(), wishes }),
        }
    }

    /// Whether the server of `url` takes connections. It gets no request. `None`: a proxy stands in between.
    pub async fn reaches(&self, url: &Url, allow_private_addresses: bool) -> Option<bool> {
        if self.0.settings.proxy.is_some() {
            return None;
        }
        let reach = self.reach(allow_private_addresses);
        if self.check(url, reach).is_err() {
            return Some(false);
        }
        Some(takes_connections(url, reach, &self.0.surroundings).await)
    }

    /// Fetches the robots.txt of the origin of `url`.
    pub async fn robots(&self, url: &Url, access: &Access) -> RobotsAnswer {
        let fetched_at = self.0.clock.now();
        let mut robots_url = url.clone();
        robots_url.set_path("/robots.txt");
        robots_url.set_query(None);
        robots_url.set_fragment(None);
        let cap = Cap::Cut(robots::MAX_BYTES);
        let walk = Walk { url: &robots_url, access, conditions: HeaderMap::new(), body: None, cap };
        match self.walk(walk).await {
            Ok(answer) => {
                let text = String::from_utf8_lossy(&answer.body);
                let body = robots::head(&text).to_owned();
                RobotsAnswer { status: answer.status.as_u16(), body, fetched_at, error: None }
            }
            // Redirects without end are a file that is not there (RFC 9309 §2.3.1.2).
            Err(FetchError::TooManyRedirects { .. }) => {
                RobotsAnswer { status: 404, body: String::new(), fetched_at, error: None }
            }
            Err(error) => RobotsAnswer { status: 0, body: String::new(), fetched_at, error: Some(error) },
        }
    }

    /// Notes the gap that a robots.txt wishes between two requests to a host. It may lengthen the configured one, up
    /// to a minute. It is forgotten when the host has rested for two minutes: say it again with each poll.
    pub fn set_gap(&self, host: &Host, gap: SignedDuration) {
        self.0.gate.wish(host, gap.max(SignedDuration::ZERO).unsigned_abs());
    }

    /// How many requests `host`, which is that of `url`, may get at the same time.
    pub fn width(&self, url: &Url, host: &Host) -> usize {
        self.0.settings.paces.of(url, host).width
    }

    /// Whether robots.txt is to be heeded at all.
    pub fn heeds_robots(&self) -> bool {
        self.0.settings.robots
    }

    /// What we call ourselves: what [`robots::Rules::parse`] is to be told.
    pub fn user_agent(&self) -> &str {
        self.0.settings.user_agent.to_str().unwrap_or_default()
    }

    async fn walk(&self, walk: Walk<'_>) -> Result<Answer, FetchError> {
        let reach = self.reach(walk.access.allow_private_addresses);
        let mut own = Some(Own::of(walk.url, walk.access)?);
        let mut conditions = Some(walk.conditions);
        let mut body = walk.body;
        let mut url = stripped(walk.url);
        let mut left = self.0.settings.timeout;
        self.check(&url, reach)?;
        let mut pass = self.0.gate.enter(&url).await;
        for _ in 0..=MAX_REDIRECTS {
            let along = Along { own: own.as_ref(), body, cap: walk.cap };
            let step = self.step(&url, reach, along, conditions.take());
            let started = Instant::now();
            let late = |_| FetchError::Timeout { url: shown(&url), after: self.0.settings.timeout };
            let arrival = timeout(left, step).await.map_err(late)??;
            left = left.saturating_sub(started.elapsed());
            let as_it_was;
            (url, as_it_was) = match arrival {
                Arrival::Answer(answer) => return Ok(answer),
                Arrival::Redirect { to, as_it_was } => (to, as_it_was),
            };
            self.check(&url, reach)?;
            if url.origin() != walk.url.origin() {
                own = None;
            }
            // What was posted is told to its own origin only, and again only where the server asks for it.
            body = body.filter(|_| as_it_was && own.is_some());
            if !self.0.gate.covers(&pass, &url) {
                // Given back before the next is asked for: two walks that cross must not wait for each other.
                drop(pass);
                pass = self.0.gate.enter(&url).await;
            }
        }
        Err(FetchError::TooManyRedirects { url: shown(walk.url), limit: MAX_REDIRECTS })
    }

    /// One request.
    async fn step(
        &self,
        url: &Url,
        reach: Reach,
        along: Along<'_>,
        conditions: Option<HeaderMap>,
    ) -> Result<Arrival, FetchError> {
        let idle = self.0.settings.idle;
        let started = Instant::now();
        let client = self.0.clients.get(reach, url.scheme() == "https")?;
        let mut request = match along.body {
            Some(body) => client.post(url.clone()).header(CONTENT_TYPE, body.media_type).body(body.text.to_owned()),
            None => client.get(url.clone()),
        };
        if let Some(own) = along.own {
            request = own.put_on(request);
        }
        let conditional = conditions.as_ref().is_some_and(|conditions| !conditions.is_empty());
        if let Some(conditions) = conditions {
            request = request.headers(conditions);
        }
        let silent = |_| FetchError::Idle { url: shown(url), after: idle };
        let response = timeout(idle + CONNECT_FIRST, request.send()).await.map_err(silent)?;
        let mut response = response.map_err(|error| explain(error, url))?;
        let status = response.status();
        if let Some(next) = redirect_of(&response, url) {
            debug!(url = shown(url), status = status.as_u16(), "redirected");
            let as_it_was = matches!(status.as_u16(), 307 | 308);
            return next.map(|to| Arrival::Redirect { to, as_it_was });
        }
        let headers = std::mem::take(response.headers_mut());
        let body =
            if status == StatusCode::OK { body::read(response, url, along.cap, idle).await? } else { Vec::new() };
        let duration_ms = started.elapsed().as_millis();
        debug!(url = shown(url), status = status.as_u16(), bytes = body.len(), duration_ms, "answered");
        Ok(Arrival::Answer(Answer { url: url.clone(), status, headers, body, conditional }))
    }

    /// How far a source may go that is allowed this.
    fn reach(&self, allow_private_addresses: bool) -> Reach {
        if self.0.settings.allow_private || allow_private_addresses { Reach::Everywhere } else { Reach::Public }
    }

    /// Looks at what the URL itself says; what its name resolves to is looked at when it is resolved.
    fn check(&self, url: &Url, reach: Reach) -> Result<(), FetchError> {
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(FetchError::Scheme { url: shown(url) });
        }
        let private = match reach {
            Reach::Public => private_literal(url, &self.0.surroundings.public),
            Reach::Everywhere => metadata_literal(url),
        };
        match private {
            Some(private) => Err(FetchError::Address { host: host_and_port(url), address: private.address }),
            None => Ok(()),
        }
    }

    fn read_answer(&self, answer: &Answer, known: &Validators, wishes: ServerWishes) -> Fetched {
        let digest = xxh3_128(&answer.body);
        let validators = Validators {
            etag: answer.header(&ETAG).map(str::to_owned),
            last_modified: answer.header(&LAST_MODIFIED).map(str::to_owned),
            digest: Some(digest),
            read_at: Some(self.0.clock.now()),
        };
        if known.digest == Some(digest) {
            return Fetched::Same { validators, wishes };
        }
        let content_type = answer.header(&CONTENT_TYPE);
        let tld = answer.url.domain().and_then(|name| name.trim_end_matches('.').rsplit('.').next());
        let media_type = content_type.and_then(|value| value.split(';').next()).map(|kind| kind.trim().to_lowercase());
        let page = Page {
            text: charset::decode(&answer.body, content_type, tld),
            media_type: media_type.filter(|kind| !kind.is_empty()),
            url: answer.url.clone(),
            validators,
        };
        Fetched::Page { page, wishes }
    }

    fn read_file(&self, url: &Url, body: &[u8], known: &Validators) -> Fetched {
        let digest = xxh3_128(body);
        let validators = Validators {
            etag: Some(format!("\"{digest:032x}\"")),
            last_modified: None,
            digest: Some(digest),
            read_at: Some(self.0.clock.now()),
        };
        let wishes = ServerWishes::default();
        if known.digest == Some(digest) {
            return Fetched::Same { validators, wishes };
        }
        let text = charset::decode(body, None, None);
        let page = Page { url: url.clone(), text, media_type: file::media_type(url), validators };
        Fetched::Page { page, wishes }
    }
}
