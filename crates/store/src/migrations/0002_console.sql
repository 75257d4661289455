-- Whoever may use the console. A name is kept as it was written and, folded, as it is compared.
CREATE TABLE people (
    folded {text} PRIMARY KEY,
    name {text} NOT NULL,
    role {text} NOT NULL,
    password {text} NOT NULL,
    created {int} NOT NULL,
    last_seen {int}
) {keyed};

-- person is a folded name, here and in invitations.
CREATE TABLE sessions (
    hash {bytes} PRIMARY KEY,
    person {text} NOT NULL,
    agent {text} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL,
    seen {int} NOT NULL
) {keyed};

CREATE INDEX sessions_by_person ON sessions (person);

-- One of role and person is set: come in with this role, or set a new password for this person.
CREATE TABLE invitations (
    hash {bytes} PRIMARY KEY,
    role {text},
    person {text},
    made_by {text} NOT NULL,
    created {int} NOT NULL,
    expires {int} NOT NULL
) {keyed};

-- By whatever name was tried, whether or not somebody has it.
CREATE TABLE signin_attempts (
    name {text} PRIMARY KEY,
    failures {int} NOT NULL,
    until {int} NOT NULL
) {keyed};

CREATE INDEX resources_by_name ON resources (name, kind);

-- When the call was settled, by the store's clock. 0: before this column was there.
ALTER TABLE calls ADD COLUMN arrived {int} NOT NULL DEFAULT 0;

CREATE INDEX calls_by_arrival ON calls (arrived, id);

-- All that a list of calls is filtered by, so that it reads no record but those that it shows.
CREATE INDEX calls_seen ON calls
    (id, status, ending, model, provider, application, key, team, reason);

-- Sums over the calls that were accepted in a slot of time of so many seconds (grain), which
-- begins at `at`. A text is empty where a call has none.
CREATE TABLE usage (
    grain {int} NOT NULL,
    at {int} NOT NULL,
    team {text} NOT NULL,
    application {text} NOT NULL,
    model {text} NOT NULL,
    provider {text} NOT NULL,
    status {int} NOT NULL,
    ending {text} NOT NULL,
    reason {text} NOT NULL,
    calls {int} NOT NULL,
    errors {int} NOT NULL,
    refused {int} NOT NULL,
    prompt_tokens {int} NOT NULL,
    output_tokens {int} NOT NULL,
    cost {int} NOT NULL,
    PRIMARY KEY (grain, at, team, application, model, provider, status, ending, reason)
) {keyed};

-- How many calls took how long, in logarithmic buckets.
CREATE TABLE durations (
    grain {int} NOT NULL,
    at {int} NOT NULL,
    team {text} NOT NULL,
    model {text} NOT NULL,
    bucket {int} NOT NULL,
    calls {int} NOT NULL,
    PRIMARY KEY (grain, at, team, model, bucket)
) {keyed};

-- The usage of the calls that are there, by the rules by which that of new ones is kept.
INSERT INTO usage (grain, at, team, application, model, provider, status, ending, reason,
    calls, errors, refused, prompt_tokens, output_tokens, cost)
SELECT grain, slot, team, application, model, provider, status, ending, reason,
    COUNT(*), CAST(SUM(error) AS BIGINT), CAST(SUM(refusal) AS BIGINT),
    CAST(SUM(prompt_tokens) AS BIGINT), CAST(SUM(output_tokens) AS BIGINT),
    CAST(SUM(cost) AS BIGINT)
FROM (
    SELECT g.grain, c.at / g.micros * g.micros AS slot, COALESCE(c.team, '') AS team,
        COALESCE(c.application, '') AS application,
        CASE WHEN c.team IS NULL OR c.reason IN ('model_not_found', 'model_not_allowed')
            THEN '' ELSE c.model END AS model,
        COALESCE(c.provider, '') AS provider, c.status, c.ending,
        COALESCE(c.reason, '') AS reason,
        CASE WHEN c.status >= 500 OR c.ending IN ('upstream_cut', 'unresolved')
            THEN 1 ELSE 0 END AS error,
        CASE WHEN c.status < 500 AND c.ending = 'refused' THEN 1 ELSE 0 END AS refusal,
        CASE WHEN c.prompt_tokens > 4294967295 THEN 4294967295
            ELSE c.prompt_tokens END AS prompt_tokens,
        CASE WHEN c.output_tokens > 4294967295 THEN 4294967295
            ELSE c.output_tokens END AS output_tokens,
        c.cost
    FROM calls c CROSS JOIN (
        SELECT 60 AS grain, 60000000 AS micros
        UNION ALL SELECT 3600, 3600000000
        UNION ALL SELECT 86400, 86400000000
    ) g
) kept
GROUP BY grain, slot, team, application, model, provider, status, ending, reason;
