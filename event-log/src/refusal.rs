//! The `code` of a reply with `success: false`: a closed set, for programs. The text in `error` is for people.

/// Why a request was refused, or not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RefusalCode {
    /// The frame, or a parameter, is not what the operation takes.
    InvalidRequest,
    /// The query cannot be understood.
    InvalidQuery,
    /// The host does not have messages of this type.
    NotSupported,
    /// The name is taken.
    AlreadyExists,
    /// The instance does not exist.
    NotFound,
    /// The reference means two instances.
    Ambiguous,
    /// The stream is not at the version that the append expects.
    VersionConflict,
    /// More than a bound allows: entries, bytes, values of an aggregation.
    LimitExceeded,
    /// A read ran when its time limit was over.
    Timeout,
    /// The host or its database has too much to do, or somebody cancelled it there. The request was not done; it may be made again.
    Busy,
    /// The host is going down. The request was not done.
    ShuttingDown,
    /// A disk that the database uses is full. The request was not done.
    StorageFull,
    /// The database failed. The request was not done.
    StorageFailed,
    /// It is unknown whether the write was done.
    UnknownOutcome,
    /// A fault of the host.
    Internal,
}

impl RefusalCode {
    /// All of them.
    pub const ALL: [Self; 15] = [
        Self::InvalidRequest,
        Self::InvalidQuery,
        Self::NotSupported,
        Self::AlreadyExists,
        Self::NotFound,
        Self::Ambiguous,
        Self::VersionConflict,
        Self::LimitExceeded,
        Self::Timeout,
        Self::Busy,
        Self::ShuttingDown,
        Self::StorageFull,
        Self::StorageFailed,
        Self::UnknownOutcome,
        Self::Internal,
    ];

    /// As it stands in the reply.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "INVALID_REQUEST",
            Self::InvalidQuery => "INVALID_QUERY",
            Self::NotSupported => "NOT_SUPPORTED",
            Self::AlreadyExists => "ALREADY_EXISTS",
            Self::NotFound => "NOT_FOUND",
            Self::Ambiguous => "AMBIGUOUS",
            Self::VersionConflict => "VERSION_CONFLICT",
            Self::LimitExceeded => "LIMIT_EXCEEDED",
            Self::Timeout => "TIMEOUT",
            Self::Busy => "BUSY",
            Self::ShuttingDown => "SHUTTING_DOWN",
            Self::StorageFull => "STORAGE_FULL",
            Self::StorageFailed => "STORAGE_FAILED",
            Self::UnknownOutcome => "UNKNOWN_OUTCOME",
            Self::Internal => "INTERNAL",
        }
    }

    /// Whether the host, not the caller, is at fault.
    #[must_use]
    pub const fn is_of_host(self) -> bool {
        matches!(
            self,
            Self::Busy
                | Self::ShuttingDown
                | Self::StorageFull
                | Self::StorageFailed
                | Self::UnknownOutcome
                | Self::Internal
        )
    }
}
