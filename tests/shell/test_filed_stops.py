"""What an end user repudiates or an alarm names is not drawn: the licence is closed until the office opens it."""

import pytest

from shell.filed_story import done, invited, order_fields, state
from shell.licensed import AT, EXPORTER, OFFICE, balance, codes, issue, licence, office, say
from shell.strangers import KESTREL, LUMEN
from ytterby.shell.actions.enter_order import enter_order
from ytterby.shell.actions.file_statement import end_alarm, raise_alarm, repudiate_statement
from ytterby.shell.store.case_speakers import demo_speaker
from ytterby.shell.store.filed import stored_filed

USER, SELLER = demo_speaker(LUMEN), demo_speaker(EXPORTER)


@pytest.fixture
def licensed(register):
    """A licence of Oriel's for Lumen, who states for what it uses the goods: ten kilograms, four of them reserved."""
    office(register)
    digest = state(register, invited(register, OFFICE, EXPORTER, LUMEN, at=AT), LUMEN, EXPORTER, at=AT)
    assert issue(licence()) == []
    assert codes(say(register, "reserve", "4")) == []
    return register, digest


def test_a_repudiated_statement_closes_the_licence_but_for_what_is_reserved(licensed):
    """Threat X3: what nobody stands by ships no further; goods that have left are recorded all the same."""
    register, digest = licensed
    done(repudiate_statement(register, digest, "not_made", "we did not", USER, at=AT))
    assert codes(say(register, "reserve", "1", decl="d2")) == ["licence.shipping_stopped"]
    left = say(register, "exit", "5", seq=2)
    assert (left.verdict, left.drawn, left.unlicensed) == ("drawn_in_part", "4", "1")
    assert balance() == (4, 0, 6, 1)


def test_an_alarm_closes_it_until_the_office_ends_it(licensed):
    register, digest = licensed
    alarm = done(raise_alarm(register, "use_changed", "another line", SELLER, statement=digest, at=AT)).key
    assert codes(say(register, "reserve", "1", decl="d2")) == ["licence.shipping_stopped"]
    done(end_alarm(register, alarm, "it is the same line", demo_speaker(OFFICE), at=AT))
    assert codes(say(register, "reserve", "1", decl="d3")) == []


def test_what_stops_another_exporters_goods_stops_none_of_these(licensed):
    register, _ = licensed
    other = state(register, _key_of(register), LUMEN, KESTREL, at=AT)
    done(repudiate_statement(register, other, "not_made", "x", USER, at=AT))
    done(enter_order(register, order_fields(KESTREL, LUMEN), demo_speaker(KESTREL), at=AT))
    key = f"{KESTREL} PO-7"
    done(raise_alarm(register, "forged", "x", demo_speaker(KESTREL), order=key, at=AT))
    assert len(stored_filed(register).stops()) == 2
    assert codes(say(register, "reserve", "1", decl="d2")) == []


def _key_of(register):
    """Bind Lumen another key, as the office may."""
    return invited(register, OFFICE, EXPORTER, LUMEN, at=AT, rebinds=True)
