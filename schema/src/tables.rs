//! Generated from the database by `server print tables`: do not edit.

diesel::table! {
    /// Table `account`.
    account (id) {
        /// `id`.
        id -> Int8,
        /// `email`.
        email -> Text,
        /// `display_name`.
        display_name -> Text,
        /// `password_hash`.
        password_hash -> Text,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `disabled_at`.
        disabled_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Table `account_identity`.
    account_identity (id) {
        /// `id`.
        id -> Int8,
        /// `account_id`.
        account_id -> Int8,
        /// `issuer`.
        issuer -> Text,
        /// `subject`.
        subject -> Text,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `last_login_at`.
        last_login_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `account_role`.
    account_role (id) {
        /// `id`.
        id -> Int8,
        /// `account_id`.
        account_id -> Int8,
        /// `role`.
        role -> Text,
        /// `structure_id`.
        structure_id -> Nullable<Int8>,
        /// `alerts`.
        alerts -> Text,
        /// `alerts_since`.
        alerts_since -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Table `api_token`.
    api_token (id) {
        /// `id`.
        id -> Int8,
        /// `account_id`.
        account_id -> Int8,
        /// `name`.
        name -> Text,
        /// `prefix`.
        prefix -> Text,
        /// `token_hash`.
        token_hash -> Bytea,
        /// `access`.
        access -> Text,
        /// `structure_id`.
        structure_id -> Int8,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `expires_at`.
        expires_at -> Timestamptz,
        /// `last_used_at`.
        last_used_at -> Nullable<Timestamptz>,
        /// `revoked_at`.
        revoked_at -> Nullable<Timestamptz>,
        /// `renewed_from`.
        renewed_from -> Nullable<Int8>,
    }
}

diesel::table! {
    /// Table `attempt`.
    attempt (id) {
        /// `id`.
        id -> Int8,
        /// `key`.
        key -> Bytea,
        /// `at`.
        at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `attempt_secret`.
    attempt_secret (single) {
        /// `single`.
        single -> Bool,
        /// `secret`.
        secret -> Bytea,
    }
}

diesel::table! {
    /// Table `audit_entry`.
    audit_entry (id) {
        /// `id`.
        id -> Int8,
        /// `at`.
        at -> Timestamptz,
        /// `actor`.
        actor -> Text,
        /// `action`.
        action -> Text,
        /// `subject`.
        subject -> Text,
        /// `structure_id`.
        structure_id -> Nullable<Int8>,
        /// `request_id`.
        request_id -> Nullable<Text>,
        /// `position`.
        position -> Nullable<Int8>,
        /// `hash`.
        hash -> Nullable<Bytea>,
    }
}

diesel::table! {
    /// Table `audit_head`.
    audit_head (id) {
        /// `id`.
        id -> Bool,
        /// `position`.
        position -> Int8,
        /// `hash`.
        hash -> Bytea,
    }
}

diesel::table! {
    /// Table `commitment`.
    commitment (id) {
        /// `id`.
        id -> Int8,
        /// `version`.
        version -> Int2,
        /// `code`.
        code -> Int2,
        /// `theme`.
        theme -> Text,
        /// `rank_in_theme`.
        rank_in_theme -> Int2,
        /// `label`.
        label -> Text,
        /// `short_label`.
        short_label -> Text,
    }
}

diesel::table! {
    /// Table `committee`.
    committee (id) {
        /// `id`.
        id -> Int8,
        /// `structure_id`.
        structure_id -> Int8,
        /// `kind`.
        kind -> Text,
        /// `title`.
        title -> Text,
        /// `theme`.
        theme -> Nullable<Text>,
        /// `aims`.
        aims -> Text,
        /// `agenda`.
        agenda -> Text,
        /// `results_analysed`.
        results_analysed -> Bool,
        /// `ideas_gathered`.
        ideas_gathered -> Bool,
        /// `starts_at`.
        starts_at -> Timestamptz,
        /// `duration_minutes`.
        duration_minutes -> Int4,
        /// `mode`.
        mode -> Text,
        /// `place`.
        place -> Nullable<Text>,
        /// `link`.
        link -> Nullable<Text>,
        /// `status`.
        status -> Text,
        /// `cancellation_reason`.
        cancellation_reason -> Nullable<Text>,
        /// `override_reason`.
        override_reason -> Nullable<Text>,
        /// `sequence`.
        sequence -> Int4,
        /// `organiser_id`.
        organiser_id -> Int8,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `updated_at`.
        updated_at -> Timestamptz,
        /// `voters`.
        voters -> Nullable<Int4>,
        /// `closed_at`.
        closed_at -> Nullable<Timestamptz>,
        /// `expected`.
        expected -> Nullable<Int4>,
        /// `came`.
        came -> Nullable<Int4>,
        /// `closing_reason`.
        closing_reason -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `committee_candidate`.
    committee_candidate (id) {
        /// `id`.
        id -> Int8,
        /// `structure_id`.
        structure_id -> Int8,
        /// `name`.
        name -> Text,
        /// `email`.
        email -> Text,
        /// `source`.
        source -> Text,
        /// `about`.
        about -> Nullable<Text>,
        /// `consent_wording`.
        consent_wording -> Text,
        /// `consented_at`.
        consented_at -> Timestamptz,
        /// `created_at`.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `committee_document`.
    committee_document (committee_id, audience) {
        /// `committee_id`.
        committee_id -> Int8,
        /// `audience`.
        audience -> Text,
        /// `html`.
        html -> Text,
        /// `pdf`.
        pdf -> Bytea,
        /// `drawn_at`.
        drawn_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `committee_idea`.
    committee_idea (committee_id, rank) {
        /// `committee_id`.
        committee_id -> Int8,
        /// `rank`.
        rank -> Int4,
        /// `body`.
        body -> Text,
        /// `heading`.
        heading -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `committee_link`.
    committee_link (token_hash) {
        /// `token_hash`.
        token_hash -> Bytea,
        /// `participant_id`.
        participant_id -> Int8,
        /// `answer`.
        answer -> Text,
        /// `starts_at`.
        starts_at -> Timestamptz,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `used_at`.
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    /// Table `committee_note`.
    committee_note (committee_id, section) {
        /// `committee_id`.
        committee_id -> Int8,
        /// `section`.
        section -> Text,
        /// `body`.
        body -> Text,
    }
}

diesel::table! {
    /// Table `committee_outcome`.
    committee_outcome (id) {
        /// `id`.
        id -> Int8,
        /// `committee_id`.
        committee_id -> Int8,
        /// `rank`.
        rank -> Int4,
        /// `kind`.
        kind -> Text,
        /// `body`.
        body -> Text,
        /// `choice`.
        choice -> Text,
        /// `votes`.
        votes -> Nullable<Int4>,
        /// `origin`.
        origin -> Text,
        /// `idea_rank`.
        idea_rank -> Nullable<Int4>,
        /// `testimony_id`.
        testimony_id -> Nullable<Int8>,
        /// `origin_committee_id`.
        origin_committee_id -> Nullable<Int8>,
        /// `origin_note`.
        origin_note -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `committee_participant`.
    committee_participant (id) {
        /// `id`.
        id -> Int8,
        /// `committee_id`.
        committee_id -> Int8,
        /// `role`.
        role -> Text,
        /// `name`.
        name -> Text,
        /// `email`.
        email -> Text,
        /// `official_id`.
        official_id -> Nullable<Int8>,
        /// `candidate_id`.
        candidate_id -> Nullable<Int8>,
        /// `response`.
        response -> Text,
        /// `invited_for`.
        invited_for -> Nullable<Timestamptz>,
        /// `invited_at`.
        invited_at -> Nullable<Timestamptz>,
        /// `responded_at`.
        responded_at -> Nullable<Timestamptz>,
        /// `consent_wording`.
        consent_wording -> Nullable<Text>,
        /// `consented_at`.
        consented_at -> Nullable<Timestamptz>,
        /// `attended`.
        attended -> Nullable<Bool>,
        /// `created_at`.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `committee_verbatim`.
    committee_verbatim (committee_id, rank) {
        /// `committee_id`.
        committee_id -> Int8,
        /// `rank`.
        rank -> Int4,
        /// `tone`.
        tone -> Text,
        /// `body`.
        body -> Text,
    }
}

diesel::table! {
    /// Table `elected_official`.
    elected_official (id) {
        /// `id`.
        id -> Int8,
        /// `name`.
        name -> Text,
        /// `mandate`.
        mandate -> Text,
        /// `email`.
        email -> Text,
        /// `department`.
        department -> Text,
        /// `commune`.
        commune -> Nullable<Text>,
        /// `active`.
        active -> Bool,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `updated_at`.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `email`.
    email (id) {
        /// `id`.
        id -> Int8,
        /// `kind`.
        kind -> Text,
        /// `subject`.
        subject -> Text,
        /// `stage`.
        stage -> Text,
        /// `recipient`.
        recipient -> Text,
        /// `message_id`.
        message_id -> Text,
        /// `status`.
        status -> Text,
        /// `reason`.
        reason -> Nullable<Text>,
        /// `job_id`.
        job_id -> Nullable<Int8>,
        /// `attempts`.
        attempts -> Int4,
        /// `prepared_at`.
        prepared_at -> Timestamptz,
        /// `sending_at`.
        sending_at -> Nullable<Timestamptz>,
        /// `sent_at`.
        sent_at -> Nullable<Timestamptz>,
        /// `updated_at`.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `email_mention`.
    email_mention (id) {
        /// `id`.
        id -> Int8,
        /// `email_id`.
        email_id -> Int8,
        /// `kind`.
        kind -> Text,
        /// `subject`.
        subject -> Text,
        /// `stage`.
        stage -> Text,
        /// `recipient`.
        recipient -> Text,
        /// `told`.
        told -> Bool,
    }
}

diesel::table! {
    /// Table `incident`.
    incident (id) {
        /// `id`.
        id -> Int8,
        /// `kind`.
        kind -> Text,
        /// `subject`.
        subject -> Text,
        /// `figure`.
        figure -> Int8,
        /// `opened_at`.
        opened_at -> Timestamptz,
        /// `seen_at`.
        seen_at -> Timestamptz,
        /// `closed_at`.
        closed_at -> Nullable<Timestamptz>,
        /// `told`.
        told -> Int8,
        /// `growths`.
        growths -> Int4,
    }
}

diesel::table! {
    /// Table `incident_watch`.
    incident_watch (single) {
        /// `single`.
        single -> Bool,
        /// `watched_at`.
        watched_at -> Timestamptz,
        /// `steady_since`.
        steady_since -> Timestamptz,
    }
}

diesel::table! {
    /// Table `job`.
    job (id) {
        /// `id`.
        id -> Int8,
        /// `queue`.
        queue -> Text,
        /// `kind`.
        kind -> Text,
        /// `unique_key`.
        unique_key -> Nullable<Text>,
        /// `debounce_key`.
        debounce_key -> Nullable<Text>,
        /// `payload`.
        payload -> Jsonb,
        /// `priority`.
        priority -> Int2,
        /// `state`.
        state -> Text,
        /// `run_at`.
        run_at -> Timestamptz,
        /// `attempt`.
        attempt -> Int4,
        /// `max_attempts`.
        max_attempts -> Int4,
        /// `crashes`.
        crashes -> Int4,
        /// `lease_no`.
        lease_no -> Int8,
        /// `lease_until`.
        lease_until -> Nullable<Timestamptz>,
        /// `worker`.
        worker -> Nullable<Text>,
        /// `request_id`.
        request_id -> Nullable<Text>,
        /// `error`.
        error -> Nullable<Text>,
        /// `report`.
        report -> Nullable<Jsonb>,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `started_at`.
        started_at -> Nullable<Timestamptz>,
        /// `finished_at`.
        finished_at -> Nullable<Timestamptz>,
        /// `history`.
        history -> Jsonb,
        /// `trace`.
        trace -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `job_pause`.
    job_pause (queue) {
        /// `queue`.
        queue -> Text,
        /// `paused_at`.
        paused_at -> Timestamptz,
        /// `actor`.
        actor -> Text,
        /// `reason`.
        reason -> Text,
    }
}

diesel::table! {
    /// Table `live_event`.
    live_event (number) {
        /// `number`.
        number -> Int8,
        /// `kind`.
        kind -> Text,
        /// `testimony_id`.
        testimony_id -> Int8,
        /// `at`.
        at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `login_attempt`.
    login_attempt (state_hash) {
        /// `state_hash`.
        state_hash -> Bytea,
        /// `browser_hash`.
        browser_hash -> Bytea,
        /// `nonce`.
        nonce -> Text,
        /// `verifier`.
        verifier -> Text,
        /// `return_to`.
        return_to -> Text,
        /// `created_at`.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `login_handover`.
    login_handover (code_hash) {
        /// `code_hash`.
        code_hash -> Bytea,
        /// `account_id`.
        account_id -> Int8,
        /// `logout_url`.
        logout_url -> Nullable<Text>,
        /// `created_at`.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `mail_pace`.
    mail_pace (id) {
        /// `id`.
        id -> Bool,
        /// `next_at`.
        next_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `network`.
    network (id) {
        /// `id`.
        id -> Int8,
        /// `code`.
        code -> Text,
        /// `name`.
        name -> Text,
        /// `ministry`.
        ministry -> Text,
    }
}

diesel::table! {
    /// Table `schedule`.
    schedule (name) {
        /// `name`.
        name -> Text,
        /// `last_tick`.
        last_tick -> Timestamptz,
    }
}

diesel::table! {
    /// Table `session`.
    session (id) {
        /// `id`.
        id -> Int8,
        /// `account_id`.
        account_id -> Int8,
        /// `token_hash`.
        token_hash -> Bytea,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `expires_at`.
        expires_at -> Timestamptz,
        /// `revoked_at`.
        revoked_at -> Nullable<Timestamptz>,
        /// `logout_url`.
        logout_url -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `structure`.
    structure (id) {
        /// `id`.
        id -> Int8,
        /// `code`.
        code -> Text,
        /// `name`.
        name -> Text,
        /// `kind`.
        kind -> Text,
        /// `network_id`.
        network_id -> Int8,
        /// `parent_id`.
        parent_id -> Nullable<Int8>,
        /// `path`.
        path -> Array<Int8>,
        /// `postal_code`.
        postal_code -> Text,
        /// `commune`.
        commune -> Text,
        /// `department`.
        department -> Text,
        /// `region`.
        region -> Text,
        /// `email`.
        email -> Nullable<Text>,
        /// `channels`.
        channels -> Array<Text>,
        /// `testimonies_open_on`.
        testimonies_open_on -> Nullable<Date>,
        /// `closed_on`.
        closed_on -> Nullable<Date>,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `updated_at`.
        updated_at -> Timestamptz,
        /// `siret`.
        siret -> Nullable<Text>,
    }
}

diesel::table! {
    /// Table `testimony`.
    testimony (id) {
        /// `id`.
        id -> Int8,
        /// `number`.
        number -> Int8,
        /// `structure_id`.
        structure_id -> Int8,
        /// `title`.
        title -> Text,
        /// `body`.
        body -> Text,
        /// `pseudonym`.
        pseudonym -> Text,
        /// `status`.
        status -> Text,
        /// `submitted_at`.
        submitted_at -> Timestamptz,
        /// `moderated_at`.
        moderated_at -> Nullable<Timestamptz>,
        /// `moderated_by`.
        moderated_by -> Nullable<Int8>,
        /// `rejection_reason`.
        rejection_reason -> Nullable<Text>,
        /// `published_at`.
        published_at -> Nullable<Timestamptz>,
        /// `listed_at`.
        listed_at -> Timestamptz,
        /// `updated_at`.
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `testimony_contact`.
    testimony_contact (testimony_id) {
        /// `testimony_id`.
        testimony_id -> Int8,
        /// `email`.
        email -> Text,
        /// `created_at`.
        created_at -> Timestamptz,
    }
}

diesel::table! {
    /// Table `testimony_experience`.
    testimony_experience (testimony_id, position) {
        /// `testimony_id`.
        testimony_id -> Int8,
        /// `position`.
        position -> Int2,
        /// `channel`.
        channel -> Text,
        /// `sentiment`.
        sentiment -> Nullable<Text>,
        /// `structure_id`.
        structure_id -> Int8,
        /// `published_on`.
        published_on -> Nullable<Date>,
    }
}

diesel::table! {
    /// Table `written_request`.
    written_request (id) {
        /// `id`.
        id -> Int8,
        /// `structure_id`.
        structure_id -> Int8,
        /// `reference`.
        reference -> Text,
        /// `medium`.
        medium -> Text,
        /// `subject`.
        subject -> Text,
        /// `sender_name`.
        sender_name -> Text,
        /// `sender_email`.
        sender_email -> Nullable<Text>,
        /// `sender_address`.
        sender_address -> Nullable<Text>,
        /// `sender_key`.
        sender_key -> Text,
        /// `search_key`.
        search_key -> Text,
        /// `received_on`.
        received_on -> Date,
        /// `acknowledged_on`.
        acknowledged_on -> Nullable<Date>,
        /// `answered_on`.
        answered_on -> Nullable<Date>,
        /// `answer_nature`.
        answer_nature -> Nullable<Text>,
        /// `due_on`.
        due_on -> Date,
        /// `created_at`.
        created_at -> Timestamptz,
        /// `updated_at`.
        updated_at -> Timestamptz,
    }
}

diesel::joinable!(account_identity -> account (account_id));
diesel::joinable!(account_role -> account (account_id));
diesel::joinable!(account_role -> structure (structure_id));
diesel::joinable!(api_token -> account (account_id));
diesel::joinable!(api_token -> structure (structure_id));
diesel::joinable!(audit_entry -> structure (structure_id));
diesel::joinable!(committee -> account (organiser_id));
diesel::joinable!(committee -> structure (structure_id));
diesel::joinable!(committee_candidate -> structure (structure_id));
diesel::joinable!(committee_document -> committee (committee_id));
diesel::joinable!(committee_idea -> committee (committee_id));
diesel::joinable!(committee_link -> committee_participant (participant_id));
diesel::joinable!(committee_note -> committee (committee_id));
diesel::joinable!(committee_outcome -> testimony (testimony_id));
diesel::joinable!(committee_participant -> committee (committee_id));
diesel::joinable!(committee_participant -> committee_candidate (candidate_id));
diesel::joinable!(committee_participant -> elected_official (official_id));
diesel::joinable!(committee_verbatim -> committee (committee_id));
diesel::joinable!(email -> job (job_id));
diesel::joinable!(email_mention -> email (email_id));
diesel::joinable!(live_event -> testimony (testimony_id));
diesel::joinable!(login_handover -> account (account_id));
diesel::joinable!(session -> account (account_id));
diesel::joinable!(structure -> network (network_id));
diesel::joinable!(testimony -> account (moderated_by));
diesel::joinable!(testimony -> structure (structure_id));
diesel::joinable!(testimony_contact -> testimony (testimony_id));
diesel::joinable!(testimony_experience -> structure (structure_id));
diesel::joinable!(testimony_experience -> testimony (testimony_id));
diesel::joinable!(written_request -> structure (structure_id));

diesel::allow_tables_to_appear_in_same_query!(
    account,
    account_identity,
    account_role,
    api_token,
    attempt,
    attempt_secret,
    audit_entry,
    audit_head,
    commitment,
    committee,
    committee_candidate,
    committee_document,
    committee_idea,
    committee_link,
    committee_note,
    committee_outcome,
    committee_participant,
    committee_verbatim,
    elected_official,
    email,
    email_mention,
    incident,
    incident_watch,
    job,
    job_pause,
    live_event,
    login_attempt,
    login_handover,
    mail_pace,
    network,
    schedule,
    session,
    structure,
    testimony,
    testimony_contact,
    testimony_experience,
    written_request,
);
