//! One request of a walk: to the page, or to the endpoint that it is read from, where robots.txt allows it.

use url::Url;

use super::walk::Walk;
use crate::extract::Request;
use crate::fetch::{Ask, FetchError, Fetched};
use crate::model::failure::Failure;
use crate::model::host::Host;
use crate::model::page::Validators;
use crate::store::StoreError;

impl Walk<'_> {
    /// Fetches what the page at `address` is read from.
    pub(super) async fn fetch(
        &mut self,
        address: &Url,
        validators: &Validators,
        unconditional: bool,
    ) -> Result<Fetched, FetchError> {
        self.requests += 1;
        // That it can be asked was seen at the start; a cursor from another recipe is a page like any other.
        let request = self.request(address).unwrap_or_else(|_| Request::page(address));
        let mut access = self.access.clone();
        // A preset's endpoint on another host is not told what the source sends to its own.
        if request.stands_in && self.due.source.recipe.preset().is_some() && Host::of(&request.url) != Host::of(address)
        {
            access.headers.clear();
        }
        for (name, value) in request.headers {
            if !access.headers.keys().any(|own| own.eq_ignore_ascii_case(&name)) {
                access.headers.insert(name, value);
            }
        }
        let ask = Ask { url: &request.url, validators, access: &access, unconditional };
        let mut fetched = match &request.body {
            Some(body) => self.poller.fetcher.post(&ask, body).await,
            None => self.poller.fetcher.fetch(&ask).await,
        };
        if let (true, Ok(Fetched::Page { page, .. })) = (request.stands_in, &mut fetched) {
            page.url = address.clone();
        }
        self.wishes = match &fetched {
            Ok(Fetched::NotModified { wishes } | Fetched::Same { wishes, .. } | Fetched::Page { wishes, .. })
                if self.pages == 0 =>
            {
                *wishes
            }
            Ok(_) => self.wishes,
            Err(error) => error.wishes(),
        };
        fetched
    }

    /// Why robots.txt forbids a page, if it does.
    pub(super) async fn refused_by_robots(&mut self, url: &Url) -> Result<Option<Failure>, StoreError> {
        if url.scheme() == "file" || !self.due.source.robots || !self.poller.fetcher.heeds_robots() {
            return Ok(None);
        }
        let verdict = self.poller.robots.ask(url, &self.access).await?;
        self.requests += u32::from(verdict.fetched);
        if let Some(delay) = verdict.crawl_delay {
            self.poller.fetcher.set_gap(&self.due.source.host(), delay);
            self.host_gap_ms = i64::try_from(delay.as_millis()).ok();
        }
        Ok(verdict.refused)
    }
}
