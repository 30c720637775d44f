//! Posts from a JSON endpoint: what is asked for ([`Request`]), and paths into the answer.
//!
//! A page of such a blog is known by the address that people know, with its place in the list as the fragment
//! (`https://velog.io/@me#page=2`): fragments are never sent, so a walk, its cursor and its log need nothing else.

mod address;
mod compile;
mod field;
mod path;
mod read;
mod request;

pub(super) use address::Address;
pub(super) use compile::CompiledJson;
pub(super) use field::{Template, encoded};
pub(super) use read::read;
pub use request::Request;
