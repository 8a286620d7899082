//! How a use case says no.
//!
//! A refusal is something the caller can mend: it is data (`userErrors`), with a stable code, a French
//! sentence that says what to do, and the path of the input concerned. Everything else is a top-level
//! error. Internal causes go to the log with the request id; the client reads one fixed sentence.
//! Each area has its own small enum of refusals, converted here by [`Refuse`].

use async_graphql::ErrorExtensions;
use diesel::result::{DatabaseErrorKind, Error as Refused};

/// One thing the caller can mend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Stable English code.
    pub code: Code,
    /// What is wrong and what to do, in French.
    pub message: String,
    /// Where in the input: field names and list positions.
    pub path: Vec<String>,
}

crate::text_enum! {
    /// Stable code of a refusal. Clients may branch on it; the message is for people.
    #[graphql(name = "UserErrorCode")]
    Code {
        /// A text that must be filled is empty.
        EmptyText = "EMPTY_TEXT",
        /// A text is longer than allowed.
        TextTooLong = "TEXT_TOO_LONG",
        /// A text contains control characters.
        ControlCharacters = "CONTROL_CHARACTERS",
        /// An e-mail address is not one.
        InvalidEmail = "INVALID_EMAIL",
        /// No structure has this code or id.
        UnknownStructure = "UNKNOWN_STRUCTURE",
        /// The structure does not collect testimonies yet, or any more.
        StructureNotOpen = "STRUCTURE_NOT_OPEN",
        /// At least one experience of a channel is needed.
        NoExperience = "NO_EXPERIENCE",
        /// The same channel is named twice.
        DuplicateChannel = "DUPLICATE_CHANNEL",
        /// The step asked for is not possible in the present state.
        WrongState = "WRONG_STATE",
        /// A date lies in the future.
        DateInFuture = "DATE_IN_FUTURE",
        /// A date lies before the date it must follow.
        DateBeforeReception = "DATE_BEFORE_RECEPTION",
        /// The request has its answer already.
        AlreadyAnswered = "ALREADY_ANSWERED",
        /// The request was acknowledged already.
        AlreadyAcknowledged = "ALREADY_ACKNOWLEDGED",
        /// The reference is taken in this structure.
        DuplicateReference = "DUPLICATE_REFERENCE",
        /// An e-mail was asked for but the sender's address is not known.
        SenderAddressMissing = "SENDER_ADDRESS_MISSING",
        /// Wrong address or password.
        WrongCredentials = "WRONG_CREDENTIALS",
        /// The code of a log-in through the provider is unknown, was used or has expired.
        LoginCodeInvalid = "LOGIN_CODE_INVALID",
        /// Too many attempts; wait a moment.
        TooManyAttempts = "TOO_MANY_ATTEMPTS",
        /// The file is not UTF-8.
        FileEncoding = "FILE_ENCODING",
        /// The file lacks a column, or its separator is not recognised.
        FileHeader = "FILE_HEADER",
        /// A line of the file is wrong.
        FileLine = "FILE_LINE",
        /// The file is larger than allowed.
        FileTooLarge = "FILE_TOO_LARGE",
        /// The job is in a state that does not allow this.
        JobState = "JOB_STATE",
        /// The message is in a state that does not allow this.
        MailState = "MAIL_STATE",
        /// A period ends before it starts or is longer than allowed.
        InvalidPeriod = "INVALID_PERIOD",
        /// The role does not exist for this account and structure.
        UnknownRole = "UNKNOWN_ROLE",
        /// A date lies before anything the register may hold, as a year written with two digits does.
        DateTooOld = "DATE_TOO_OLD",
        /// A date that must lie ahead is past.
        DateInPast = "DATE_IN_PAST",
        /// An address on line is not a secure one.
        InvalidLink = "INVALID_LINK",
        /// What must come first has not been done.
        Prerequisites = "PREREQUISITES",
        /// The people invited are too few or too many for the rule.
        Composition = "COMPOSITION",
        /// The same thing is there already.
        Duplicate = "DUPLICATE",
        /// No person has this id, or the person is not described.
        UnknownPerson = "UNKNOWN_PERSON",
        /// The person was solicited for something else in the period.
        AlreadySolicited = "ALREADY_SOLICITED",
        /// The person's consent is needed.
        ConsentMissing = "CONSENT_MISSING",
        /// The département is none of the caller's structures'.
        ForeignDepartment = "FOREIGN_DEPARTMENT",
        /// A text that must name nobody does.
        NotAnonymous = "NOT_ANONYMOUS",
        /// The chapter is none of this kind of committee.
        UnknownSection = "UNKNOWN_SECTION",
        /// Votes do not go with the way of choosing, or with the number of voters.
        VotesInvalid = "VOTES_INVALID",
        /// What a priority or decision came from is unclear or unknown.
        OriginInvalid = "ORIGIN_INVALID",
        /// The minutes lack something that a synthesis needs.
        MinutesIncomplete = "MINUTES_INCOMPLETE",
        /// An API token cannot last until this day.
        TokenExpiry = "TOKEN_EXPIRY",
        /// The API token is in a state that does not allow this.
        TokenState = "TOKEN_STATE",
    }
}

/// A refusal of one area: its enum tells the code, the sentence and the path.
pub trait Refuse {
    /// The stable code, the French sentence and the input path.
    fn refusal(&self) -> Refusal;
}

impl Refusal {
    /// A refusal about one input field.
    pub fn at(code: Code, message: impl Into<String>, path: &[&str]) -> Self {
        Self { code, message: message.into(), path: path.iter().map(|p| (*p).to_owned()).collect() }
    }
}

/// The outcome of a use case that did not succeed.
#[derive(Debug)]
pub enum Error {
    /// The caller can mend it: answered as `userErrors`.
    Refused(Vec<Refusal>),
    /// An argument of a query cannot be used: answered as a top-level `BAD_USER_INPUT`.
    BadInput(String),
    /// Nobody is logged in, or the token is no longer valid.
    Unauthenticated,
    /// Logged in, but no role allows it.
    Forbidden,
    /// An API token, which may not; with why, in French.
    ForbiddenToToken(&'static str),
    /// Not there, or not the caller's to see: the two answer alike.
    NotFound,
    /// A bug or an outage: logged with its chain, never shown.
    Internal(anyhow::Error),
}

/// The result of a use case.
pub type Result<T> = std::result::Result<T, Error>;

impl<R: Refuse> From<R> for Error {
    fn from(refusal: R) -> Self {
        Self::Refused(vec![refusal.refusal()])
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(vec![refusal])
    }
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl Error {
    /// The top-level code clients branch on (`extensions.code`).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(_) | Self::BadInput(_) => "BAD_USER_INPUT",
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::Forbidden | Self::ForbiddenToToken(_) => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::Internal(_) => "INTERNAL",
        }
    }

    /// Whether PostgreSQL refused a row because the same is there already.
    pub fn is_duplicate(&self) -> bool {
        let Self::Internal(cause) = self else { return false };
        matches!(
            cause.downcast_ref::<Refused>(),
            Some(Refused::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// As a top-level GraphQL error. The cause of an internal one goes to the log only.
    pub fn into_graphql(self, request_id: &str) -> async_graphql::Error {
        let code = self.code();
        let message = match self {
            Self::Refused(refusals) => {
                refusals.into_iter().map(|r| r.message).collect::<Vec<_>>().join(" ")
            }
            Self::BadInput(message) => message,
            Self::Unauthenticated => {
                "Connectez-vous, ou changez de jeton : celui de cette requête est absent, erroné, expiré ou révoqué."
                    .into()
            }
            Self::Forbidden => "Votre profil ne permet pas cette opération.".into(),
            Self::ForbiddenToToken(why) => why.into(),
            Self::NotFound => "Introuvable, ou hors de votre périmètre.".into(),
            Self::Internal(cause) => {
                tracing::error!(request_id, cause = format!("{cause:#}"), "internal error");
                format!("Une erreur interne est survenue. Référence à communiquer : {request_id}.")
            }
        };
        async_graphql::Error::new(message).extend_with(|_, e| {
            e.set("code", code);
            e.set("requestId", request_id);
        })
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refusals) => {
                let sentences: Vec<_> = refusals
                    .iter()
                    .map(|r| format!("{} [{}] {}", r.path.join("."), r.code, r.message))
                    .collect();
                f.write_str(&sentences.join("\n"))
            }
            Self::BadInput(message) => f.write_str(message),
            Self::Internal(cause) => write!(f, "{cause:#}"),
            other => f.write_str(other.code()),
        }
    }
}

impl std::error::Error for Error {}
