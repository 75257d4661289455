// Made by "npm run types" from crates/control/openapi.json; not written by hand.

export interface paths {
    "/api/v1/apply": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Apply resources: all of them, or none
         * @description The configuration that would result is compiled first, and refused with every fault that is
         *     found. What is not named stays as it is.
         */
        post: operations["apply"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every budget in its present window */
        get: operations["list_budgets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/budgets/{name}/burndown": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** How a budget was spent in its present window */
        get: operations["get_burndown"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Calls, the newest first */
        get: operations["list_calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The record of a call */
        get: operations["get_call"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{id}/explain": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The story of a call
         * @description What each stage decided and by which rule, the attempts at providers, and what it cost line by
         *     line.
         */
        get: operations["explain_call"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/catalog/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The models that the catalogue knows, with their prices */
        get: operations["list_catalog_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/catalog/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The providers that the catalogue knows */
        get: operations["list_catalog_providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/catalog/update": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Where the catalogue's models and prices come from */
        get: operations["get_catalog_update"];
        /**
         * Bring newer models and prices
         * @description The body is JSON as the documentation describes it, or the data of genai-prices as its project
         *     publishes them. A list takes the place of the one that is there; all of it is taken or nothing.
         *     Calls that were made keep what they cost.
         */
        put: operations["update_catalog"];
        post?: never;
        /** Go back to the models and prices that are built in */
        delete: operations["reset_catalog"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/doctor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Look for faults
         * @description Runs the checks of the steps. Steps 1, 2 and 4 only look. Step 3 makes a transaction: a prepaid
         *     team of the doctor's buys from the sandbox provider through the gateway's listener, and is removed
         *     again. Nothing is spent at a provider. One step at a time shows progress.
         */
        post: operations["run_doctor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What happens, as it happens
         * @description A stream of server-sent events: `calls` with a `CallsEvent` when calls have ended, `revision` with
         *     a `RevisionEvent` when the configuration has changed. It ends when the session ends, and
         *     when the gateway does.
         */
        get: operations["events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every resource as `apply` takes it */
        get: operations["export"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who changed what, the newest first */
        get: operations["list_history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/history/{revision}/restore": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Set a resource back to what it was after a revision
         * @description The resource is the one that the revision changed; it may be the catalogue. The restoration is a
         *     change of its own; it is checked as any other.
         */
        post: operations["restore"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Invitations that are open */
        get: operations["list_invitations"];
        put?: never;
        /** Invite somebody */
        post: operations["invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** What a link is good for */
        post: operations["check_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/redeem": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Use a link
         * @description Who uses it is signed in at once; the answer sets the session's cookie. A link works once.
         */
        post: operations["redeem_invitation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/invitations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Take an invitation back */
        delete: operations["revoke_invitation"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The keys, without what is secret of them */
        get: operations["list_keys"];
        put?: never;
        /**
         * Create a key
         * @description The key is shown in this answer only; what is kept of it is a hash.
         */
        post: operations["create_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{name}/aws": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a key as a key pair
         * @description SDKs of AWS sign their requests with it, and the gateway takes them for calls with the key. The secret
         *     is made of the key's hash and the installation's sealing key, and kept nowhere.
         */
        post: operations["show_key_pair"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{name}/revoke": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Revoke a key
         * @description It stops working, and tells its callers so. Deleting it instead makes it unknown.
         */
        post: operations["revoke_key"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Accounts, in the order of their ids */
        get: operations["list_accounts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/transactions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Transactions, the newest first */
        get: operations["list_transactions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/ledger/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Check the whole ledger
         * @description That every transaction sums to zero, that balances follow from entries, that no account is below
         *     its floor, and that what teams have consumed is what their calls cost. Reads everything.
         */
        get: operations["verify_ledger"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The names that callers can ask for
         * @description Those that a `Model` defines come first, then the names of the catalogue under the providers
         *     that are configured. A provider may take further names that the catalogue does not list.
         */
        get: operations["list_models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/models/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a name means
         * @description A dry run: tells which targets a call of this name would be sent to, and at which price.
         */
        get: operations["resolve_model"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who may use the console */
        get: operations["list_people"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Send a person away
         * @description Their sessions end; what they changed keeps their name. The last owner stays.
         */
        delete: operations["remove_person"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{name}/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Make a link by which a person sets a new password */
        post: operations["reset_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/people/{name}/role": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a person another role
         * @description The last owner stays one.
         */
        put: operations["set_role"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/playground": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try a model
         * @description The body goes to the gateway as a call by the application, in whichever dialect the path speaks, with
         *     a key that lives in this process only, and the gateway's answer comes back as it is, headers included.
         *     It costs what any call costs.
         */
        post: operations["try_model"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of every provider's credentials */
        get: operations["providers_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a provider before it is stored
         * @description The spec is checked as `PUT /resources/Provider/{name}` checks it; nothing is changed.
         */
        post: operations["test_new_provider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/providers/{name}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Test a provider
         * @description Asks it for its list of models with each of its credentials, which costs nothing.
         */
        post: operations["test_provider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reasons": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Why calls are refused or fail */
        get: operations["list_reasons"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/refusals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who was refused, why, since when, and what to do
         * @description Calls that were refused or failed, grouped by reason, rule and application. Amounts are shown to
         *     those who may see money.
         */
        get: operations["list_refusals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resources": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Resources, in the order of kinds and names */
        get: operations["list_resources"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/resources/{kind}/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One resource */
        get: operations["get_resource"];
        /**
         * Create or replace a resource
         * @description Takes `If-Match` with the revision that is to be replaced, and `If-None-Match: *` where nothing
         *     is to be replaced.
         */
        put: operations["put_resource"];
        post?: never;
        /**
         * Delete a resource
         * @description Refused where other resources name it. Takes `If-Match`.
         */
        delete: operations["delete_resource"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/schemas/{kind}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The JSON Schema of a kind's spec */
        get: operations["get_schema"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Resources whose names contain a text */
        get: operations["search"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The names of the stored secrets */
        get: operations["list_secrets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/secrets/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Keep a secret, whether or not there was one of this name */
        put: operations["put_secret"];
        post?: never;
        /**
         * Delete a secret
         * @description Refused where a provider takes it.
         */
        delete: operations["delete_secret"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who is signed in */
        get: operations["get_session"];
        put?: never;
        /**
         * Sign in
         * @description The answer sets the session's cookie. After five wrong passwords for a name every further try has
         *     to wait, longer each time.
         */
        post: operations["sign_in"];
        /** Sign out */
        delete: operations["sign_out"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Change my password
         * @description Every other session of the person ends.
         */
        put: operations["change_password"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The places where I am signed in */
        get: operations["list_sessions"];
        put?: never;
        post?: never;
        /** Sign out everywhere, here too */
        delete: operations["sign_out_everywhere"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /** Sign out in one place */
        delete: operations["end_session"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The state of the node */
        get: operations["get_status"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/targets/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How the targets of models are doing
         * @description Those of a `Model` with several targets, once they were asked.
         */
        get: operations["targets_health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was used over a time, slot by slot */
        get: operations["get_usage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/usage/by": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What was used over a time, by team, model or another value */
        get: operations["get_usage_by"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wallets of prepaid teams, and of every team that has money in one */
        get: operations["list_wallets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallets/{team}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The wallet of a team */
        get: operations["get_wallet"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallets/{team}/credit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Add money to a wallet, or take it back
         * @description With an `Idempotency-Key`, a request that is sent again has its effect once; the same key with
         *     another payload is refused.
         */
        post: operations["credit_wallet"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process lives */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The description of this API */
        get: operations["openapi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every reason and problem */
        get: operations["list_problems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One reason or problem */
        get: operations["get_problem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the node takes calls */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Abilities: components["schemas"]["Ability"][];
        /** @description Something that a model can do: a kind of call that it serves, or what it does in one. */
        Ability: "chat" | "completions" | "embeddings" | "rerank" | "moderation" | "images" | "speech" | "transcription" | "ocr" | "realtime" | "streaming" | "vision" | "tools" | "parallel_tools" | "json_schema" | "reasoning" | "prompt_caching" | "web_search";
        /** @description An account of the ledger. */
        Account: {
            /** @description The sum of its entries. */
            balance: components["schemas"]["Amount"];
            /** @description Whether the window is over and what was left of it has gone back. */
            closed: boolean;
            /** @description When the window ends, for that of a budget, as RFC 3339. */
            closes?: string | null;
            /** @description Its id, such as `wallet/acme`. */
            id: components["schemas"]["AccountId"];
            /** @description The part of it that nodes have set aside for calls. */
            leased: components["schemas"]["Amount"];
            /** @description When the window opened, for that of a budget, as RFC 3339. */
            opens?: string | null;
        };
        /** @description The id of an account of the ledger, such as `wallet/acme` or `budget/marketing@1764547200`. */
        AccountId: string;
        /** @description What one account contributed. */
        AccountLine: {
            /** @description The account's id. */
            account: string;
            /** @description What was set aside before the call. */
            held: components["schemas"]["Amount"];
            /** @description Held against taken, in a sentence. */
            says: string;
            /** @description What was taken after it. */
            taken: components["schemas"]["Amount"];
            /** @description The account in words. */
            title: string;
        };
        /** @description A list of an API, a page at a time. */
        AccountPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Account"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description What happened, or would happen, to a resource. */
        Action: "created" | "updated" | "unchanged" | "deleted";
        /** @description US dollars as a decimal string, exact to nine digits after the point. */
        Amount: string;
        /**
         * ApplicationSpec
         * @description An application: what a consumer builds. It belongs to a team and holds keys.
         */
        ApplicationSpec: {
            /** @description The team that owns the application and pays for its calls. */
            team: components["schemas"]["Name"];
            /** @description The name that people see; the resource's name where it is empty. */
            title?: string;
        };
        /** @description What a change came to. */
        Applied: {
            /** @description One item per resource that was named. */
            changes: components["schemas"]["Change"][];
            /**
             * Format: uint64
             * @description The revision of the configuration after it; where nothing was changed, as it stays.
             */
            revision: number;
            /** @description What is not wrong but will not work either, such as a variable that is not set. */
            warnings: string[];
        };
        /** @description Resources to apply. */
        ApplyBody: {
            /** @description The resources: all of them are made so, or none. */
            documents: components["schemas"]["Document"][];
            /**
             * @description Whether to tell only what would change.
             * @default false
             */
            dry_run?: boolean;
        };
        /** @description One try at one target with one credential. */
        Attempt: {
            /**
             * Format: uint32
             * @description Microseconds from the start of the call to the start of the attempt.
             */
            began: number;
            /** @description What it costs, of one that was cancelled, since another target began sooner. */
            cancelled?: components["schemas"]["Amount"] | null;
            /** @description The credential's name; absent where the provider needs none. */
            credential?: string | null;
            /** @description How it failed; absent where it succeeded. */
            failure?: components["schemas"]["FailureClass"] | null;
            /** @description The provider's name for the model. */
            model: string;
            /** @description What the provider or the network said, redacted and cut, for the operator only. */
            note?: string;
            /** @description The provider's name. */
            provider: string;
            /**
             * Format: uint16
             * @description The status of the provider's answer; absent where none came.
             */
            status?: number | null;
            /**
             * Format: uint32
             * @description Microseconds that the attempt took, up to the first byte of the answer or the failure.
             */
            took: number;
        };
        /** @description The header that carries an API key. */
        AuthHeader: {
            /** @description Its name, such as `api-key`. */
            header: string;
            /** @description What precedes the key, such as `Bearer ` with the space at its end. */
            prefix?: string;
        };
        /** @description A key pair of AWS. */
        AwsSpec: {
            /** @description The access key id. */
            access_key_id: components["schemas"]["Secret"];
            /** @description The secret access key. */
            secret_access_key: components["schemas"]["Secret"];
            /** @description The session token, of a pair that works for a time. */
            session_token?: components["schemas"]["Secret"] | null;
        };
        /** @description How Azure OpenAI is asked. */
        AzureSpec: {
            /** @description The version of the API, such as `2024-10-21`; may be left out at the surface `v1`. */
            api_version?: string | null;
            /**
             * @description The surface.
             * @default v1
             */
            surface?: components["schemas"]["AzureSurface"];
        };
        /** @description Which of its surfaces a resource of Azure OpenAI is asked at. */
        AzureSurface: "v1" | "deployments";
        /** @description What a call cost, line by line, and who paid. */
        Bill: {
            /** @description The accounts that were charged. */
            accounts: components["schemas"]["AccountLine"][];
            /** @description Quantity × rate, one line per class. */
            lines: components["schemas"]["BillLine"][];
            /** @description What is to be said of the sum: its rounding, or that it is not the sum of the lines. */
            note?: string | null;
            /** @description How well the quantities are known. */
            quality: components["schemas"]["UsageQuality"];
            /** @description Where the price comes from; empty where no price was applied. */
            source: string;
            /** @description The sum of the lines, rounded up once to a nano-dollar. */
            total: components["schemas"]["Amount"];
        };
        /** @description One line of a bill. */
        BillLine: {
            /** @description Quantity × rate in dollars, exact to fifteen digits after the point. */
            amount: string;
            /** @description What was consumed. */
            class: components["schemas"]["UsageClass"];
            /**
             * Format: uint64
             * @description How much of it.
             */
            quantity: number;
            /** @description Dollars per million. */
            rate: components["schemas"]["Rate"];
        };
        /** @description How a team pays. */
        Billing: "internal" | "prepaid";
        /** @description Whose spending a budget limits. */
        BudgetScope: "organization" | {
            team: components["schemas"]["Name"];
        } | {
            application: components["schemas"]["Name"];
        } | {
            key: components["schemas"]["Name"];
        } | {
            model: string;
        };
        /**
         * BudgetSpec
         * @description A budget: a spending limit over a window. A call is made only if the most it can cost fits into
         *     every budget above it.
         */
        BudgetSpec: {
            /** @description What may be spent in one window, in dollars. */
            limit: components["schemas"]["Amount"];
            /**
             * @description The status of a refusal: 429 (the default), 402 or 403.
             * @default 429
             */
            on_exhausted?: components["schemas"]["Exhausted"];
            /** @description Whose spending it limits. */
            scope: components["schemas"]["BudgetScope"];
            /**
             * @description IANA time zone whose calendar the window follows.
             * @default UTC
             */
            time_zone?: string;
            /** @description How long until it begins anew. */
            window: components["schemas"]["Window"];
        };
        /** @description A budget in its present window. */
        BudgetState: {
            /** @description What is left and not set aside. */
            available: components["schemas"]["Amount"];
            /** @description When it ends, as RFC 3339. */
            ends: string;
            /** @description What nodes have set aside in it, for calls that are under way or to come. */
            leased: components["schemas"]["Amount"];
            /** @description The limit without what was spent. */
            left: components["schemas"]["Amount"];
            /** @description What may be spent in one window. */
            limit: components["schemas"]["Amount"];
            /** @description The budget. */
            name: components["schemas"]["Name"];
            /** @description Whom it limits, for people. */
            scope: string;
            /** @description What was spent in it by calls that are settled. */
            spent: components["schemas"]["Amount"];
            /** @description When the present window began, as RFC 3339. */
            starts: string;
            /** @description The time zone whose calendar the windows follow. */
            time_zone: string;
            /** @description How long a window lasts. */
            window: components["schemas"]["Window"];
        };
        /** @description A list of an API, a page at a time. */
        BudgetStatePage: {
            /** @description The items of this page. */
            items: components["schemas"]["BudgetState"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description How a budget was spent in its present window. */
        Burndown: {
            /** @description The budget as it is now. */
            budget: components["schemas"]["BudgetState"];
            /** @description What was spent from the window's beginning up to each point, from its beginning to now. */
            points: components["schemas"]["BurndownPoint"][];
            /**
             * Format: uint64
             * @description Seconds from one point to the next.
             */
            step_seconds: number;
        };
        /** @description What was spent up to a time. */
        BurndownPoint: {
            /** @description The time, as RFC 3339. */
            at: string;
            /** @description What was spent up to it. */
            spent: components["schemas"]["Amount"];
        };
        /** @description Who shares the answers that are kept. */
        CacheScope: "key" | "application" | "team" | "global";
        /** @description Answers that are kept, and given again where the same is asked. */
        CacheSpec: {
            /**
             * Format: uint32
             * @description The largest answer that is kept, in bytes.
             * @default 1048576
             */
            most_bytes?: number;
            /**
             * Format: uint8
             * @description What an answer costs that is given again, in percent of what it cost the first time: 0 to
             *     100.
             * @default 0
             */
            price_percent?: number;
            /**
             * @description Who shares them.
             * @default key
             */
            scope?: components["schemas"]["CacheScope"];
            /**
             * @description Whether to keep answers to requests that offer tools: what a tool did once need not be right
             *     to do again.
             * @default false
             */
            tools?: boolean;
            /**
             * Format: uint32
             * @description How many seconds an answer is kept: 1 to 2,592,000, which are 30 days.
             */
            ttl_s: number;
        };
        /**
         * @description All that is kept of a call. Times in it are microseconds: `at` counts from 1970, the others from
         *     `at`.
         */
        Call: components["schemas"]["CallRecord"];
        /** @description The id of a call; ids sort by time. */
        CallId: string;
        /** @description All that is kept of a call. */
        CallRecord: {
            /** @description When it was accepted. */
            at: components["schemas"]["Micros"];
            /** @description Each try, in order; the last one may have succeeded. */
            attempts?: components["schemas"]["Attempt"][];
            /** @description Who called; absent before the key was known. */
            caller?: components["schemas"]["Caller"] | null;
            /** @description The money taken, account by account. */
            charges?: components["schemas"]["Charge"][];
            /** @description How the targets were ordered; absent where there was only one to take. */
            choice?: components["schemas"]["Choice"] | null;
            /** @description What it cost, by the price of the target that answered. */
            cost: components["schemas"]["Amount"];
            /** @description The lines of the cost. */
            cost_lines?: components["schemas"]["CostLine"][];
            /** @description The dialect of the caller. */
            dialect: components["schemas"]["Dialect"];
            /** @description Members of the request that the target's dialect could not carry. */
            dropped?: string[];
            /**
             * Format: uint64
             * @description Microseconds from the start to the end.
             */
            duration: number;
            /** @description How it ended. */
            ending: components["schemas"]["Ending"];
            /**
             * Format: uint32
             * @description Microseconds from the start to the first byte of the answer.
             */
            first_byte: number;
            /** @description The id. */
            id: components["schemas"]["CallId"];
            /**
             * Format: uint64
             * @description What `max_tokens` was set to, where the caller set none and the money allowed no more.
             */
            max_tokens_set?: number | null;
            /** @description The model as the caller named it; empty before it was read. */
            model: string;
            /** @description The path that was asked for, without query. */
            path: string;
            /** @description Where the price came from. */
            price_source?: string;
            /** @description The call whose answer was given again, out of the cache; no provider was asked then. */
            recalled?: components["schemas"]["CallId"] | null;
            /** @description Why it was refused or failed. */
            refusal?: components["schemas"]["Refusal"] | null;
            /**
             * Format: uint64
             * @description Bytes of the request's body.
             */
            request_bytes: number;
            /** @description The caller's `x-request-id`, or the call id where there was none. */
            request_id?: string | null;
            /**
             * Format: uint64
             * @description Bytes of the answer's body.
             */
            response_bytes: number;
            /**
             * Format: uint64
             * @description The revision of the configuration that served it.
             */
            revision: number;
            /**
             * @description The call whose request was copied, where this one is its shadow: no caller asked for it, and
             *     its cost is the operator's.
             */
            shadow_of?: components["schemas"]["CallId"] | null;
            /**
             * Format: uint16
             * @description The status of our answer.
             */
            status: number;
            /** @description Whether a streamed answer was asked for. */
            stream: boolean;
            /** @description When each stage was passed. */
            timings: components["schemas"]["Timings"];
            /** @description What was consumed. */
            usage: components["schemas"]["Usage"];
            /** @description How well the usage is known. */
            usage_quality: components["schemas"]["UsageQuality"];
        };
        /** @description A call in a list. */
        CallSummary: {
            /** @description The application. */
            application?: string | null;
            /** @description When it was accepted, as RFC 3339. */
            at: string;
            /** @description What it cost. */
            cost: components["schemas"]["Amount"];
            /**
             * Format: uint64
             * @description Microseconds to the end.
             */
            duration: number;
            /** @description How it ended. */
            ending: components["schemas"]["Ending"];
            /**
             * Format: uint32
             * @description Microseconds to the first byte of the answer.
             */
            first_byte: number;
            /** @description The id. */
            id: components["schemas"]["CallId"];
            /** @description The key's name. */
            key?: string | null;
            /** @description The model as the caller named it; empty before it was read. */
            model: string;
            /** @description The provider of the last attempt; absent where none was made. */
            provider?: string | null;
            /** @description Why it was refused or failed. */
            reason?: components["schemas"]["Reason"] | null;
            /** @description The call whose request was copied, where this is its shadow: its cost is the operator's. */
            shadow_of?: components["schemas"]["CallId"] | null;
            /**
             * Format: uint16
             * @description The status of the answer.
             */
            status: number;
            /** @description Whether a streamed answer was asked for. */
            stream: boolean;
            /** @description The team; absent before the key was known. */
            team?: string | null;
            /**
             * Format: uint64
             * @description Tokens of prompt and answer.
             */
            tokens: number;
        };
        /** @description A list of an API, a page at a time. */
        CallSummaryPage: {
            /** @description The items of this page. */
            items: components["schemas"]["CallSummary"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description A name that callers can ask for, and what it means. */
        CallableModel: {
            /** @description The name as callers write it. */
            name: string;
            /** @description The `Model` that defines it; absent for a provider's own name. */
            rule?: components["schemas"]["RuleRef"] | null;
            /** @description How a target is chosen. */
            strategy: components["schemas"]["Strategy"];
            /** @description The providers' models behind it, in the order in which they are tried. */
            targets: components["schemas"]["CallableTarget"][];
        };
        /** @description A list of an API, a page at a time. */
        CallableModelPage: {
            /** @description The items of this page. */
            items: components["schemas"]["CallableModel"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description A provider's model behind a name. */
        CallableTarget: {
            /**
             * Format: uint64
             * @description The most tokens of an answer, where it is known.
             */
            max_output?: number | null;
            /** @description The provider's name for the model. */
            model: string;
            /** @description What it costs now; absent where nobody knows, so that calls are refused. */
            price?: components["schemas"]["Price"] | null;
            /** @description The provider. */
            provider: string;
            /**
             * Format: uint32
             * @description Its share of calls under `weighted`.
             */
            weight: number;
        };
        /** @description Who made a call. */
        Caller: {
            /** @description The application's name. */
            application: string;
            /** @description The key's name. */
            key: string;
            /** @description The team's name. */
            team: string;
        };
        /** @description The data of an event `calls`: calls that have ended. */
        CallsEvent: {
            /** @description The calls, the newest last. */
            items: components["schemas"]["CallSummary"][];
            /**
             * Format: uint64
             * @description How many more ended in the same time and are not told one by one.
             */
            missed: number;
        };
        /** @description What a change of the catalogue comes to. */
        CatalogChange: {
            /** @description Whether anything was changed: not in a dry run, nor where it is in force already. */
            changed: boolean;
            /** @description The models that differ. */
            differences: components["schemas"]["ModelDifference"][];
            /**
             * Format: uint64
             * @description The revision of the configuration after it; where nothing was changed, as it stays.
             */
            revision: number;
        };
        /** @description A model that the catalogue knows. */
        CatalogModel: {
            /** @description What it can do; absent where nobody knows. */
            abilities?: components["schemas"]["Abilities"];
            /**
             * Format: uint64
             * @description The most tokens of prompt and answer together.
             */
            context_window?: number | null;
            /** @description Whether its provider has announced its end. */
            deprecated?: boolean;
            /** @description The provider's name for the model. */
            id: string;
            /** @description What it takes in; absent where nobody knows. */
            input?: components["schemas"]["Modalities"];
            /**
             * Format: uint64
             * @description The most tokens of an answer.
             */
            max_output?: number | null;
            /** @description What it gives; absent where nobody knows. */
            output?: components["schemas"]["Modalities"];
            /** @description What it costs now; absent where the catalogue has no price. */
            price?: components["schemas"]["Price"] | null;
            /** @description The provider's id. */
            provider: string;
            /** @description What it costs now in other tiers of service than the standard one. */
            services?: {
                [key: string]: components["schemas"]["Price"];
            };
        };
        /** @description A list of an API, a page at a time. */
        CatalogModelPage: {
            /** @description The items of this page. */
            items: components["schemas"]["CatalogModel"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description A provider that the catalogue knows. */
        CatalogProvider: {
            /** @description The address; absent where only its user knows it. */
            base_url?: string | null;
            /** @description What a credential of it usually is: the member of a credential that holds it. */
            credential: components["schemas"]["UsualCredential"];
            /** @description The wire format. */
            dialect: components["schemas"]["Dialect"];
            /** @description The usual environment variables of its API key. */
            env: string[];
            /** @description The id, for a `Provider` of this name or its `catalog` member. */
            id: string;
            /** @description Whether it works without a key. */
            keyless: boolean;
            /**
             * Format: uint
             * @description How many of its models are known.
             */
            models: number;
            /** @description The name for people. */
            title: string;
        };
        /** @description A list of an API, a page at a time. */
        CatalogProviderPage: {
            /** @description The items of this page. */
            items: components["schemas"]["CatalogProvider"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description Where the catalogue's models and prices come from. */
        CatalogSource: {
            /** @description Where the built-in ones come from, such as `genai-prices 0.2.1`. */
            builtin: string;
            /** @description The update in force; absent where there is none. */
            update?: components["schemas"]["CatalogUpdate"] | null;
        };
        /** @description An update of the catalogue. */
        CatalogUpdate: {
            /** @description Who brought it. */
            actor: string;
            /** @description When, as RFC 3339. */
            at: string;
            /**
             * Format: uint
             * @description How many models it has.
             */
            models: number;
            /** @description The file or address that it was read from. */
            origin: string;
            /**
             * Format: uint64
             * @description The revision that brought it.
             */
            revision: number;
            /** @description Where the prices come from, by its own word. */
            source: string;
        };
        /** @description The word for the catalogue. */
        CatalogueWord: "Catalogue";
        /** @description In whose area the cause of a refusal lies. */
        Cause: "payment_info" | "gateway_config" | "payment_gateway" | "server_config" | "upstream" | "policy" | "request";
        /** @description The change of one resource. */
        Change: {
            /** @description What happened to it. */
            action: components["schemas"]["Action"];
            /** @description The spec after, where it is another. */
            after?: unknown;
            /** @description The spec before, where it was another. */
            before?: unknown;
            /** @description The resource's kind. */
            kind: components["schemas"]["Kind"];
            /** @description The resource's name. */
            name: components["schemas"]["Name"];
        };
        /** @description When something was changed, by the refusals of a group. */
        ChangeTime: "before" | "during" | "after";
        /** @description Money taken from one account for a call. */
        Charge: {
            /** @description The account. */
            account: components["schemas"]["AccountId"];
            /** @description What was set aside before the call. */
            held: components["schemas"]["Amount"];
            /** @description What was taken after it. Never more than was held and could be added to the hold. */
            taken: components["schemas"]["Amount"];
        };
        /** @description One check. */
        CheckReport: {
            /** @description What was found. */
            findings?: components["schemas"]["Finding"][];
            /** @description The id of the check. */
            id: string;
            /** @description What came of it. */
            state: components["schemas"]["CheckState"];
            /** @description What it looks for. */
            title: string;
            /**
             * Format: uint64
             * @description Microseconds that it took, for a part of the simulated transaction.
             */
            took?: number | null;
            /** @description Why it cannot be told. */
            unknown?: string | null;
        };
        /** @description What came of one check. */
        CheckState: "passed" | "found" | "unknown";
        /** @description How a call's targets were chosen. */
        Choice: {
            /** @description The targets in the order in which they would be tried. */
            order?: components["schemas"]["Ranked"][];
            /** @description The targets that were left out. */
            skipped?: components["schemas"]["Skipped"][];
            /** @description The model's strategy. */
            strategy: components["schemas"]["Strategy"];
        };
        /** @description One line of a bill. */
        CostLine: {
            /** @description What was consumed. */
            class: components["schemas"]["UsageClass"];
            /**
             * Format: uint64
             * @description How much of it.
             */
            quantity: number;
            /** @description Dollars per million. */
            rate: components["schemas"]["Rate"];
        };
        /** @description A key that was made. The key itself is in this answer and nowhere else. */
        CreatedKey: {
            /** @description The application that calls with it. */
            application: components["schemas"]["Name"];
            /** @description The same key as a key pair, for SDKs of AWS. */
            aws: components["schemas"]["KeyPair"];
            /** @description RFC 3339 time from which on it no longer works; absent where it works for ever. */
            expires_at?: string | null;
            /** @description Its first characters. */
            hint: string;
            /** @description The key as callers send it. */
            key: string;
            /** @description The models that it may ask for; empty allows all. */
            models: string[];
            /** @description Its name. */
            name: components["schemas"]["Name"];
            /**
             * Format: uint64
             * @description The revision that last changed it.
             */
            revision: number;
            /** @description Whether it works. */
            state: components["schemas"]["KeyState"];
        };
        /**
         * @description How much a credential may be used. What is left out has no limit of ours; what a provider says of
         *     its own limits counts in any case.
         */
        CredentialLimits: {
            /**
             * Format: uint32
             * @description Calls under way at a time.
             */
            concurrent?: number | null;
            /**
             * Format: uint32
             * @description Requests per minute.
             */
            requests_per_minute?: number | null;
            /**
             * Format: uint32
             * @description Tokens per minute, of prompts and answers: estimated before a call, exact after it.
             */
            tokens_per_minute?: number | null;
        };
        /**
         * @description One credential of a provider's pool: a name, and exactly one of `key`, `service_account`, `entra`,
         *     `metadata` and `aws`.
         */
        CredentialSpec: {
            /** @description A key pair of AWS, with which requests are signed. */
            aws?: components["schemas"]["AwsSpec"] | null;
            /**
             * @description Whether it is switched off: no call uses it.
             * @default false
             */
            disabled?: boolean;
            /** @description A client of Microsoft Entra ID. */
            entra?: components["schemas"]["EntraSpec"] | null;
            /** @description The API key. */
            key?: components["schemas"]["Secret"] | null;
            /** @description How much it may be used, over all calls of a node. One that is at its limit is passed over. */
            limits?: components["schemas"]["CredentialLimits"];
            /** @description The machine's own identity, on Google's machines for Vertex AI, on Azure's for Azure OpenAI. */
            metadata?: components["schemas"]["MetadataSpec"] | null;
            /** @description Tells it apart in records and alerts. */
            name: components["schemas"]["Name"];
            /** @description The JSON of a Google service account, or of an application's default credentials. */
            service_account?: components["schemas"]["Secret"] | null;
            /**
             * Format: uint32
             * @description The share of calls, relative to the pool's other credentials.
             * @default 1
             */
            weight?: number;
        };
        /** @description Whether a credential is used. */
        CredentialState: "ok" | "cooling_down" | "failing" | "disabled";
        /** @description The state of one credential of a provider. */
        CredentialView: {
            /** @description How its last call failed, until one succeeds. */
            class?: components["schemas"]["FailureClass"] | null;
            /** @description The credential's name; absent for a provider that is called without one. */
            credential?: string | null;
            /** @description What the provider or the network said last, redacted. */
            error?: string | null;
            /**
             * @description How much of its limits is left.
             * @default {
             *       "under_way": 0
             *     }
             */
            limits?: components["schemas"]["LimitsView"];
            /** @description The provider's name. */
            provider: string;
            /** @description When it failed last, as RFC 3339. */
            since?: string | null;
            /** @description Whether it is used. */
            state: components["schemas"]["CredentialState"];
            /** @description Until when it cools down or did, as RFC 3339. */
            until?: string | null;
        };
        /** @description A list of an API, a page at a time. */
        CredentialViewPage: {
            /** @description The items of this page. */
            items: components["schemas"]["CredentialView"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description Money to be added to a wallet. */
        CreditBody: {
            /** @description Dollars; negative takes money back, at most what nobody has set aside. */
            amount: components["schemas"]["Amount"];
            /** @description Why, for whoever reads the ledger. */
            reason: string;
        };
        /** @description A credit that was made. */
        Credited: {
            /** @description The part of it that nobody has set aside. */
            available: components["schemas"]["Amount"];
            /** @description What is in it. */
            balance: components["schemas"]["Amount"];
            /** @description How the team pays. Only calls of a prepaid team are paid from its wallet. */
            billing: components["schemas"]["Billing"];
            /** @description The part of it that nodes have set aside, for calls that are under way or to come. */
            leased: components["schemas"]["Amount"];
            /** @description Whether it had been written before, by a request with the same `Idempotency-Key`. */
            repeated: boolean;
            /** @description The team. */
            team: components["schemas"]["Name"];
            /** @description What was written into the ledger. */
            transaction: components["schemas"]["Transaction"];
        };
        /** @description What can be done. */
        Deed: "raise_budget" | "credit_wallet" | "allow_model" | "renew_key" | "create_key" | "open_resource" | "open_history";
        /** @description A wire format in which models are asked and answer. */
        Dialect: "openai-chat" | "openai-responses" | "anthropic-messages" | "gemini" | "openai-completions" | "cohere" | "ollama" | "ollama-generate" | "bedrock-converse";
        /** @description What the doctor is to do. */
        DoctorBody: {
            /**
             * @description The ids of checks that may mend what they find, or `all`; none where it is left out.
             * @default []
             */
            fix?: string[];
            /**
             * @description Whether providers are asked for their lists of models, which costs nothing and needs the
             *     network.
             * @default false
             */
            probe?: boolean;
            /**
             * @description The steps by their numbers, 1 to 4; all where it is left out.
             * @default []
             */
            steps?: number[];
        };
        /** @description What was looked at, what was found, and what was mended. */
        DoctorReport: components["schemas"]["Report"];
        /** @description A resource as it stands in a file or a request: not yet checked. */
        Document: {
            /** @description The kind. */
            kind: components["schemas"]["Kind"];
            /** @description The name, unique within the kind. */
            name: components["schemas"]["Name"];
            /**
             * @description The spec; what it may hold depends on the kind.
             * @default {}
             */
            spec?: {
                [key: string]: unknown;
            };
        };
        /** @description When a target that fails is put behind the others, and for how long. */
        Ejection: {
            /**
             * Format: uint32
             * @description After so many failures in a row; 0 for never.
             * @default 5
             */
            consecutive_failures?: number;
            /**
             * Format: uint8
             * @description When so many of a hundred calls of a window fail; 0 for never.
             * @default 50
             */
            failure_percent?: number;
            /**
             * Format: uint32
             * @description For how many seconds at first; each time twice as long, until it answers again.
             * @default 30
             */
            for_s?: number;
            /**
             * Format: uint32
             * @description How many calls a window must have for its share to count.
             * @default 10
             */
            least_calls?: number;
            /**
             * Format: uint32
             * @description For how many seconds at most.
             * @default 300
             */
            most_s?: number;
            /**
             * Format: uint32
             * @description How long a window is, in seconds.
             * @default 30
             */
            window_s?: number;
        };
        /** @description How a call ended. */
        Ending: "completed" | "refused" | "client_gone" | "upstream_cut" | "unresolved";
        /** @description A client of Microsoft Entra ID. */
        EntraSpec: {
            /**
             * @description Where tokens are given; another one in the clouds of governments and of China.
             * @default https://login.microsoftonline.com
             */
            authority?: string;
            /** @description The application (client) id. */
            client_id: string;
            /** @description A secret of that application. */
            client_secret: components["schemas"]["Secret"];
            /**
             * @description What the token is for.
             * @default https://cognitiveservices.azure.com/.default
             */
            scope?: string;
            /** @description The directory: its id or one of its domains. */
            tenant: string;
        };
        /** @description One movement on one account; negative leaves it. */
        Entry: {
            /** @description The account. */
            account: components["schemas"]["AccountId"];
            /** @description What is added to it. */
            amount: components["schemas"]["Amount"];
        };
        /** @description What was measured, and the value. */
        Evidence: {
            /** @description What was looked at. */
            name: string;
            /** @description What was seen. */
            value: string;
        };
        /**
         * Format: uint16
         * @description The status of the answer to a call that a budget refuses.
         */
        Exhausted: number;
        /** @description Every resource, as `apply` takes them. */
        Export: {
            /**
             * @description The resources, those that others name first. Of keys it has the hashes; secrets are not part
             *     of it.
             */
            documents: components["schemas"]["Document"][];
        };
        /** @description How an attempt at a target failed, whatever the dialect. */
        FailureClass: "rejected" | "not_found" | "context_too_long" | "content_filtered" | "auth" | "unfunded" | "spend_limit" | "quota_used" | "too_dear" | "rate_limited" | "overloaded" | "server_error" | "unreachable" | "timeout" | "bad_response";
        /** @description A kind of failure after which another target may take over. */
        Fallback: "rate_limited" | "unfunded" | "overloaded" | "context_too_long" | "content_filtered" | "timeout" | "server_error" | "auth" | "not_found";
        /** @description One fault within a request. */
        Fault: {
            /** @description What is wrong and what to do. */
            detail: string;
            /**
             * @description Where, as a JSON Pointer fragment into the request's body such as
             *     `#/documents/0/spec/targets/1`; absent where the fault lies in what is stored already.
             */
            pointer?: string | null;
        };
        /** @description What a provider has of OpenAI's files and batches. */
        FileService: "none" | "files" | "batches";
        /** @description One thing that is wrong, or about to be. */
        Finding: {
            /** @description A command that does it, where there is one; words in capitals are to be filled in. */
            command?: string | null;
            /** @description What is wrong, in a sentence. */
            detail: string;
            /** @description What that was seen by. */
            evidence?: components["schemas"]["Evidence"][];
            /** @description What to do. */
            fix: string;
            /** @description Whether the doctor can do it by itself, when asked to. */
            fixable: boolean;
            /** @description How much it matters. */
            severity: components["schemas"]["Severity"];
            /** @description What it is about: a resource such as `Team acme`, a path, a node. */
            subject: string;
        };
        /** @description What the doctor did about a finding. */
        Fixed: {
            /** @description The check that had found it. */
            check: string;
            /** @description What was done, in a sentence; or why it could not be done. */
            did: string;
            /** @description Whether it could be done. */
            done: boolean;
            /** @description What it was about. */
            subject: string;
        };
        /** @description A resource by its kind and name. */
        Found: {
            /** @description The kind. */
            kind: components["schemas"]["Kind"];
            /** @description The name. */
            name: components["schemas"]["Name"];
        };
        /** @description A list of an API, a page at a time. */
        FoundPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Found"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description Which calls `consistent-hash` sends to the same target. */
        HashBy: "key" | "user" | {
            header: string;
        };
        /** @description Whether the process lives. */
        Health: {
            /** @description `ok`: the process answers. */
            status: string;
        };
        /**
         * @description Asking another target as well where the first one takes long to begin. Whoever begins first answers,
         *     and the other is cancelled.
         */
        HedgeSpec: {
            /**
             * Format: uint32
             * @description After how many milliseconds without a beginning; at least 1.
             */
            after_ms: number;
        };
        /** @description An invitation that is open. */
        Invitation: {
            /** @description When, as RFC 3339. */
            created: string;
            /** @description When it stops working, as RFC 3339. */
            expires: string;
            /** @description What it is called here; not its secret. */
            id: string;
            /** @description Who made it. */
            made_by: string;
            /** @description The person whose password it sets; absent where somebody new comes in. */
            person?: string | null;
            /** @description The role with which one comes in by it; absent where it only sets a new password. */
            role?: components["schemas"]["Role"] | null;
        };
        /** @description An invitation to be made. */
        InvitationBody: {
            /** @description How long it works, such as `3d` or `12h`; three days where it is left out, thirty at most. */
            expires_in?: string | null;
            /** @description The role with which one comes in by it. */
            role: components["schemas"]["Role"];
        };
        /** @description A list of an API, a page at a time. */
        InvitationPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Invitation"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description An invitation that was made. The link is in this answer and nowhere else. */
        Invited: {
            /** @description When, as RFC 3339. */
            created: string;
            /** @description When it stops working, as RFC 3339. */
            expires: string;
            /** @description What it is called here; not its secret. */
            id: string;
            /**
             * @description The link, relative to the console's address: `/signin#tgs_…`. What stands after the `#` is
             *     not sent to any server by a browser, and so is in no log.
             */
            link: string;
            /** @description Who made it. */
            made_by: string;
            /** @description The person whose password it sets; absent where somebody new comes in. */
            person?: string | null;
            /** @description The role with which one comes in by it; absent where it only sets a new password. */
            role?: components["schemas"]["Role"] | null;
        };
        /** @description A key without what is secret of it. */
        Key: {
            /** @description The application that calls with it. */
            application: components["schemas"]["Name"];
            /** @description RFC 3339 time from which on it no longer works; absent where it works for ever. */
            expires_at?: string | null;
            /** @description Its first characters. */
            hint: string;
            /** @description The models that it may ask for; empty allows all. */
            models: string[];
            /** @description Its name. */
            name: components["schemas"]["Name"];
            /**
             * Format: uint64
             * @description The revision that last changed it.
             */
            revision: number;
            /** @description Whether it works. */
            state: components["schemas"]["KeyState"];
        };
        /** @description A key to be made. */
        KeyBody: {
            /** @description The application that calls with it. */
            application: components["schemas"]["Name"];
            /** @description RFC 3339 time from which on it no longer works. */
            expires_at?: string | null;
            /** @description How long it works, such as `90d` or `12h`; instead of `expires_at`. */
            expires_in?: string | null;
            /**
             * @description The models that it may ask for: names, or prefixes that end in `*`. Empty allows all.
             * @default []
             */
            models?: string[];
            /** @description Its name; the application's and a few random characters where it is left out. */
            name?: components["schemas"]["Name"] | null;
        };
        KeyHash: string;
        /** @description A list of an API, a page at a time. */
        KeyPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Key"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description An API key as a key pair in AWS's form, with which SDKs of AWS sign their requests. */
        KeyPair: {
            /** @description The access key id; no secret. */
            access_key_id: string;
            /** @description The secret access key. */
            secret_access_key: string;
        };
        /**
         * KeySpec
         * @description An API key of an application. The key itself is shown once, when it is made; only its hash is
         *     kept.
         */
        KeySpec: {
            /** @description The application that calls with this key. */
            application: components["schemas"]["Name"];
            /** @description RFC 3339 time from which on the key no longer works. */
            expires_at?: string | null;
            /** @description SHA-256 of the key. */
            hash: components["schemas"]["KeyHash"];
            /** @description The first characters of the key, so that people can tell keys apart. */
            hint?: string;
            /** @description The models that the key may ask for: names, or prefixes that end in `*`. Empty allows all. */
            models?: string[];
            /**
             * @description Whether the key was revoked. A revoked key tells its caller so; a deleted one is unknown.
             * @default false
             */
            revoked?: boolean;
            /** @description Tags that every request with this key has: a model's targets can be chosen by them. */
            tags?: string[];
        };
        /** @description Whether a key works. */
        KeyState: "active" | "revoked" | "expired";
        /** @description The kinds of resources. */
        Kind: "Team" | "Application" | "Key" | "Provider" | "Model" | "Budget";
        /** @description What `ledger verify` found. */
        LedgerReport: {
            /**
             * Format: uint64
             * @description Accounts looked at.
             */
            accounts: number;
            /**
             * Format: uint64
             * @description Settled calls looked at.
             */
            calls: number;
            /** @description Each broken invariant in a sentence that names the account or transaction. Empty is good. */
            faults: string[];
            /**
             * Format: uint64
             * @description Transactions looked at.
             */
            transactions: number;
        };
        /** @description A limit per minute, and what may still be used of it now. */
        LimitView: {
            /**
             * Format: uint32
             * @description How much of it is left now; it comes back evenly.
             */
            left: number;
            /**
             * Format: uint32
             * @description The most in a minute.
             */
            most: number;
        };
        /** @description What a credential is doing on this node, and how much of its limits is left. */
        LimitsView: {
            /**
             * Format: uint32
             * @description How many may be under way at a time; absent where there is no limit.
             */
            concurrent?: number | null;
            /** @description Requests per minute; absent where there is no limit. */
            requests?: components["schemas"]["LimitView"] | null;
            /** @description Tokens per minute; absent where there is no limit. */
            tokens?: components["schemas"]["LimitView"] | null;
            /**
             * Format: uint64
             * @description How many tokens its provider says are left, for as long as that holds.
             */
            tokens_told?: number | null;
            /**
             * Format: uint32
             * @description Calls under way.
             */
            under_way: number;
            /** @description Until when its provider says that nothing is left, as RFC 3339. */
            used_up_until?: string | null;
        };
        /** @description The metadata server of the machine. */
        MetadataSpec: {
            /** @description Its address, where it is not the usual one. */
            base_url?: string | null;
            /**
             * @description Which of the machine's identities: the e-mail of a service account on Google's machines, the
             *     client id of a managed identity on Azure's. The default one where it is left out.
             */
            identity?: string | null;
        };
        /**
         * Format: int64
         * @description A point in time: microseconds since 1970-01-01 UTC. Written as RFC 3339 by `Display`, as the
         *     integer in records.
         */
        Micros: number;
        Modalities: components["schemas"]["Modality"][];
        /** @description A kind of content. */
        Modality: "text" | "image" | "audio" | "video" | "file";
        /** @description What happens to a model. */
        ModelChange: "new" | "changed" | "gone";
        /** @description A model that differs. */
        ModelDifference: {
            /** @description What happens to it. */
            change: components["schemas"]["ModelChange"];
            /** @description The provider's name for the model. */
            model: string;
            /**
             * @description Whether only something else differs: prices at another time, of larger prompts or in other
             *     tiers of service, limits, abilities.
             */
            other?: boolean;
            /** @description The provider's id. */
            provider: string;
            /** @description The rates that differ now, for a prompt of any size. */
            rates: components["schemas"]["RateChange"][];
        };
        /**
         * ModelSpec
         * @description A model: a name that callers ask for, and the targets behind it.
         */
        ModelSpec: {
            /** @description Whether and how answers are kept, to be given again where the same is asked. */
            cache?: components["schemas"]["CacheSpec"] | null;
            /** @description When a target that fails is put behind the others, and for how long. */
            ejection?: components["schemas"]["Ejection"];
            /**
             * @description After which failures another target takes over. Where it is left out, after all but
             *     `context_too_long` and `content_filtered`, which are the caller's answer.
             */
            fallback_on?: components["schemas"]["Fallback"][] | null;
            /**
             * @description Which calls `consistent-hash` sends to the same target: those with the same `key` (the
             *     default), of the same end `user`, or with the same value of a header: `{header: NAME}`.
             */
            hash_by?: components["schemas"]["HashBy"] | null;
            /**
             * @description After how long without a beginning another target is asked as well, for answers in a
             *     conversation; never, where this is left out.
             */
            hedge?: components["schemas"]["HedgeSpec"] | null;
            /** @description A second target that gets a copy of some requests in the background, to see how it does. */
            shadow?: components["schemas"]["ShadowSpec"] | null;
            /**
             * @description How a target is chosen. The others step in, in the strategy's order, where it fails.
             * @default priority
             */
            strategy?: components["schemas"]["Strategy"];
            /** @description At least one. */
            targets: components["schemas"]["TargetSpec"][];
            /** @description How long its answers may take. */
            timeouts?: components["schemas"]["ModelTimeouts"];
        };
        /**
         * @description How long a model's answers may take, in milliseconds. What is left out is as the provider's
         *     `timeouts` say.
         */
        ModelTimeouts: {
            /**
             * Format: uint32
             * @description For each attempt, from its request to the first byte of a streamed answer, or to all of one that is
             *     not streamed. Then the next target takes over.
             */
            attempt_ms?: number | null;
            /**
             * Format: uint32
             * @description For each attempt at a streamed answer, from its request to the first content: text, thoughts
             *     or a call of a tool. Then the next target takes over.
             */
            first_token_ms?: number | null;
            /**
             * Format: uint32
             * @description For all attempts and the whole answer, from the beginning of the call. A streamed answer is
             *     cut off then, and what was delivered of it is charged.
             */
            total_ms?: number | null;
        };
        /** @description The name of a resource. */
        Name: string;
        /** @description Something that a request needs a model for. */
        Need: "vision" | "audio" | "documents" | "tools" | "json_schema" | "reasoning";
        /** @description A password to be replaced by another. */
        PasswordBody: {
            /** @description The password as it shall be: at least 10 characters. */
            new: string;
            /** @description The password as it is. */
            old: string;
        };
        /** @description A person who may use the console. */
        Person: {
            /** @description When they came in, as RFC 3339. */
            created: string;
            /** @description When they last did something here, as RFC 3339; absent where they never did. */
            last_seen?: string | null;
            /** @description The name by which they sign in. */
            name: string;
            /** @description What they may do. */
            role: components["schemas"]["Role"];
        };
        /** @description A list of an API, a page at a time. */
        PersonPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Person"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description The cloud on which a provider runs. */
        PlatformSpec: {
            azure: components["schemas"]["AzureSpec"];
        } | {
            vertex: components["schemas"]["VertexSpec"];
        };
        /** @description The price of a model at a provider. */
        Price: {
            /** @description Whether the price changes with the date or the time of day; what is shown holds now. */
            changes?: boolean;
            /**
             * @description Dollars per million units, by class, for a prompt of any size that no tier names. A class
             *     that is not listed costs what the class costs that it is a kind of.
             */
            rates: {
                [key: string]: components["schemas"]["Rate"];
            };
            /** @description Where the price comes from. */
            source: string;
            /** @description Other rates for larger prompts, in rising order. */
            tiers?: components["schemas"]["PriceTier"][];
        };
        /** @description Rates that hold from a size of prompt on. */
        PriceTier: {
            /**
             * Format: uint64
             * @description Where the prompt has more tokens than this.
             */
            above: number;
            /** @description Dollars per million units, by class. */
            rates: {
                [key: string]: components["schemas"]["Rate"];
            };
        };
        /** @description A provider that is not stored yet. */
        ProbeBody: {
            /** @description The name that it shall have. */
            name: components["schemas"]["Name"];
            /** @description Its spec, as `Provider` takes it. */
            spec: unknown;
        };
        /**
         * @description Asking a provider whether it is there, without a call: for its list of models, which costs
         *     nothing.
         */
        ProbeSpec: {
            /**
             * Format: uint32
             * @description How often, in seconds, with each credential; at least 5.
             */
            every_s: number;
        };
        /** @description What came of asking a provider for its list of models. */
        ProbeView: {
            /** @description How it failed. */
            class?: components["schemas"]["FailureClass"] | null;
            /** @description The credential with which it was asked; absent where it needs none. */
            credential?: string | null;
            /** @description The names of its models, as the provider writes them. */
            models: string[];
            /** @description What the provider or the network said, redacted. */
            note?: string | null;
            /** @description Whether it answered with its list. */
            ok: boolean;
            /**
             * Format: uint16
             * @description The status of its answer, where one came.
             */
            status?: number | null;
            /**
             * Format: uint64
             * @description Microseconds that it took.
             */
            took: number;
        };
        /** @description One probe per credential. */
        Probes: {
            /** @description The probes, in the order of the credentials. */
            items: components["schemas"]["ProbeView"][];
        };
        /** @description The body of every error of the admin API, after RFC 9457. */
        Problem: {
            /** @description The stable code. */
            code: string;
            /** @description What happened in this case. */
            detail: string;
            /** @description Each fault, where there can be several. */
            errors?: components["schemas"]["Fault"][];
            /**
             * Format: uint16
             * @description The HTTP status.
             */
            status: number;
            /** @description The same for every occurrence. */
            title: string;
            /** @description The page of the problem, relative to the API's own address. */
            type: string;
        };
        /**
         * ProviderSpec
         * @description A provider: an upstream that serves models.
         */
        ProviderSpec: {
            /**
             * @description Other wire formats that the provider speaks at the same address, with the same credentials:
             *     callers of these are served without a translation. The catalogue's where it is left out.
             */
            also?: components["schemas"]["Dialect"][] | null;
            /**
             * @description The header that carries an API key; the dialect's where it is left out here and in the
             *     catalogue.
             */
            auth?: components["schemas"]["AuthHeader"] | null;
            /** @description The address under which the dialect's paths lie, without a slash at its end. */
            base_url?: string | null;
            /** @description A file of PEM certificates to trust besides the system's. */
            ca_file?: string | null;
            /**
             * @description The catalogue entry from which dialect, address and prices are taken; the resource's own
             *     name where the catalogue has it, else the platform's.
             */
            catalog?: string | null;
            /** @description The pool of credentials; may be empty for a provider that needs none. */
            credentials?: components["schemas"]["CredentialSpec"][];
            /** @description The wire format; the catalogue's where it is left out. */
            dialect?: components["schemas"]["Dialect"] | null;
            /**
             * @description What of OpenAI's files and batches it has at its address; the catalogue's where this is left
             *     out.
             */
            files?: components["schemas"]["FileService"] | null;
            /** @description Headers that every request to the provider carries. */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description The cloud on which it runs, where that has addresses of its own; the catalogue's where it is
             *     left out.
             */
            platform?: components["schemas"]["PlatformSpec"] | null;
            /**
             * @description Prices that replace the catalogue's, by the provider's name for the model; `*` is for every
             *     model that has no other.
             */
            prices?: {
                [key: string]: {
                    [key: string]: components["schemas"]["Rate"];
                };
            };
            /** @description Whether it is asked from time to time if it is there; never, where this is left out. */
            probe?: components["schemas"]["ProbeSpec"] | null;
            /** @description Parameters that are added to the query of every request to the provider. */
            query?: {
                [key: string]: string;
            };
            /** @description Where the provider departs from its dialect; in place of what the catalogue says of it. */
            quirks?: components["schemas"]["Quirks"] | null;
            /**
             * @description Whether it holds realtime sessions, as OpenAI does, at `/realtime` below its address; what the
             *     catalogue knows of it, or else what is usual in its dialect, where this is left out.
             */
            realtime?: boolean | null;
            /**
             * @description The region, for a provider that has one in its address or signature; where it is left out, it is
             *     read from the address.
             */
            region?: string | null;
            /**
             * @description What its models do besides conversing, and in which form it is asked for that; what the
             *     catalogue knows of it, or else what is usual in its dialect, where this is left out.
             */
            tasks?: {
                [key: string]: components["schemas"]["TaskForm"];
            } | null;
            /**
             * @description Prices in other tiers of service than the standard one, by the tier and then as in `prices`. They
             *     replace the catalogue's, whose tiers hold only for models whose standard price is its own too.
             */
            tier_prices?: {
                [key: string]: {
                    [key: string]: {
                        [key: string]: components["schemas"]["Rate"];
                    };
                };
            };
            /** @description How long to wait. */
            timeouts?: components["schemas"]["Timeouts"];
            /**
             * @description What to do with a call of a model that has no price.
             * @default refuse
             */
            unpriced?: components["schemas"]["Unpriced"];
        };
        /** @description Where a provider departs from what others of its dialect do. */
        Quirks: {
            /**
             * @description Wants `max_completion_tokens` where others take `max_tokens`.
             * @default false
             */
            max_completion_tokens?: boolean;
            /**
             * @description Refuses the ids of calls of tools, which others of the dialect take (Gemini's, at Vertex AI).
             * @default false
             */
            no_call_ids?: boolean;
            /**
             * @description Refuses `stream_options`, so that no usage can be asked for in a stream.
             * @default false
             */
            no_stream_options?: boolean;
            /**
             * @description Takes `openai-completions` only for models from before chat, such as `davinci-002`.
             * @default false
             */
            older_completions?: boolean;
            /**
             * @description Serves one answer at a time: `n` above 1 is refused.
             * @default false
             */
            single_choice?: boolean;
        };
        /** @description A target's place in the order. */
        Ranked: {
            /**
             * @description By what it came there, such as `412 ms`, `$0.0031` or `3 under way`; empty where the order is
             *     that of the spec.
             */
            by?: string;
            /** @description The provider's name for the model. */
            model: string;
            /** @description The provider's name. */
            provider: string;
        };
        /** @description US dollars per million units as a decimal string, exact to nine digits after the point. */
        Rate: string;
        /** @description A rate that differs. */
        RateChange: {
            /** @description Dollars per million after; absent where there is no rate. */
            after?: components["schemas"]["Rate"] | null;
            /** @description Dollars per million before; absent where there was no rate. */
            before?: components["schemas"]["Rate"] | null;
            /** @description What is consumed. */
            class: components["schemas"]["UsageClass"];
        };
        /** @description Whether the node takes calls. */
        Readiness: {
            /** @description Whether it takes calls. */
            ready: boolean;
            /** @description What does not work as it should, in sentences; may hold something although it is ready. */
            troubles: string[];
        };
        /** @description Why a call was refused or failed. The code is stable: programs may match on it. */
        Reason: "request_malformed" | "parameter_unsupported" | "key_missing" | "key_invalid" | "key_expired" | "key_revoked" | "model_not_allowed" | "route_not_found" | "answer_not_found" | "file_not_found" | "files_unsupported" | "model_not_found" | "method_not_allowed" | "request_timeout" | "body_too_large" | "headers_too_large" | "balance_exhausted" | "hold_exceeds_balance" | "funds_held_in_flight" | "budget_exceeded" | "no_target_fits" | "price_unknown" | "upstream_rejected" | "upstream_rate_limited" | "upstream_account_unfunded" | "upstream_auth_failed" | "upstream_model_unknown" | "upstream_overloaded" | "upstream_error" | "upstream_unreachable" | "upstream_timeout" | "upstream_bad_response" | "ledger_unavailable" | "shutting_down" | "session_over" | "internal_error";
        /** @description What a code of a refusal or a problem means. */
        ReasonRow: {
            /** @description In whose area the cause lies; absent for problems of the admin API. */
            cause?: components["schemas"]["Cause"] | null;
            /** @description The stable code. */
            code: string;
            /** @description What to do about it. */
            fix: string;
            /** @description What it means. */
            meaning: string;
            /** @description Whether a retry can help. */
            retry?: components["schemas"]["Retry"] | null;
            /**
             * Format: uint16
             * @description The HTTP status, where no rule says another.
             */
            status: number;
            /** @description A short title. */
            title: string;
            /** @description Who can act. */
            who?: components["schemas"]["Who"] | null;
        };
        /** @description A list of an API, a page at a time. */
        ReasonRowPage: {
            /** @description The items of this page. */
            items: components["schemas"]["ReasonRow"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description The use of a link. */
        RedeemBody: {
            /** @description The name by which to sign in from now on; where the link sets a password, the person's. */
            name: string;
            /** @description The password: at least 10 characters. */
            password: string;
            /** @description What stands after the `#` of the link. */
            token: string;
        };
        /** @description Why a call was refused or failed: all that any reader of it is told. */
        Refusal: {
            /** @description The provider's own code for it, such as `context_length_exceeded`, for programs that know it. */
            code?: string | null;
            /** @description What happened in this case, in sentences for the caller. */
            detail: string;
            /** @description The member of the request that is at fault, as a path such as `messages[2].content`. */
            param?: string | null;
            /** @description The stable reason. */
            reason: components["schemas"]["Reason"];
            /**
             * Format: uint64
             * @description Seconds after which a retry may help.
             */
            retry_after?: number | null;
            /** @description The resource that said no. */
            rule?: components["schemas"]["RuleRef"] | null;
            /** @description The numbers, where it is about money. */
            shortage?: components["schemas"]["Shortage"] | null;
            /**
             * Format: uint16
             * @description The status of the answer: the reason's own, or that which a rule or the provider set.
             */
            status: number;
        };
        /** @description Something that ends refusals of this kind, or may. Nothing of it is done by asking for the list. */
        RefusalAction: {
            /** @description The amount that is proposed: the new limit, or what is added to the wallet. */
            amount?: components["schemas"]["Amount"] | null;
            /** @description The same on the command line, where one command does it. */
            command?: string | null;
            /** @description What to do. */
            deed: components["schemas"]["Deed"];
            /** @description The kind of the resource that it is done to. */
            kind: components["schemas"]["Kind"];
            /** @description The model that is allowed. */
            model?: string | null;
            /** @description Its name. */
            name: string;
            /** @description The permission that it takes. */
            needs: string;
            /**
             * Format: uint64
             * @description The revision to look at.
             */
            revision?: number | null;
            /** @description What comes of it, in a sentence. */
            says: string;
            /** @description Whether it allows money to be spent, so that a person should be asked. */
            spends: boolean;
        };
        /** @description The least and the most that calls could cost, and that was available to them. */
        RefusalAmounts: {
            /** @description The least that was available. */
            least_available: components["schemas"]["Amount"];
            /** @description The least that one of the calls could cost at most. */
            least_needed: components["schemas"]["Amount"];
            /** @description The most. */
            most_available: components["schemas"]["Amount"];
            /** @description The most. */
            most_needed: components["schemas"]["Amount"];
        };
        /** @description A revision of the configuration that touched what refused calls, or what they asked for. */
        RefusalChange: {
            /** @description What was done. */
            action: components["schemas"]["Action"];
            /** @description By whom. */
            actor: string;
            /** @description When it was made, as RFC 3339. */
            at: string;
            /** @description To what. */
            kind: components["schemas"]["RevisionKind"];
            /** @description Its name. */
            name: string;
            /**
             * Format: uint64
             * @description The revision.
             */
            revision: number;
            /** @description Whether that was before the refusals began, or later. */
            when: components["schemas"]["ChangeTime"];
        };
        /** @description Calls that were refused or failed, by what said no. */
        RefusalDesk: {
            /**
             * Format: uint64
             * @description How many groups are still happening, whether or not they stand on this page.
             */
            happening: number;
            /** @description The groups: those that were answered with 402 first, then those that were last seen. */
            items: components["schemas"]["RefusalGroup"][];
            /** @description Whether there are more groups than are shown. */
            more: boolean;
            /**
             * @description From when on calls are counted, as RFC 3339. Those of the slot of time in which it lies are
             *     all counted: of the minute, of the hour from 6 hours back on, of the day from 14 days back
             *     on.
             */
            since: string;
            /** @description Up to when, as RFC 3339. */
            until: string;
        };
        /** @description Calls that were refused or failed for the same reason, by the same rule, of one application. */
        RefusalGroup: {
            /** @description What can be done with one click, the most fitting first. */
            actions: components["schemas"]["RefusalAction"][];
            /** @description When a call with one of the keys for the model that it was refused was last answered. */
            answered?: string | null;
            /** @description Its application. */
            application?: string | null;
            /**
             * @description Since when it has been so, as RFC 3339: the first refusal after a day without any. It may lie
             *     before the time that was asked for.
             */
            began: string;
            /**
             * Format: uint64
             * @description How many calls.
             */
            calls: number;
            /** @description In whose area the cause lies. */
            cause: components["schemas"]["Cause"];
            /** @description Changes of what said no, or of what was asked for, about that time; the newest first. */
            changes: components["schemas"]["RefusalChange"][];
            /** @description The first of the calls that are counted, as RFC 3339. */
            first: string;
            /** @description What to do about it. */
            fix: string;
            /** @description Tells groups apart, and stays the same. */
            id: string;
            /**
             * Format: uint64
             * @description How many keys they came with.
             */
            keys: number;
            /** @description The last of them. */
            last: string;
            /** @description What the reason means. */
            meaning: string;
            /** @description Some of the models that were asked for. */
            models: string[];
            /** @description Some of the providers that were tried last. */
            providers: string[];
            /** @description The reason. */
            reason: components["schemas"]["Reason"];
            /** @description What said no; where a provider failed, the provider. */
            rule?: components["schemas"]["RefusalRule"] | null;
            /** @description Calls to look at, the last first. Their records are kept as long as calls are. */
            samples: components["schemas"]["CallId"][];
            /** @description The amounts, where it is about money and whoever asks may see it. */
            short?: components["schemas"]["RefusalAmounts"] | null;
            /** @description Some of the keys, the last refused first. */
            some_keys: string[];
            /** @description Whether it goes on. */
            state: components["schemas"]["RefusalState"];
            /**
             * Format: uint16
             * @description The status of the last answer.
             */
            status: number;
            /** @description The team; absent where nobody was identified. */
            team?: string | null;
            /** @description What the reason says in a few words. */
            title: string;
            /**
             * @description What the last caller was told; absent where it names amounts that whoever asks may not see,
             *     and where the record is no longer kept.
             */
            told?: string | null;
            /** @description Who can act. */
            who: components["schemas"]["Who"];
        };
        /** @description What said no. */
        RefusalRule: {
            /** @description The kind of the resource. */
            kind: components["schemas"]["Kind"];
            /** @description Its name. */
            name: string;
        };
        /** @description Whether refusals go on. */
        RefusalState: "happening" | "answered" | "quiet";
        /** @description Why a call was refused, with all that helps to get a yes. */
        RefusalStory: {
            /** @description What happened in this case. */
            detail: string;
            /** @description What to do about it. */
            fix: string;
            /** @description The page of the reason, relative to the API's own address. */
            link: string;
            /** @description The stable reason. */
            reason: components["schemas"]["Reason"];
            /** @description The resource that said no, at the revision at which it did. */
            rule?: components["schemas"]["RuleRef"] | null;
            /** @description The numbers, where it is about money. */
            shortage?: components["schemas"]["Shortage"] | null;
            /**
             * Format: uint16
             * @description The HTTP status of the answer.
             */
            status: number;
            /** @description The title of the reason. */
            title: string;
        };
        /** @description All that was looked at. */
        Report: {
            /** @description When, as RFC 3339. */
            at: string;
            /** @description What was done. What was mended is no longer among the findings. */
            fixed?: components["schemas"]["Fixed"][];
            /** @description The steps that were asked for. */
            steps: components["schemas"]["StepReport"][];
            /** @description The version of the program. */
            version: string;
            /** @description The worst that was found; absent where nothing was. */
            worst?: components["schemas"]["Severity"] | null;
        };
        /** @description A resource as it is stored. */
        Resource: {
            /** @description When it was made, as RFC 3339; not in lists. */
            created_at?: string | null;
            /** @description The kind. */
            kind: components["schemas"]["Kind"];
            /** @description The name, unique within the kind. */
            name: components["schemas"]["Name"];
            /**
             * Format: uint64
             * @description The revision that last changed it; also its ETag.
             */
            revision: number;
            /** @description What it says; see the schema of the kind's spec. */
            spec: unknown;
            /** @description When it was last changed, as RFC 3339; not in lists. */
            updated_at?: string | null;
        };
        /** @description A resource as a client puts it: at least its spec. What a `GET` answered may be sent back. */
        ResourceInput: {
            /** @description Not looked at. */
            created_at?: string | null;
            /** @description The kind; if given, the one in the path. */
            kind?: components["schemas"]["Kind"] | null;
            /** @description The name; if given, the one in the path. */
            name?: components["schemas"]["Name"] | null;
            /**
             * Format: uint64
             * @description The revision at which the resource has to be, as with `If-Match`.
             */
            revision?: number | null;
            /** @description What it shall say. */
            spec: unknown;
            /** @description Not looked at. */
            updated_at?: string | null;
        };
        /** @description A list of an API, a page at a time. */
        ResourcePage: {
            /** @description The items of this page. */
            items: components["schemas"]["Resource"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description Whether the same request may succeed later. */
        Retry: "never" | "later" | "soon";
        /** @description One change of one resource, or of the catalogue. */
        Revision: {
            /** @description What was done. */
            action: components["schemas"]["Action"];
            /** @description Who. */
            actor: string;
            /** @description The same after it; absent where the resource was deleted. */
            after?: unknown;
            /** @description When, as RFC 3339. */
            at: string;
            /**
             * @description The spec before; absent where the resource was made. Of the catalogue: what was told of the
             *     update in force; absent where none was.
             */
            before?: unknown;
            /** @description Of what. */
            kind: components["schemas"]["RevisionKind"];
            /** @description The resource's name; `catalogue` where it is that. */
            name: string;
            /**
             * Format: uint64
             * @description Its number; every change has the next one.
             */
            revision: number;
        };
        /** @description The data of an event `revision`: the configuration has changed. */
        RevisionEvent: {
            /**
             * Format: uint64
             * @description The newest revision.
             */
            revision: number;
        };
        /** @description What a revision is of: a kind of resource, or `Catalogue`. */
        RevisionKind: components["schemas"]["Kind"] | components["schemas"]["CatalogueWord"];
        /** @description A list of an API, a page at a time. */
        RevisionPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Revision"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description What a person may do, from most to least. */
        Role: "owner" | "admin" | "viewer";
        /** @description The role that a person shall have. */
        RoleBody: {
            /** @description The role. */
            role: components["schemas"]["Role"];
        };
        /** @description A resource at the revision at which it acted. */
        RuleRef: {
            /** @description The kind. */
            kind: components["schemas"]["Kind"];
            /** @description The name. */
            name: components["schemas"]["Name"];
            /**
             * Format: uint64
             * @description The revision that last changed it when it acted.
             */
            revision: number;
        };
        /** @description Where a secret comes from. The secret itself never stands in a spec. */
        Secret: {
            env: string;
        } | {
            file: string;
        } | {
            secret: components["schemas"]["Name"];
        };
        /** @description A secret to be kept. */
        SecretBody: {
            /** @description The secret itself. */
            value: string;
        };
        /** @description Who is signed in, and what they may do. */
        Session: {
            /**
             * @description What to send as `x-csrf-token` with every request that changes something; absent for a
             *     program, which sends a token of its own and no cookie.
             */
            csrf?: string | null;
            /** @description When the session ends at the latest, as RFC 3339; absent for a program. */
            expires?: string | null;
            /** @description The permissions that the role has, in the words of `x-permission`. */
            permissions: string[];
            /** @description Who it is. */
            person: components["schemas"]["SignedIn"];
        };
        /** @description How much a finding matters. */
        Severity: "notice" | "warning" | "error";
        /** @description A target that gets copies of requests. Its answers are dropped; what they cost is the operator's. */
        ShadowSpec: {
            /** @description The provider's own name for the model. */
            model: string;
            /**
             * Format: uint8
             * @description Of how many of a hundred requests it gets a copy, at random: 1 to 100.
             * @default 100
             */
            percent?: number;
            /** @description The provider. */
            provider: components["schemas"]["Name"];
        };
        /** @description The numbers of a refusal for want of money. Shown only to whom the account belongs. */
        Shortage: {
            /**
             * Format: uint64
             * @description The largest `max_tokens` that would fit, where one does.
             */
            affordable_max_tokens?: number | null;
            /** @description What is left and not set aside. */
            available: components["schemas"]["Amount"];
            /** @description The most that the call could cost. */
            needed: components["schemas"]["Amount"];
            /** @description When the window of the budget ends. */
            resets_at?: components["schemas"]["Micros"] | null;
            /** @description Whose money it is, for people: `the wallet of team acme`, `budget marketing-month`. */
            scope: string;
        };
        /** @description A name and a password. */
        SignInBody: {
            /** @description The person's name. */
            name: string;
            /** @description The password. */
            password: string;
        };
        /** @description A person, or the operator's token. */
        SignedIn: {
            /** @description The name under which changes are recorded. */
            name: string;
            /** @description The role. */
            role: components["schemas"]["Role"];
        };
        /** @description One place where a person is signed in. */
        SignedInPlace: {
            /** @description What the browser says of itself. */
            agent: string;
            /** @description When it began, as RFC 3339. */
            created: string;
            /** @description Whether it is the one that asks. */
            current: boolean;
            /** @description When it ends at the latest, as RFC 3339. */
            expires: string;
            /** @description What the session is called here; not its secret. */
            id: string;
            /** @description When it was last used, as RFC 3339. */
            seen: string;
        };
        /** @description A list of an API, a page at a time. */
        SignedInPlacePage: {
            /** @description The items of this page. */
            items: components["schemas"]["SignedInPlace"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description A target, or one of its credentials, that was not tried. */
        Skipped: {
            /** @description The credential, where it is for its sake. */
            credential?: string | null;
            /** @description The provider's name for the model. */
            model: string;
            /** @description The provider's name. */
            provider: string;
            /** @description Why, as the end of a sentence that begins with the target. */
            why: string;
        };
        /** @description How long a slot of time is. */
        Slot: "minute" | "hour" | "day";
        /** @description A JSON Schema (draft 2020-12). */
        SpecSchema: unknown;
        /** @description The stages of a call, in their order. */
        Stage: "accept" | "route" | "identify" | "authorize" | "admit" | "prepare" | "dispatch" | "relay" | "settle";
        /** @description The state of a node. */
        Status: {
            /**
             * Format: uint64
             * @description Bytes of the journal that the store does not have yet.
             */
            backlog: number;
            /**
             * @description The address at which callers reach the gateway, such as `http://127.0.0.1:8402`; absent where
             *     this process runs none.
             */
            gateway?: string | null;
            /** @description The node's name. */
            node: string;
            /** @description Whether it takes calls. */
            ready: boolean;
            /**
             * Format: uint64
             * @description The revision of the configuration that it serves.
             */
            revision: number;
            /** @description When the process began, as RFC 3339. */
            started: string;
            /** @description What does not work as it should, in sentences. */
            troubles: string[];
            /**
             * Format: uint64
             * @description Seconds since then.
             */
            uptime_seconds: number;
            /** @description The version of the program. */
            version: string;
        };
        /** @description One stage of the story. */
        Step: {
            /**
             * Format: uint32
             * @description Microseconds from the start of the call to the end of the stage, where it was passed.
             */
            ended?: number | null;
            /** @description What happened, in sentences. */
            says: string[];
            /** @description The stage. */
            stage: components["schemas"]["Stage"];
            /** @description What came of it. */
            verdict: components["schemas"]["Verdict"];
        };
        /** @description The four steps in which payment faults are looked for. */
        Step2: "payment" | "configuration" | "transaction" | "server";
        /** @description One step with its checks. */
        StepReport: {
            /** @description Its checks, in the order of the documentation. */
            checks: components["schemas"]["CheckReport"][];
            /**
             * Format: uint8
             * @description 1 to 4.
             */
            number: number;
            /** @description The step. */
            step: components["schemas"]["Step2"];
            /** @description What it is. */
            title: string;
        };
        /** @description A stored secret, without what is secret of it. */
        StoredSecret: {
            /** @description Its name, as `{secret: NAME}` in a spec points to it. */
            name: components["schemas"]["Name"];
        };
        /** @description A list of an API, a page at a time. */
        StoredSecretPage: {
            /** @description The items of this page. */
            items: components["schemas"]["StoredSecret"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description The story of a call: what each stage decided and why, and what it cost. */
        Story: {
            /** @description When it was accepted, as RFC 3339. */
            at: string;
            /** @description What it cost and who paid; absent where nothing was set aside, consumed or charged. */
            bill?: components["schemas"]["Bill"] | null;
            /** @description The call. */
            call: components["schemas"]["CallId"];
            /** @description All of it in a sentence or two. */
            headline: string;
            /** @description Why it was refused or failed. */
            refusal?: components["schemas"]["RefusalStory"] | null;
            /** @description The stages that the call reached, in order. */
            steps: components["schemas"]["Step"][];
        };
        /** @description How a model chooses among its targets. */
        Strategy: "priority" | "weighted" | "least-latency" | "least-cost" | "least-busy" | "consistent-hash";
        /** @description Sums over calls. */
        Sums: {
            /**
             * Format: uint64
             * @description Calls that have ended.
             */
            calls: number;
            /** @description What they cost. */
            cost: components["schemas"]["Amount"];
            /**
             * Format: uint64
             * @description Those of them that failed: answered with 5xx, or broken off by a provider.
             */
            errors: number;
            /**
             * Format: uint64
             * @description Tokens of answers.
             */
            output_tokens: number;
            /**
             * Format: uint64
             * @description Microseconds within which half of the completed calls ended, at most an eighth too high;
             *     absent where there is none, or where the filter names more than team and model.
             */
            p50?: number | null;
            /**
             * Format: uint64
             * @description Microseconds within which 99 of 100 completed calls ended.
             */
            p99?: number | null;
            /**
             * Format: uint64
             * @description Tokens of prompts.
             */
            prompt_tokens: number;
            /**
             * Format: uint64
             * @description Those of them that were refused, by this gateway or as wrong, with 4xx.
             */
            refused: number;
        };
        /** @description How a target among which a model chooses is doing, as this node has seen it. */
        TargetCondition: {
            /** @description Until when other targets go first, since it failed, as RFC 3339. */
            behind_until?: string | null;
            /** @description The provider's name for the model. */
            model: string;
            /** @description The provider. */
            provider: string;
            /**
             * Format: uint32
             * @description Microseconds until a streamed answer begins, of late; absent where none was measured.
             */
            streamed?: number | null;
            /**
             * Format: uint64
             * @description How many calls are under way there.
             */
            under_way: number;
            /**
             * Format: uint32
             * @description Microseconds until a whole answer is there, of late; absent where none was measured.
             */
            whole?: number | null;
        };
        /** @description A list of an API, a page at a time. */
        TargetConditionPage: {
            /** @description The items of this page. */
            items: components["schemas"]["TargetCondition"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description One provider's model behind a name. */
        TargetSpec: {
            /** @description What it cannot do: requests that need it go elsewhere. */
            cannot?: components["schemas"]["Need"][];
            /**
             * Format: uint64
             * @description The most tokens of prompt and answer together; the catalogue's where it is left out. Longer
             *     prompts, by the gateway's estimate, go elsewhere.
             */
            context_window?: number | null;
            /** @description The provider's own name for the model. */
            model: string;
            /** @description The provider. */
            provider: components["schemas"]["Name"];
            /**
             * @description What is said of it. A request that has tags itself only goes to targets with one of them, if
             *     any target of the model has tags.
             */
            tags?: string[];
            /**
             * @description Makes it a stand-in: it is only asked after one of these failures of another target, even of
             *     a kind that `fallback_on` does not have.
             */
            takes_over?: components["schemas"]["Fallback"][];
            /**
             * Format: uint32
             * @description Its share of calls relative to the other targets, under `weighted`, `least-busy` and
             *     `consistent-hash`. One of no weight only steps in where the others fail.
             * @default 1
             */
            weight?: number;
            /** @description Which requests it is for; all where it is left out. */
            when?: components["schemas"]["When"];
        };
        /**
         * @description The wire form in which a task is asked for. Within one form bytes pass; between two, requests and
         *     answers are translated, where the task has a meaning in both.
         */
        TaskForm: "openai" | "gemini" | "cohere" | "jina" | "voyage" | "tei";
        /**
         * TeamSpec
         * @description A team: whoever owns applications and pays for their calls.
         */
        TeamSpec: {
            /**
             * @description How the team pays.
             * @default internal
             */
            billing?: components["schemas"]["Billing"];
            /** @description The name that people see; the resource's name where it is empty. */
            title?: string;
        };
        /** @description How long the gateway waits for a provider, in milliseconds. */
        Timeouts: {
            /**
             * Format: uint32
             * @description For a connection, TLS included.
             * @default 5000
             */
            connect_ms?: number;
            /**
             * Format: uint32
             * @description From the end of the request to the first byte of the answer.
             * @default 300000
             */
            first_byte_ms?: number;
            /**
             * Format: uint32
             * @description Between two pieces of a streamed answer.
             * @default 120000
             */
            idle_ms?: number;
        };
        /**
         * @description Microseconds from the start of a call to the end of each stage that it passed, in the order of
         *     [`Stage::ALL`].
         */
        Timings: number[];
        /** @description The secret of a link. */
        TokenBody: {
            /** @description What stands after the `#` of the link. */
            token: string;
        };
        /** @description A set of movements that sums to zero. */
        Transaction: {
            /** @description Who made it. */
            actor: string;
            /** @description When, as RFC 3339. */
            at: string;
            /** @description The movements. */
            entries: components["schemas"]["Entry"][];
            /** @description Its id. */
            id: string;
            /** @description Why it was made. */
            kind: components["schemas"]["TransactionKind"];
            /** @description For people. */
            reason: string;
        };
        /** @description Why a transaction was made. */
        TransactionKind: "credit" | "allowance" | "close" | "reserve" | "settlement" | "correction";
        /** @description A list of an API, a page at a time. */
        TransactionPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Transaction"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description What to do with a call of a model that has no price. */
        Unpriced: "refuse" | "free";
        Usage: {
            [key: string]: number;
        };
        /** @description A class of consumption that has its own rate. */
        UsageClass: "input" | "cache_read" | "cache_write" | "cache_write_long" | "input_audio" | "cache_read_audio" | "input_image" | "cache_read_image" | "input_video" | "output" | "reasoning" | "output_audio" | "output_image" | "output_video" | "requests" | "audio_seconds" | "characters" | "images" | "pages" | "annotated_pages" | "messages" | "rerank_searches" | "web_searches" | "file_searches" | "citations";
        /** @description Sums over the calls that have one value in common. */
        UsageGroup: {
            /**
             * Format: uint64
             * @description Calls that have ended.
             */
            calls: number;
            /** @description What they cost. */
            cost: components["schemas"]["Amount"];
            /**
             * Format: uint64
             * @description Those of them that failed: answered with 5xx, or broken off by a provider.
             */
            errors: number;
            /**
             * Format: uint64
             * @description Tokens of answers.
             */
            output_tokens: number;
            /**
             * Format: uint64
             * @description Microseconds within which half of the completed calls ended, at most an eighth too high;
             *     absent where there is none, or where the filter names more than team and model.
             */
            p50?: number | null;
            /**
             * Format: uint64
             * @description Microseconds within which 99 of 100 completed calls ended.
             */
            p99?: number | null;
            /**
             * Format: uint64
             * @description Tokens of prompts.
             */
            prompt_tokens: number;
            /**
             * Format: uint64
             * @description Those of them that were refused, by this gateway or as wrong, with 4xx.
             */
            refused: number;
            /** @description The value; absent for the calls that have none. */
            value?: string | null;
        };
        /** @description Sums by value. */
        UsageGroups: {
            /** @description The values with most calls first. */
            items: components["schemas"]["UsageGroup"][];
        };
        /** @description Sums over the calls of a slot of time. */
        UsagePoint: {
            /** @description When the slot begins, as RFC 3339. */
            at: string;
            /**
             * Format: uint64
             * @description Calls that have ended.
             */
            calls: number;
            /** @description What they cost. */
            cost: components["schemas"]["Amount"];
            /**
             * Format: uint64
             * @description Those of them that failed: answered with 5xx, or broken off by a provider.
             */
            errors: number;
            /**
             * Format: uint64
             * @description Tokens of answers.
             */
            output_tokens: number;
            /**
             * Format: uint64
             * @description Microseconds within which half of the completed calls ended, at most an eighth too high;
             *     absent where there is none, or where the filter names more than team and model.
             */
            p50?: number | null;
            /**
             * Format: uint64
             * @description Microseconds within which 99 of 100 completed calls ended.
             */
            p99?: number | null;
            /**
             * Format: uint64
             * @description Tokens of prompts.
             */
            prompt_tokens: number;
            /**
             * Format: uint64
             * @description Those of them that were refused, by this gateway or as wrong, with 4xx.
             */
            refused: number;
        };
        /** @description How well the usage of a call is known. */
        UsageQuality: "none" | "exact" | "estimated";
        /** @description What was used over a time. */
        UsageReport: {
            /** @description Slots in which calls ended, by time. */
            points: components["schemas"]["UsagePoint"][];
            /** @description When the first slot begins, as RFC 3339. */
            since: string;
            /** @description How long a slot is. */
            slot: components["schemas"]["Slot"];
            /** @description The sums over all of them. */
            total: components["schemas"]["Sums"];
            /** @description Up to when slots are counted, as RFC 3339. */
            until: string;
        };
        /** @description What a credential of a provider usually is. */
        UsualCredential: "key" | "service_account";
        /** @description What came of a stage. */
        Verdict: "passed" | "refused" | "cut" | "unknown";
        /** @description What a check of the whole ledger found. */
        Verification: components["schemas"]["LedgerReport"];
        /** @description Where in Google Cloud models are asked. */
        VertexSpec: {
            /**
             * @description The location: a region such as `europe-west4`, a multi-region (`us`, `eu`), or `global`.
             * @default global
             */
            location?: string;
            /** @description The project that pays; that of the service account where it is left out. */
            project?: string | null;
        };
        /** @description The wallet of a team. */
        Wallet: {
            /** @description The part of it that nobody has set aside. */
            available: components["schemas"]["Amount"];
            /** @description What is in it. */
            balance: components["schemas"]["Amount"];
            /** @description How the team pays. Only calls of a prepaid team are paid from its wallet. */
            billing: components["schemas"]["Billing"];
            /** @description The part of it that nodes have set aside, for calls that are under way or to come. */
            leased: components["schemas"]["Amount"];
            /** @description The team. */
            team: components["schemas"]["Name"];
        };
        /** @description A list of an API, a page at a time. */
        WalletPage: {
            /** @description The items of this page. */
            items: components["schemas"]["Wallet"][];
            /** @description What to send to get the page after this one; absent on the last. */
            next?: string | null;
        };
        /** @description Which requests a target is for: those for which all that is given here holds. */
        When: {
            /** @description The request has all of these. */
            has?: components["schemas"]["Need"][];
            /** @description The request has none of these. */
            has_none?: components["schemas"]["Need"][];
            /**
             * Format: uint64
             * @description The prompt has at most so many tokens, by the gateway's estimate.
             */
            max_prompt_tokens?: number | null;
            /**
             * Format: uint64
             * @description The prompt has at least so many tokens, by the gateway's estimate.
             */
            min_prompt_tokens?: number | null;
            /**
             * @description The request has at least one of these tags: of its header `x-tollgate-tags`, of its
             *     `metadata.tags`, or of its key.
             */
            tags?: string[];
        };
        /** @description Who can do something about it. */
        Who: "payer" | "key_owner" | "operator" | "provider" | "nobody";
        /** @description How long a budget lasts before it begins anew, by the calendar of its time zone. */
        Window: "hour" | "day" | "week" | "month";
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    apply: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApplyBody"];
            };
        };
        responses: {
            /** @description What was changed, or would be. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_budgets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The budgets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BudgetStatePage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_burndown: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The budget. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was spent, over time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Burndown"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_calls: {
        parameters: {
            query?: {
                /** @description Only calls of this team. */
                team?: string;
                /** @description Only calls of this application. */
                application?: string;
                /** @description Only calls with the key of this name. */
                key?: string;
                /** @description Only calls that asked for this model. */
                model?: string;
                /** @description Only calls whose last attempt went to this provider. */
                provider?: string;
                /** @description Only calls that were answered with this status. */
                status?: number;
                /** @description Only calls that ended so. */
                ending?: string;
                /** @description Only calls that were refused or failed for this reason. */
                reason?: string;
                /** @description Only calls from this time on: RFC 3339, or a span such as `1h` before now. */
                since?: string;
                /** @description Only calls before this time: RFC 3339, or a span before now. */
                until?: string;
                /** @description Only calls before this one: the `next` of the page before. */
                before?: string;
                /** @description Only calls after this one, for following along; the page then holds the oldest of them. */
                after?: string;
                /** @description How many, from 1 to 1000; 100 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallSummaryPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_call: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The call's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The record. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Call"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    explain_call: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The call's id. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The story. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Story"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_catalog_models: {
        parameters: {
            query?: {
                /** @description Only those of this provider. */
                provider?: string;
                /** @description A part of the name. */
                q?: string;
                /** @description Only those that are known to have these abilities, such as `vision,tools`. */
                can?: string;
                /** @description The most models to list; all where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The models. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogModelPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_catalog_providers: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The providers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogProviderPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_catalog_update: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where they come from. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogSource"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    update_catalog: {
        parameters: {
            query?: {
                /** @description The file or address that the body was read from, for people. */
                origin?: string;
                /** @description Whether to tell only what would be changed. */
                dry_run?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description Models and prices. */
        requestBody: {
            content: {
                "application/json": unknown;
            };
        };
        responses: {
            /** @description What is changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogChange"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_catalog: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What is changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CatalogChange"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    run_doctor: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DoctorBody"];
            };
        };
        responses: {
            /** @description What was looked at and found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DoctorReport"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    events: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The events, as they happen. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description `unavailable`: as many streams are open as there may be. */
            503: {
                headers: {
                    /** @description Seconds until it is worth another try. */
                    "retry-after"?: number;
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    export: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every resource. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_history: {
        parameters: {
            query?: {
                /** @description Only those of resources of this kind, or of the `Catalogue`. */
                kind?: string;
                /** @description Only those of this name. */
                name?: string;
                /** @description Only those before this revision: the `next` of the page before. */
                before?: number;
                /** @description How many, from 1 to 1000; 100 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of revisions. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RevisionPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    restore: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The revision. */
                revision: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was changed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_invitations: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The oldest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["InvitationPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    invite: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["InvitationBody"];
            };
        };
        responses: {
            /** @description The link, this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    check_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TokenBody"];
            };
        };
        responses: {
            /** @description What it is good for. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invitation"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    redeem_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RedeemBody"];
            };
        };
        responses: {
            /** @description Signed in. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_invitation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the list calls the invitation. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link no longer works. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_keys: {
        parameters: {
            query?: {
                /** @description Only those of this application. */
                application?: string;
                /** @description Only those whose names come after this one: the `next` of the page before. */
                after?: string;
                /** @description How many, from 1 to 1000; 1000 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    create_key: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KeyBody"];
            };
        };
        responses: {
            /** @description The key, this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CreatedKey"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    show_key_pair: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key pair. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KeyPair"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    revoke_key: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The key's name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The key as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Key"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_accounts: {
        parameters: {
            query?: {
                /** @description Only those whose ids begin so, such as `wallet/`. */
                prefix?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description How many, from 1 to 1000; 100 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AccountPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_transactions: {
        parameters: {
            query?: {
                /** @description Only those that touch this account, such as `wallet/acme`. */
                account?: string;
                /** @description The `next` of the page before. */
                before?: string;
                /** @description How many, from 1 to 1000; 100 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TransactionPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    verify_ledger: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found; no faults is good. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_models: {
        parameters: {
            query?: {
                /** @description A part of the name. */
                q?: string;
                /** @description The most names to list; all where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallableModelPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    resolve_model: {
        parameters: {
            query: {
                /** @description The name as a caller would write it. */
                name: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What it means. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallableModel"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_people: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By name. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PersonPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    remove_person: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The person. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    reset_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The person. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link, this once. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Invited"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    set_role: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The person. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleBody"];
            };
        };
        responses: {
            /** @description The person. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Person"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    try_model: {
        parameters: {
            query: {
                /** @description The application that calls, and whose team pays. */
                application: string;
                /**
                 * @description The path of the gateway that is called, with its query, such as `/v1/embeddings` or
                 *     `/v1beta/models/NAME:streamGenerateContent?alt=sse`; `/v1/chat/completions` where it is left out.
                 */
                path?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** @description What the path takes, such as a chat completion; forms with files too. */
        requestBody: {
            content: {
                "application/json": string;
            };
        };
        responses: {
            /** @description The gateway's answer. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    providers_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One item per credential. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CredentialViewPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_new_provider: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ProbeBody"];
            };
        };
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probes"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    test_provider: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The provider. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What came of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Probes"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_reasons: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every reason. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReasonRowPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_refusals: {
        parameters: {
            query?: {
                /** @description Only those for this reason. */
                reason?: string;
                /** @description Only those whose cause lies in this area, such as `payment_info` or `upstream`. */
                cause?: string;
                /** @description Only those that these can act on: `payer`, `key_owner`, `operator`, `provider` or `nobody`. */
                who?: string;
                /** @description Only those by a rule of this kind. */
                kind?: string;
                /** @description Only those by a rule of this name. */
                rule?: string;
                /** @description Only those of this team. */
                team?: string;
                /** @description Only those of this application. */
                application?: string;
                /** @description Only those of calls that asked for this model. */
                model?: string;
                /** @description From when on: RFC 3339, or a span such as `24h` before now, which is usual. */
                since?: string;
                /** @description Up to when: RFC 3339, or a span before now; now where it is left out. */
                until?: string;
                /** @description How many groups, from 1 to 1000; 50 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The groups. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusalDesk"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_resources: {
        parameters: {
            query?: {
                /** @description Only those of this kind. */
                kind?: string;
                /** @description The `next` of the page before. */
                after?: string;
                /** @description How many, from 1 to 1000; 1000 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ResourcePage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_resource: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kind, such as `Model`. */
                kind: string;
                /** @description The name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The resource; its revision is its ETag. */
            200: {
                headers: {
                    /** @description The revision, quoted. */
                    etag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Resource"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_resource: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that is to be replaced. */
                "if-match"?: string | null;
                /** @description `*`: create, do not replace. */
                "if-none-match"?: string | null;
            };
            path: {
                /** @description The kind, such as `Model`. */
                kind: string;
                /** @description The name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResourceInput"];
            };
        };
        responses: {
            /** @description It was replaced, or is as it was. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description It was created. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_resource: {
        parameters: {
            query?: never;
            header?: {
                /** @description The ETag that is to be deleted. */
                "if-match"?: string | null;
            };
            path: {
                /** @description The kind, such as `Model`. */
                kind: string;
                /** @description The name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It was deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Applied"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_schema: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The kind, such as `Model`. */
                kind: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The schema. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SpecSchema"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    search: {
        parameters: {
            query: {
                /** @description A part of the name, in small letters or capitals. */
                q: string;
                /** @description How many, from 1 to 1000; 20 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Those that begin with it first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["FoundPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_secrets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The names. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredSecretPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    put_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SecretBody"];
            };
        };
        responses: {
            /** @description It is kept. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredSecret"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    delete_secret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Its name. */
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StoredSecret"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_session: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who, and what they may do. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_in: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SignInBody"];
            };
        };
        responses: {
            /** @description Signed in. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out; the cookie is gone. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    change_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PasswordBody"];
            };
        };
        responses: {
            /** @description It is changed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_sessions: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignedInPlacePage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    sign_out_everywhere: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out everywhere. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    end_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description What the list calls the session. */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Signed out there. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_status: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Status"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    targets_health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One item per target. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TargetConditionPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_usage: {
        parameters: {
            query?: {
                /** @description Only calls of this team. */
                team?: string;
                /** @description Only calls of this application. */
                application?: string;
                /** @description Only calls that asked for this model. */
                model?: string;
                /** @description Only calls whose last attempt went to this provider. */
                provider?: string;
                /** @description Only calls that were answered with this status. */
                status?: number;
                /** @description Only calls that ended so. */
                ending?: string;
                /** @description Only calls that were refused or failed for this reason. */
                reason?: string;
                /** @description From when on: RFC 3339, or a span such as `24h` before now, which is usual. */
                since?: string;
                /** @description Up to when: RFC 3339, or a span before now; now where it is left out. */
                until?: string;
                /** @description How long a slot is: `minute`, `hour` or `day`; what suits the time where it is left out. */
                slot?: string;
                /**
                 * @description For `/usage/by`: by what to add up: `team`, `application`, `model`, `provider`, `status`,
                 *     `ending` or `reason`.
                 */
                by?: string;
                /** @description For `/usage/by`: how many values, from 1 to 1000; 20 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageReport"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_usage_by: {
        parameters: {
            query?: {
                /** @description Only calls of this team. */
                team?: string;
                /** @description Only calls of this application. */
                application?: string;
                /** @description Only calls that asked for this model. */
                model?: string;
                /** @description Only calls whose last attempt went to this provider. */
                provider?: string;
                /** @description Only calls that were answered with this status. */
                status?: number;
                /** @description Only calls that ended so. */
                ending?: string;
                /** @description Only calls that were refused or failed for this reason. */
                reason?: string;
                /** @description From when on: RFC 3339, or a span such as `24h` before now, which is usual. */
                since?: string;
                /** @description Up to when: RFC 3339, or a span before now; now where it is left out. */
                until?: string;
                /** @description How long a slot is: `minute`, `hour` or `day`; what suits the time where it is left out. */
                slot?: string;
                /**
                 * @description For `/usage/by`: by what to add up: `team`, `application`, `model`, `provider`, `status`,
                 *     `ending` or `reason`.
                 */
                by?: string;
                /** @description For `/usage/by`: how many values, from 1 to 1000; 20 where it is left out. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The sums. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UsageGroups"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_wallets: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wallets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WalletPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_wallet: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The team. */
                team: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The wallet. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wallet"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    credit_wallet: {
        parameters: {
            query?: never;
            header?: {
                /** @description Sent again with the same key, the credit is made once. */
                "idempotency-key"?: string | null;
            };
            path: {
                /** @description The team. */
                team: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreditBody"];
            };
        };
        responses: {
            /** @description It had been made before. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credited"];
                };
            };
            /** @description It was made. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Credited"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process lives. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    openapi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    list_problems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Every reason of a refusal, then every problem of the admin API. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReasonRowPage"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    get_problem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description The code, such as `budget_exceeded`. */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What the code means. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReasonRow"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It takes calls. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description It does not. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Why the request failed. */
            default: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
}

/** What somebody may be allowed to do. */
export type Permission = "calls:read" | "configuration:change" | "configuration:read" | "doctor:run" | "keys:manage" | "keys:read" | "models:try" | "money:credit" | "money:read" | "node:read" | "people:manage" | "people:read" | "public" | "secrets:manage" | "secrets:read" | "session:use";
