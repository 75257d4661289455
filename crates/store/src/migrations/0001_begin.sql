-- Times are microseconds since 1970 UTC, amounts are nano-dollars, flags are 0 or 1.

CREATE TABLE counters (
    name {text} PRIMARY KEY,
    value {int} NOT NULL
) {keyed};

INSERT INTO counters (name, value) VALUES ('revision', 0);

CREATE TABLE resources (
    kind {text} NOT NULL,
    name {text} NOT NULL,
    spec {text} NOT NULL,
    revision {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    PRIMARY KEY (kind, name)
) {keyed};

CREATE TABLE revisions (
    revision {int} PRIMARY KEY,
    at {int} NOT NULL,
    actor {text} NOT NULL,
    kind {text} NOT NULL,
    name {text} NOT NULL,
    before {text},
    after {text}
) {rows};

CREATE INDEX revisions_by_resource ON revisions (kind, name, revision);

CREATE TABLE key_hashes (
    hash {bytes} PRIMARY KEY,
    name {text} NOT NULL
) {keyed};

CREATE TABLE secrets (
    name {text} PRIMARY KEY,
    key_id {text} NOT NULL,
    nonce {bytes} NOT NULL,
    sealed {bytes} NOT NULL
) {rows};

CREATE TABLE settings (
    name {text} PRIMARY KEY,
    value {text} NOT NULL
) {keyed};

-- budget, opens and closes are set for the window of a budget; allowed is what allowances have
-- brought into it so far, in so many transactions.
CREATE TABLE accounts (
    id {text} PRIMARY KEY,
    floored {int} NOT NULL,
    balance {int} NOT NULL,
    leased {int} NOT NULL DEFAULT 0,
    budget {text},
    opens {int},
    closes {int},
    allowed {int} NOT NULL DEFAULT 0,
    allowances {int} NOT NULL DEFAULT 0,
    closed {int} NOT NULL DEFAULT 0
) {keyed};

CREATE INDEX accounts_open_windows ON accounts (budget, opens) WHERE closed = 0;

CREATE TABLE transactions (
    id {text} PRIMARY KEY,
    kind {text} NOT NULL,
    at {int} NOT NULL,
    actor {text} NOT NULL,
    reason {text} NOT NULL
) {keyed};

CREATE INDEX transactions_by_time ON transactions (at, id);

-- Rows are added and never changed. at is that of the transaction.
CREATE TABLE entries (
    tx {text} NOT NULL,
    seq {int} NOT NULL,
    account {text} NOT NULL,
    amount {int} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (tx, seq)
) {keyed};

CREATE INDEX entries_by_account ON entries (account, at, tx);

CREATE TABLE leases (
    node {text} NOT NULL,
    account {text} NOT NULL,
    amount {int} NOT NULL,
    PRIMARY KEY (node, account)
) {keyed};

CREATE INDEX leases_by_account ON leases (account);

CREATE TABLE journal_cursors (
    node {text} NOT NULL,
    file {text} NOT NULL,
    settled_to {int} NOT NULL,
    PRIMARY KEY (node, file)
) {keyed};

CREATE TABLE calls (
    id {bytes} PRIMARY KEY,
    at {int} NOT NULL,
    team {text},
    application {text},
    key {text},
    model {text} NOT NULL,
    provider {text},
    status {int} NOT NULL,
    ending {text} NOT NULL,
    reason {text},
    cost {int} NOT NULL,
    prompt_tokens {int} NOT NULL,
    output_tokens {int} NOT NULL,
    duration {int} NOT NULL,
    detail {text} NOT NULL
) {rows};

CREATE INDEX calls_by_team ON calls (team, id);

CREATE INDEX calls_by_reason ON calls (reason, id) WHERE reason IS NOT NULL;

-- What the calls that are no longer kept have cost, so that usage can be checked for ever.
CREATE TABLE pruned_calls (
    team {text} PRIMARY KEY,
    calls {int} NOT NULL,
    cost {int} NOT NULL
) {keyed};
