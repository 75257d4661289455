-- What updates of the catalogue brought, each by the revision that brought it. Which of them is in
-- force, or that none is, stands in the newest revision of the catalogue.
CREATE TABLE catalogue_updates (
    revision {int} PRIMARY KEY,
    text {text} NOT NULL
) {rows};
