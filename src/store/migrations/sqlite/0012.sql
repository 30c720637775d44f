-- Each start asks whether the sources are those of the configuration: with what the query asks beside, no row is read.
DROP INDEX source_of_file;
CREATE INDEX source_of_file ON source (id, definition_hash, removed_at, written) WHERE written IS NULL;
