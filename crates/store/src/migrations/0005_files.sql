-- Files and batches that applications have at providers. The files themselves lie there; detail is
-- what is known of them, JSON.
CREATE TABLE files (
    id {text} PRIMARY KEY,
    application {text} NOT NULL,
    purpose {text} NOT NULL,
    at {int} NOT NULL,
    expires {int},
    detail {text} NOT NULL
) {rows};

CREATE INDEX files_by_application ON files (application, at, id);
CREATE INDEX files_by_end ON files (expires);

-- held is what account batch/CALL holds until the batch is settled. due is when a node is to ask the
-- provider how it goes.
CREATE TABLE batches (
    call {bytes} PRIMARY KEY,
    id {text} UNIQUE,
    account {text} NOT NULL,
    application {text} NOT NULL,
    at {int} NOT NULL,
    due {int} NOT NULL,
    settled {int} NOT NULL DEFAULT 0,
    held {int} NOT NULL,
    detail {text} NOT NULL
) {rows};

CREATE INDEX batches_by_application ON batches (application, at, id);
CREATE INDEX batches_due ON batches (due) WHERE settled = 0;
