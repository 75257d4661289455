-- Sums over the calls that were refused or failed in a slot of time, as in `usage`, by what said
-- no. A text is empty where there is none. The amounts are the least and the most that the calls
-- could cost and that was available, where it was about money; status is that of the last of them.
CREATE TABLE refusals (
    grain {int} NOT NULL,
    at {int} NOT NULL,
    reason {text} NOT NULL,
    rule_kind {text} NOT NULL,
    rule_name {text} NOT NULL,
    team {text} NOT NULL,
    application {text} NOT NULL,
    model {text} NOT NULL,
    status {int} NOT NULL,
    calls {int} NOT NULL,
    first_at {int} NOT NULL,
    last_at {int} NOT NULL,
    first_call {text} NOT NULL,
    last_call {text} NOT NULL,
    least_needed {int},
    most_needed {int},
    least_available {int},
    most_available {int},
    PRIMARY KEY (grain, at, reason, rule_kind, rule_name, team, application, model)
) {keyed};

-- Which key was refused, by what, since when. asked, provider, status and last_call are those of
-- the last call that was refused; answered is when a later call with that key for that model was
-- answered, 0 for never; began is the first refusal after a day without any.
CREATE TABLE refused (
    application {text} NOT NULL,
    key {text} NOT NULL,
    reason {text} NOT NULL,
    rule_kind {text} NOT NULL,
    rule_name {text} NOT NULL,
    team {text} NOT NULL,
    model {text} NOT NULL,
    asked {text} NOT NULL,
    provider {text} NOT NULL,
    status {int} NOT NULL,
    last_call {text} NOT NULL,
    began {int} NOT NULL,
    last_at {int} NOT NULL,
    answered {int} NOT NULL,
    PRIMARY KEY (application, key, reason, rule_kind, rule_name, team, model)
) {keyed};

CREATE INDEX refused_open ON refused (last_at) WHERE answered < last_at;
