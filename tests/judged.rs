//! What sosik writes, before judges that are not ours: libxml2 and the parser of a feed reader.
//!
//! Two blogs: the test blog as the program reads it, and a blog of everything that has ever broken a feed. Their files
//! stay in `target/tmp/judged/`, where `scripts/w3c` finds them.

#[path = "support/mod.rs"]
mod support;

mod judged {
    mod nasty;
    mod published;
}
