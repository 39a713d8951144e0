"""Every page: who sees it, what it keeps, what it never lets through."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from shell.portal.reader import Page

LOT = "OM-N42SH-0623"
PLANT = "9520000010027"
PAGES = [
    "lots/",
    "lots/?form=magnet&q=oriel",
    f"lots/{LOT}/",
    f"lots/{LOT}/?element=Dy&direction=back",
    f"lots/{LOT}/?direction=forward",
    "lots/FE-2025-09/",
    "lots/3/",
    "deliveries/",
    "deliveries/?known_on=2025-08-31&transit_days=14",
    "balance/",
    "months/",
    "months/?element=Nd&standing=not_testable",
    f"months/{PLANT}/Nd/",
    f"months/{PLANT}/Dy/?month=2024-03",
    f"months/{PLANT}/Nd/?month=2024-07",
    f"months/~/Nd/?site=https://id.gs1.org/414/{PLANT}",
    "months/9520000010010/Nd/",
    "returns/",
    "returns/?state=not_entered&known_on=2026-04-20",
    "returns/9520000010010/2026-03/",
    f"returns/~/2026-03/?party=https://id.gs1.org/417/{PLANT}",
    "returns/9520000010034/2026-03/",
    "returns/9520000010065/2026-03/",
    "quotas/",
    "quotas/?standing=exceeded&known_on=2026-04-20",
    f"quotas/{PLANT}/2026/separation/",
    "quotas/9520000010010/2026/mining/",
    "quotas/9520000010065/2026/separation/",
    "findings/",
    "findings/?kind=receipt.implied",
    "findings/?finding=F-00000014",
    "inquiries/",
    "inquiries/?state=asked&kind=mirror.differs",
    "inquiries/Q-00000001/",
    "inquiries/Q-00000002/",
    "closes/",
    "closes/?state=changed&year=2024",
    "closes/2024-02/",
    "closes/2024-02/?state=changed",
    "law/",
    "law/?on=2026-11-20&known_on=2026-02-01&state=suspended&pack=cn-57-61-62",
    "law/classify/",
    "law/classify/?form=magnet&magnet_type=NdFeB&element=Dy&wt=2.1&u=0.05&on=2026-11-20",
    "law/classify/?form=oxide&formula=Ho2O3&on=2026-11-20&known_on=2026-11-20",
    "law/classify/?form=&element=Xx&wt=x",
    "law/impact/",
    "law/due/",
    "law/end-use/",
    "law/end-use/?product=motors&maker=Example+GmbH&model=various",
    "law/end-use/?text=used+as+rotor+magnet%2C+model+EM-57%2C+etc.",
    "law/fields/",
    "law/fields/?form=return-sheet&basis=law",
    "law/fields/?form=none",
    "law/due/?calendar=CN&from=2026-11-24&days=45&first=1",
    "law/due/?calendar=x&from=x&days=x",
    "law/packs/",
    "law/rules/CN-57/?on=2026-11-20",
    "law/rules/1C905.a/",
    "screening/flags/",
    "log/",
    "help/",
]
FILES = [
    "lots.csv",
    "lots.json",
    f"lots/{LOT}/trace.csv",
    f"lots/{LOT}/trace.json",
    f"lots/{LOT}/trace.svg",
    "deliveries.csv",
    "deliveries.json",
    "balance.csv",
    "balance.json",
    "months.csv",
    "months.json",
    f"months/{PLANT}/Nd/months.csv",
    f"months/{PLANT}/Nd/months.json",
    f"months/{PLANT}/Nd/months.svg",
    "returns.csv",
    "returns.json",
    "returns/9520000010010/2026-03/return.csv",
    "returns/9520000010010/2026-03/return.json",
    "quotas.csv",
    "quotas.json",
    f"quotas/{PLANT}/2026/separation/quota.csv",
    f"quotas/{PLANT}/2026/separation/quota.json",
    f"quotas/{PLANT}/2026/separation/quota.svg",
    "findings.csv",
    "findings.json",
    "inquiries.csv",
    "inquiries.json",
    "inquiries/Q-00000001/case.json",
    "closes.csv",
    "closes.json",
    "closes/2024-02/accounts.csv",
    "closes/2024-02/accounts.json",
    "screening/flags.csv",
    "screening/flags.json",
    "law.csv",
    "law.json",
    "law/classify.json?form=oxide&formula=Ho2O3&on=2026-11-20",
    "law/due.json?calendar=CN&from=2026-11-24&days=45",
    "law/packs.csv",
    "law/packs.json",
    "law/rules/CN-57/rule.json",
    "log.csv",
    "log.json",
    "log/checkpoint",
]
LANGUAGES = ["en", "zh-hans"]


def views():
    """Return every address pattern with its view; routes of the interface say who they are for (`api/test_openapi`)."""
    from django.urls import get_resolver

    from ytterby.shell.api import urls as interface

    def walk(resolver):
        for pattern in resolver.url_patterns:
            if getattr(pattern, "urlconf_name", None) is interface:
                continue
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern)
            else:
                yield str(pattern.pattern), pattern.callback

    return list(walk(get_resolver("ytterby.shell.site.urls")))


def test_every_view_names_its_audience(register):
    from ytterby.shell.portal.audience import Audience

    found = views()
    assert len(found) >= 20
    silent = [pattern for pattern, view in found if not getattr(view, "audience", None)]
    assert silent == []
    public = {pattern for pattern, view in found if Audience.EVERYBODY in view.audience}
    codes = {"sign-in/code/", "sign-in/new-code/"}
    assert public == {"", "sign-in/", "sign-out/", "invited/<str:token>/", *codes}


@pytest.mark.parametrize("language", LANGUAGES)
def test_to_a_stranger_every_page_is_the_same_404_as_no_page(stranger, language):
    """threats.md section 4: not there and not yours are one answer."""
    nothing = stranger.get(f"/{language}/no/such/page/")
    assert nothing.status_code == 404
    for path in [*PAGES, *FILES, "events/x/", "events/x/proof.json"]:
        for method in (stranger.get, stranger.head, stranger.post):
            response = method(f"/{language}/{path}")
            assert response.status_code == 404, path
            assert response.content == (b"" if method == stranger.head else nothing.content), path
            assert dict(response.headers) == dict(nothing.headers), path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_in_both_languages(browser, language, path):
    response = browser.get(f"/{language}/{path}")
    assert response.status_code == 200
    page = Page(response)
    assert page.all("html")[0]["lang"] == {"en": "en", "zh-hans": "zh-Hans"}[language]
    assert len(page.all("h1")) == 1
    assert len(page.all("main")) == 1
    assert page.hrefs[0] == "#main"
    assert not [a for _, a in page.tags if "style" in a or any(key.startswith("on") for key in a)]


@pytest.mark.parametrize("path", FILES)
def test_every_twin_opens(browser, path):
    response = browser.get(f"/en/{path}")
    assert response.status_code == 200
    assert response.content


@pytest.mark.parametrize("path", ["/en/lots/", "/en/no/", "/en/sign-in/", "/en/lots.csv", "/en/lots/x/trace.svg"])
def test_every_answer_forbids_what_is_not_ours(browser, path):
    """Threat X1."""
    headers = browser.get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]


HOSTILE = '<script>alert("1")</script>\'"><img src=x onerror=alert(2)>'


# What people wrote in a step, and names in it; days and verbs are the store's.
SAID_IN_STEPS = ("party", "to", "text", "events", "documents", "reason", "outcome", "told", "fields", "site")
SAID_IN_STEPS += ("order_number", "inspectors", "samples")


def poison(value):
    """Return an answer in which every name is full of markup; keys, codes, figures and instants stay."""
    kept = {"at", "sent_at", "received_at", "quantity", "held", "shipped", "received", "unit", "state", "verdict"}
    kept |= {"status", "kind", "element", "direction", "compared", "country"}
    if isinstance(value, dict):
        return {key: item if key in kept or key == "lot" else poison(item) for key, item in value.items()}
    if isinstance(value, list):
        return [poison(item) for item in value]
    return value + HOSTILE if isinstance(value, str) else value


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_full_of_markup_stay_text_on_every_page(browser, answers, language):
    """Threat X1."""
    for name in ("lots", "findings", "steps", "pairs", "origin", "destination"):
        setattr(answers, name, poison(getattr(answers, name)))
    for trace in answers.traces.values():
        trace["nodes"] = poison(trace["nodes"])
    for rows in answers.months.values():
        for row in rows:
            row |= {"contributors": poison(row["contributors"])}
            row |= {"reason": row["reason"] and row["reason"] + HOSTILE, "reason_lot": "L" + HOSTILE}
    for case in answers.cases:
        case |= {name: poison(case[name]) for name in ("tail", "parties", "site", "finding_then", "disclosed")}
        for step in case["steps"]:
            step |= {name: poison(step[name]) for name in SAID_IN_STEPS}
    answers.closes = [one | poison({"by": "A-1", "digest": "ab"}) for one in answers.closes]
    answers.closed |= poison({name: answers.closed[name] for name in ("accounts", "findings", "registrations")})
    answers.closed["closes"][0] |= poison({"by": "A-1"})
    cased = ["inquiries/", "inquiries/Q-00000001/", "inquiries/Q-00000002/", "closes/2024-02/"]
    paths = [*cased, "lots/", f"lots/~/?lot={answers.lots[5]['lot']}", "deliveries/", "balance/", "findings/"]
    paths += [f"months/{PLANT}/Nd/", f"months/{PLANT}/Nd/?month={HOSTILE}", "months/9520000010010/Nd/"]
    for path in [*paths, f"lots/?q={HOSTILE}", f"lots/?form={HOSTILE}", f"lots/?known_at={HOSTILE}"]:
        response = browser.get(f"/{language}/{path}")
        assert response.status_code == 200, path
        page = Page(response)
        assert [a.get("src") for a in page.all("script")] == ["/static/portal/keys.js"], path
        assert page.all("img") == [], path
        assert not [a for _, a in page.tags if any(key.startswith("on") for key in a)], path
        assert "alert(" in page.text, path
        assert all(href.startswith(("/", "#")) and not href.startswith("//") for href in page.hrefs), path


@pytest.mark.parametrize("path", [path for path in PAGES if path != "lots/3/"])
def test_every_link_keeps_the_log_size_that_was_asked_for(browser, path):
    joint = "&" if "?" in path else "?"
    page = Page(browser.get(f"/en/{path}{joint}known_at=13"))
    assert "As known at log size 8." in page.text
    assert "Asked for 13" in page.text
    lost = [href for href in page.hrefs if href.startswith("/") and "known_at" not in parse_qs(urlsplit(href).query)]
    # The one way back to what is known now.
    assert [urlsplit(href).path for href in lost] == [urlsplit("/en/" + path).path]


def test_a_page_at_the_head_has_no_banner(browser):
    assert "As known at" not in Page(browser.get("/en/lots/")).text.replace("as known at", "")


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "٣", "1" * 16, "0x10"])
def test_a_log_size_that_cannot_be_read_is_said(browser, answers, text):
    page = Page(browser.get("/en/lots/", {"known_at": text}))
    assert "is no log size" in page.text
    assert set(answers.asked) == {None}


def test_the_other_language_shows_the_same_page(browser):
    page = Page(browser.get("/en/lots/?form=magnet&known_at=13"))
    chinese = next(a["href"] for a in page.all("a") if a.get("hreflang") == "zh-Hans")
    assert chinese == "/zh-hans/lots/?form=magnet&known_at=13"


def test_a_page_that_is_not_there_says_what_may_be_the_matter(browser):
    page = Page(browser.get("/zh-hans/lots/NOT-A-LOT/"))
    assert "没有该网址的页面，或您无权阅读。" in page.text
    assert "全部批次" in page.text


@pytest.mark.parametrize(
    "path",
    [
        "lots/",
        "deliveries/",
        "balance/",
        "months/",
        "returns/",
        "quotas/",
        "findings/",
        "inquiries/",
        "closes/",
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_list_says_how_it_fills(browser, answers, path, language):
    answers.empty()
    page = Page(browser.get(f"/{language}/{path}"))
    assert "empty" in " ".join(a.get("class") or "" for a in page.all("section"))
    assert page.all("table") == []


def test_a_page_is_read_and_never_written(browser):
    from django.test import Client

    assert browser.post("/en/lots/").status_code == 405
    assert Client(enforce_csrf_checks=True, headers={"host": "localhost"}).post("/en/sign-out/").status_code == 403


def test_signing_out_ends_the_session(browser):
    assert browser.get("/en/lots/").status_code == 200
    assert browser.get("/en/sign-out/").status_code == 405
    assert browser.post("/en/sign-out/").status_code == 302
    assert browser.get("/en/lots/").status_code == 404


def test_the_frame_names_who_is_signed_in_and_where_the_log_stands(browser):
    text = Page(browser.get("/en/help/")).text
    assert "demo Auditor of a demo register Log at 24" in text
    assert re.search(r"Findings 6\b", text)
