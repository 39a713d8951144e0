"""Where the person of an account is told by mail that there is something new. Who may: whoever holds the register."""

from ytterby.shell.site.register import Register
from ytterby.shell.store.case_notices import forget_addresses
from ytterby.shell.store.models import AccountMail, LogHead
from ytterby.shell.store.outbox import is_address
from ytterby.shell.store.rights import stored_rights
from ytterby.shell.store.writing import write
from ytterby.terms.problem import Problem, refuse


def set_mail(register: Register, account: str, address: str, language: str = "en") -> list[Problem]:
    """Keep the address of an account in force, in place of another; an empty one takes it away."""
    if account not in stored_rights(register).accounts():
        return [refuse("people.no_account", "/account", account)]
    if address and not is_address(address):
        return [refuse("people.mail", "/mail", address)]

    def enter(head: LogHead) -> None:
        del head
        AccountMail.objects.filter(account=account).delete()
        if address:
            AccountMail.objects.create(account=account, address=address, language=language)

    write(enter)
    forget_addresses()
    return []
