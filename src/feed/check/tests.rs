//! Each rule against a document that breaks it and nothing else.
