"""Names and short codes of messages: the Events API's words and what the native SDKs write for them.

Sources: mparticle-android-sdk Constants.kt (MessageType, MessageKey, StateTransitionType) and
mparticle-apple-sdk MPIConstants.m; the Events API's JSON schema for the long names.
"""

from typing import Final

KIND_OF_CODE: Final[dict[str, str]] = {
    "ss": "session_start",
    "se": "session_end",
    "e": "custom_event",
    "v": "screen_view",
    "cm": "commerce_event",
    "o": "opt_out",
    "x": "crash_report",
    "pr": "push_registration",
    "fr": "first_run",
    "ast": "application_state_transition",
    "pm": "push_message",
    "bc": "breadcrumb",
    "npe": "network_performance",
    "pro": "profile",
    "uac": "user_attribute_change",
    "uic": "user_identity_change",
}
EVENT_TYPES: Final = (
    "other",
    "navigation",
    "location",
    "search",
    "transaction",
    "user_content",
    "user_preference",
    "social",
    "media",
)
"""What a custom event may be of."""

CODE_OF_KIND: Final[dict[str, str]] = {kind: code for code, kind in KIND_OF_CODE.items()}

TRANSITION_OF_CODE: Final[dict[str, str]] = {
    "app_init": "application_initialized",
    "app_exit": "application_exit",
    "app_back": "application_background",
    "app_fore": "application_foreground",
}
CODE_OF_TRANSITION: Final[dict[str, str]] = {name: code for code, name in TRANSITION_OF_CODE.items()}

# Keys of ``Message.data`` that only the native SDKs write, under these codes; the Events API names none.
NATIVE_ONLY: Final = frozenset(
    ("psl", "pid", "pss", "sl", "slx", "en", "smpids", "nsi", "sf", "sc", "pft", "tls"),
)
