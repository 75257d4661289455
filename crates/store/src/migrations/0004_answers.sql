-- Answers that callers may read again and go on from. What was asked and said is sealed.
CREATE TABLE answers (
    application {text} NOT NULL,
    id {text} NOT NULL,
    at {int} NOT NULL,
    key_id {text} NOT NULL,
    nonce {bytes} NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (application, id)
) {rows};

CREATE INDEX answers_by_time ON answers (at);
