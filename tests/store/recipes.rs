//! Recipes that were learnt: which is in use, what voids it, what is taken back.

use sosik::model::report::{Because, Learnt};
use sosik::model::source::{HtmlRecipe, Layout, Recipe};
use sosik::store::Store;
use sosik::store::contract::Fenced;

use super::given::*;

fn learnt(post: &str, because: Because, at: u32) -> Learnt {
    let layout = Layout { name: "learnt".into(), post: post.into(), ..Layout::default() };
    let recipe = Recipe::Html(HtmlRecipe { layouts: vec![layout], ..HtmlRecipe::default() });
    Learnt { recipe, because, at: minute(at.into()) }
}

async fn learn(store: &dyn Store, recipe: &Learnt) {
    poll(store, "a", recipe.at, |report| report.learnt = Some(recipe.clone())).await;
}

pub(crate) async fn a_learnt_recipe_is_given_to_every_later_poll(store: &dyn Store) {
    sources(store, &["a", "b"]).await;
    let (first, second) = (learnt("li", Because::Unread, 1), learnt("tr", Because::Broken, 3));
    learn(store, &first).await;
    poll(store, "a", minute(2), |_| {}).await;
    assert_eq!(overview(store, "a").await.state.learnt, Some(first.clone()), "a poll that learns nothing keeps it");
    learn(store, &second).await;
    assert_eq!(overview(store, "a").await.state.learnt, Some(second.clone()));
    assert_eq!(overview(store, "b").await.state.learnt, None);
    let due = leases(store, minute(500)).await;
    let state = due.iter().flat_map(|lease| &lease.due).find(|due| due.source.id == id("a")).unwrap().state.clone();
    assert_eq!(state.learnt, Some(second.clone()));
    let kept = store.recipes(overview(store, "a").await.at).await.unwrap();
    assert_eq!(kept.iter().map(|kept| &kept.learnt).collect::<Vec<_>>(), [&second, &first]);
}

pub(crate) async fn a_recipe_is_taken_back_to_the_one_before(store: &dyn Store) {
    sources(store, &["a"]).await;
    let (first, second) = (learnt("li", Because::Unread, 1), learnt("tr", Because::Broken, 3));
    learn(store, &first).await;
    learn(store, &second).await;
    assert_eq!(store.undo_recipe(&id("a"), minute(4)).await.unwrap(), Some(second));
    let state = overview(store, "a").await.state;
    assert_eq!((state.learnt, state.next_check), (Some(first.clone()), Some(minute(4))));
    assert_eq!(store.undo_recipe(&id("a"), minute(5)).await.unwrap(), Some(first));
    assert_eq!(overview(store, "a").await.state.learnt, None);
    assert_eq!(store.undo_recipe(&id("a"), minute(6)).await.unwrap(), None);
    let kept = store.recipes(overview(store, "a").await.at).await.unwrap();
    assert_eq!(kept.iter().filter_map(|kept| kept.undone_at).collect::<Vec<_>>(), [minute(4), minute(5)]);
    assert!(store.forget_recipes(&id("a")).await.unwrap());
    assert_eq!(store.recipes(overview(store, "a").await.at).await.unwrap(), []);
    assert!(!store.forget_recipes(&id("nobody")).await.unwrap());
}

pub(crate) async fn a_changed_configuration_voids_what_was_learnt(store: &dyn Store) {
    for change in ["recipe", "url"] {
        let mut all = sources(store, &["a"]).await;
        learn(store, &learnt("li", Because::Unread, 1)).await;
        let held = store.claim(&claim_named(minute(8), &["a"])).await.unwrap().leases.remove(0);
        match change {
            "recipe" => {
                all[0].recipe =
                    Recipe::Html(HtmlRecipe { page_query: Some("p".into()), ..HtmlRecipe::default() }).into();
            }
            _ => all[0].url.set_path("/elsewhere"),
        }
        store.sync_sources(&all, minute(9)).await.unwrap();
        assert_eq!(overview(store, "a").await.state.learnt, None, "{change}");
        // A poll that began before it comes back with what the old recipe taught.
        let mut late = report(minute(9));
        late.learnt = Some(learnt("late", Because::Broken, 9));
        assert_eq!(store.record(vec![recorded(&held, 0, late)], minute(9)).await.unwrap(), [Fenced::Recorded]);
        assert_eq!(overview(store, "a").await.state.learnt, None, "{change}");
        store.sync_sources(&[], minute(10)).await.unwrap();
        store.prune(&[id("a")]).await.unwrap();
    }
}
