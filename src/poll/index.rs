//! Which recipe reads a source, and what its index teaches.
//!
//! What was learnt reads before what the configuration says; a configuration that names selectors of its own never
//! learns. A first look at a page that neither a recipe nor a preset reads learns one, and the second page of the walk
//! tries it: where the detection sees posts there that the recipe does not, it was none. An index that falls off its
//! way is `repair`'s.

use std::collections::HashSet;
use std::sync::Arc;

use url::Url;

use super::doubt::Doubt;
use super::walk::{NEW_HABIT, Walk};
use crate::extract::{self, Budget, CompiledRecipe, Context, ExtractError, Reading, Request};
use crate::model::failure::{Failure, Step};
use crate::model::link::bare_host;
use crate::model::page::Page;
use crate::model::post::{Candidates, SiteFacts};
use crate::model::report::{Because, Learnt};
use crate::model::source::{HtmlRecipe, Recipe};
use crate::store::StoreError;

/// Posts that the detection sees and the recipe does not before the recipe is none.
const MISSED: usize = 3;

impl Walk<'_> {
    /// The recipe that the source is read with.
    pub(super) fn way(&self) -> &Recipe {
        self.due.state.learnt.as_ref().map_or(&self.due.source.recipe, |learnt| &learnt.recipe)
    }

    /// The same family of sites without its layouts: presets and the detector choose.
    pub(super) fn open_way(&self) -> Recipe {
        match &*self.due.source.recipe {
            Recipe::Html(recipe) => Recipe::Html(HtmlRecipe { preset: recipe.preset.clone(), ..HtmlRecipe::default() }),
            Recipe::Json(recipe) => Recipe::Json(recipe.clone()),
        }
    }

    /// Whether a recipe may be learnt: a person's own selectors are never overruled, those beside a preset included, and an
    /// endpoint has no layout.
    pub(super) fn may_learn(&self) -> bool {
        match &*self.due.source.recipe {
            Recipe::Html(HtmlRecipe { preset: Some(name), layouts, .. }) => {
                extract::preset::named(name).is_none_or(|own| match &own.recipe {
                    Recipe::Html(own) => own.layouts == *layouts,
                    Recipe::Json(_) => true,
                })
            }
            Recipe::Html(recipe) => {
                let by_endpoint = self.request(&self.due.source.url).is_ok_and(|request| request.stands_in);
                recipe.layouts.is_empty() && !by_endpoint
            }
            Recipe::Json(_) => false,
        }
    }

    /// Whether the blog was read before, and what it yielded still says how it should look.
    pub(super) fn has_habits(&self) -> bool {
        self.due.state.last_success.is_some() && self.due.state.failures < NEW_HABIT
    }

    /// Reads the index: with the recipe in use, else with one that is learnt from it.
    pub(super) async fn read_index(&mut self, page: &Arc<Page>) -> Result<Result<Candidates, Failure>, StoreError> {
        let url = page.url.clone();
        let mut read = self.read_in_use(Arc::clone(page)).await;
        // Fewer posts than a page of it has: there may be some that the layout does not know.
        if self.as_before.take().is_some() && read.as_ref().is_ok_and(|read| self.is_short(&read.candidates)) {
            read = self.read_in_use(Arc::clone(page)).await;
        }
        let failure = match read {
            Err(failure) => failure,
            Ok(reading) => match self.complaint(&reading.candidates, &url).or_else(|| self.estranged(&reading)) {
                Some(failure) => failure,
                None => match self.doubt(&reading).await? {
                    None => {
                        self.learn(&reading);
                        return Ok(Ok(reading.candidates));
                    }
                    Some(Doubt::Hard(failure)) => failure,
                    Some(Doubt::Soft { failure, met_none }) => {
                        if self.differs(Arc::clone(page), &reading).await {
                            match self.repair(failure).await? {
                                // No post is known, and the page has others than the recipe reads: it is another's.
                                Err(failure) if met_none => return Ok(Err(failure)),
                                Err(_) => {}
                                Ok(repaired) => return Ok(Ok(repaired)),
                            }
                        }
                        return Ok(Ok(reading.candidates));
                    }
                },
            },
        };
        self.repair(failure).await
    }

    /// Whether a page shows fewer posts than it did.
    fn is_short(&self, read: &Candidates) -> bool {
        let posts = u32::try_from(read.posts.len()).unwrap_or(u32::MAX);
        self.due.state.profile.is_some_and(|profile| f64::from(posts) < profile.posts)
    }

    /// Reads a page behind the index.
    pub(super) async fn read_older(&mut self, page: &Arc<Page>) -> Result<Candidates, Failure> {
        let untried = self.pages == 1 && self.due.state.last_success.is_none();
        let tries = untried && self.learnt.as_ref().is_some_and(|learnt| learnt.because == Because::Unread);
        let read = self.read_in_use(Arc::clone(page)).await;
        if !tries {
            return read.map(|reading| reading.candidates);
        }
        let open = self.compiled(&self.open_way())?;
        let Ok(seen) = self.read_with(Arc::clone(page), Arc::clone(&open)).await else {
            return read.map(|reading| reading.candidates);
        };
        let found: HashSet<_> = read.iter().flat_map(|read| &read.candidates.posts).map(|post| &post.url).collect();
        let missed = seen.candidates.posts.iter().filter(|post| !found.contains(&post.url)).count();
        if missed < MISSED {
            return read.map(|reading| reading.candidates);
        }
        self.learnt = None;
        self.recipe = Some(open);
        Ok(seen.candidates)
    }

    /// What a page says of the blog, without its own heading where the blog's name is known.
    pub(super) fn with_name(&self, site: SiteFacts) -> SiteFacts {
        let keeps = !site.named && self.due.state.site_title.is_some();
        SiteFacts { title: site.title.filter(|_| !keeps), ..site }
    }

    /// Whether a page without posts is that behind the last: the blog's own pager still leads back from it, or as many
    /// posts were met as the blog says it has. A captcha or an error in the middle of a walk is neither.
    pub(super) fn is_past_the_end(&self, page: &Page, before: Option<&Url>, failure: &Failure) -> bool {
        let all = self.site.declared.is_some_and(|declared| self.met() >= declared);
        failure.step == Step::Extract && (all || before.is_some_and(|before| extract::leads_to(page, before)))
    }

    /// Reads a page with the recipe in use.
    pub(super) async fn read_in_use(&mut self, page: Arc<Page>) -> Result<Reading, Failure> {
        let recipe = self.in_use()?;
        self.read_with(page, recipe).await
    }

    /// The recipe in use, made ready.
    pub(super) fn in_use(&mut self) -> Result<Arc<CompiledRecipe>, Failure> {
        if let Some(recipe) = &self.recipe {
            return Ok(Arc::clone(recipe));
        }
        let compiled = self.compiled(self.way())?;
        Ok(self.recipe.insert(compiled).clone())
    }

    /// Takes what the index taught, where a way to read it was still to be found.
    fn learn(&mut self, reading: &Reading) {
        let Some(recipe) = reading.detected.as_ref().and_then(|detected| detected.recipe.clone()) else { return };
        self.take_recipe(Recipe::Html(recipe), Because::Unread);
    }

    /// Reads on with a recipe, and has it stored with the posts.
    pub(super) fn take_recipe(&mut self, recipe: Recipe, because: Because) {
        if let Ok(compiled) = self.compiled(&recipe) {
            self.recipe = Some(compiled);
            self.learnt = Some(Learnt { recipe, because, at: self.started });
        }
    }

    /// What is wrong where a blog that a layout read shows its posts by nothing but the page's structure.
    fn estranged(&self, reading: &Reading) -> Option<Failure> {
        let before = self.due.state.how.as_deref()?;
        let is_detected = |how: &str| how.ends_with("detected");
        let falls = reading.detected.is_some() && !is_detected(before) && self.has_habits();
        falls.then(|| Failure {
            step: Step::Extract,
            message: format!("{} is not laid out any more as it was when `{before}` read it", self.due.source.url),
            help: format!("compare `sosik preview {}` with the blog", self.due.source.url),
            transient: true,
            chain: Vec::new(),
            unreachable: false,
        })
    }

    /// Reads a page with a recipe.
    pub(super) async fn read_with(&mut self, page: Arc<Page>, recipe: Arc<CompiledRecipe>) -> Result<Reading, Failure> {
        self.reading(page, recipe, extract::read).await
    }

    /// Reads something of a page, on a thread where parsing may take its time.
    pub(super) async fn reading<T: Send + 'static>(
        &mut self,
        page: Arc<Page>,
        recipe: Arc<CompiledRecipe>,
        read: impl FnOnce(&Page, &CompiledRecipe, &Context<'_>) -> Result<T, ExtractError> + Send + 'static,
    ) -> Result<T, Failure> {
        let url = page.url.clone();
        let host = bare_host(&page.url);
        if !self.own_hosts.contains(&host) {
            self.own_hosts.push(host);
        }
        let source = &self.due.source;
        let (base, zone, language, now) =
            (source.base_url.clone(), source.time_zone.clone(), source.language.clone(), self.started);
        let as_before = self.as_before.clone();
        let done = self.poller.readers.read(move || {
            let context = Context {
                link_base: base.as_ref(),
                time_zone: zone.as_deref(),
                language: language.as_deref(),
                now,
                budget: Budget::default(),
                as_before: as_before.as_deref(),
            };
            read(&page, &recipe, &context)
        });
        match done.await {
            Some(read) => read.map_err(|error| error.failure()),
            None => Err(crashed(&url)),
        }
    }

    /// What is asked for to read the page at `address`.
    pub(super) fn request(&self, address: &Url) -> Result<Request, Failure> {
        self.compiled(self.way())?.request(address).map_err(|error| error.failure())
    }

    pub(super) fn compiled(&self, recipe: &Recipe) -> Result<Arc<CompiledRecipe>, Failure> {
        self.poller.compiled(recipe).map_err(|error| error.failure())
    }
}

/// A page on which our own reading broke: one source's trouble, not everyone's.
fn crashed(url: &Url) -> Failure {
    Failure {
        step: Step::Extract,
        message: format!("reading {url} broke sosik itself"),
        help: "this is a fault of sosik: please report it together with the page".to_owned(),
        transient: false,
        chain: Vec::new(),
        unreachable: false,
    }
}
