"""The doors of the licence office: commands and pages, with what a party tries on those that answer it."""

OUT = "a file to write, whose bytes are part of the answer"
APPLICATION = "an application of the party for a lot of its own"
NUMBER = "C-2025-0001"


def verbs(noun: str, words: str) -> set[str]:
    return {f"{noun} {word}" for word in words.split()}


# What a party is answered: command -> the arguments that are tried.
ANSWERS: dict[str, list[list[str]]] = {
    "case list": [[], ["--all"]],
    "case show": [[NUMBER], [NUMBER, "--known-at", "31"]],
    "case check": [[NUMBER], [APPLICATION, "--as", "Norrvik"], [APPLICATION, "--as", "Oriel"]],
    "case replay": [[NUMBER]],
    "case audit list": [[]],
    "licence list": [[], ["--known-at", "31"]],
    "licence alarms": [[], ["--known-at", "31"]],
    "licence show": [["L-1"]],
    "licence free show": [["N-1"]],
    "customs alarms": [[]],
    "customs fetch": [[]],
    "customs outbox": [[]],
    "customs export": [[OUT]],
    "order show": [["PO-1", "--seller", who] for who in ("Norrvik", "Oriel")],
    "delivery list": [[], ["--known-at", "31"]],
    "statement list": [[], ["--known-at", "31"]],
    "statement show": [["0" * 64]],
    "use list": [[], ["--known-at", "31"]],
    "party invitations": [[]],
    "party validations": [[]],
}
# What acts, needs no register, or is the operator's own.
ACTS: set[str] = {
    *verbs("case", "accept adjudicate advise agree answer appeal approve ask-body assign begin close conflict decide"),
    *verbs("case", "edit gather issue lift-limit not-accept notify pass-on query record reject reopen report resume"),
    *verbs("case", "retract send-back statistics stop submit supply take-over transitions withdraw work-done"),
    *verbs("case audit", "draw result"),
    *verbs("customs", "acknowledge import reject resend"),
    *verbs("delivery", "alarm decide report resume retransfer visit"),
    *verbs("licence", "cancel confirm correct draw exit link reimported reinstate release reserve returned revoke"),
    *verbs("licence", "short-shipped surrender suspend"),
    *verbs("licence free", "challenge count issue verify"),
    *verbs("office", "conflict list post presence"),
    *verbs("party", "accept invite passkeys request token uninvite user validate"),
    *("order enter", "register deliver", "statement file", "statement repudiate", "use profile", "use release"),
}

# Pages: the queries that are tried.
QUERIES: dict[str, list[str]] = {
    "cases": ["", "queue=all"],
    **{
        name: [""]
        for name in (
            *("cases_file", "case_new", "case", "case_file", "case_status", "case_status_file", "case_application"),
            *("case_approve", "case_step", "licences", "licences_file", "licence", "licence_file", "licence_reserve"),
            *("licence_confirm", "customs_messages", "customs_messages_file", "customs_answer"),
            *("licence_change", "licence_change_confirm", "licence_amend"),
        )
    },
}
# About who is signed in and nothing else: an account, its codes and keys, an invitation.
OF_ACCOUNTS = {
    *("account", "add_passkey", "approval_challenge", "invited", "new_code", "passkey_challenge", "prove_again"),
    *("sign_in_code", "sign_in_new_code", "withdraw_passkey"),
}
# The arguments of their addresses, where they have any.
ARGUMENTS: dict[str, list[list[str]]] = {
    **{
        name: [[NUMBER]]
        for name in ("case", "case_file", "case_status", "case_status_file", "case_application", "case_approve")
    },
    "case_step": [[NUMBER, "close"]],
    **{
        name: [["L-1"]]
        for name in (
            *("licence", "licence_file", "licence_reserve", "licence_confirm"),
            *("licence_change", "licence_change_confirm", "licence_amend"),
        )
    },
    "customs_answer": [["M-1"]],
}
