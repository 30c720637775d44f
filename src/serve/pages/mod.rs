//! Pages for people: HTML that needs no script, in light and dark, on a phone and a desktop.
//!
//! One file a page with its template beside it; `frame` is what all of them share. Every text is escaped by the
//! template engine, and what is no web address is shown as text and never as a link.

mod chart;
mod frame;
pub(super) mod home;
pub(super) mod missing;
pub(super) mod source;
pub(super) mod view;
