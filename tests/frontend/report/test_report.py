"""The report in both forms: its figures are the database's, it holds nothing its reader may not see, and no markup."""

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import urlsplit

import folium
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role
from alerts.models import Alert
from common.dates import long_date
from frontend.report import content, file, paper, tables, webmap
from tests.conftest import forget
from tests.frontend.report.helpers import WEST, in_last_month, last_month, report_of, reported
from tests.frontend.report.pdf import Pdf

pytestmark = pytest.mark.django_db
HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7 }}#panic()"


class Reader(HTMLParser):
    """Text and links of a page, as a browser's parser finds them."""

    def __init__(self, html: str):
        super().__init__()
        self.words, self.tags, self.links, self.loads, self.raw = [], [], [], [], 0
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.raw += tag in ("script", "style")
        for name, value in attrs:
            if name == "href":
                self.links.append(value)
            if name in ("src", "srcset", "data", "poster", "action") or name.startswith("on"):
                self.loads.append((tag, name, value))

    def handle_endtag(self, tag):
        self.raw -= tag in ("script", "style")

    def handle_data(self, data):
        if not self.raw:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def official(town):
    return town.official()


@pytest.fixture
def month_of_west(town):
    """Seven reported, of which two were resolved in the month; one more is private; one is of the month before."""
    done = {"status": "resolved", "closed_at": in_last_month(12), "answered_at": in_last_month(11)}
    reported(town, 4, category=town.street_light, address="4 rue du Lampadaire", public_address="4 rue du Lampadaire")
    reported(town, 2, category=town.pothole, **done)
    reported(town, 1, category=town.pothole, is_public=False, public_address="1 impasse Secrète")
    reported(town, 1, created_at=in_last_month(-20))


def test_figures_are_the_database_s_in_both_forms(town, official, month_of_west):
    report = report_of(town, official)
    section = report.sections[0]
    here, span = Alert.objects.in_territory(town.west).filter(is_public=True), last_month().span
    counted = {
        "reported": here.filter(created_at__date__gte=span.since, created_at__date__lt=span.until).count(),
        "resolved": here.filter(closed_at__date__gte=span.since, closed_at__date__lt=span.until).count(),
        "open": here.filter(closed_at=None).count(),
        "late": here.filter(closed_at=None, due_on__lt=span.last).count(),
    }
    assert counted == {"reported": 6, "resolved": 2, "open": 5, "late": 5}
    assert {name: section.sheet.by_name[name].value for name in counted} == counted
    page, pdf = Reader(file.html(report)).text, Pdf(paper.pdf(report)).text
    for figure in section.sheet.figures:
        said = " ".join(f"{figure.indicator.title} {figure.text}".split())
        assert said in page
        assert said.replace(" ", "") in re.sub(r"\s", "", pdf)
        if figure.before_text:
            assert " ".join(tables.change(figure).split()) in page
    assert "Lampadaire en panne 4" in re.sub(r"\s+", " ", pdf)
    assert report.choice.title().capitalize() in re.sub(r"\s+", " ", pdf)


def test_what_is_not_public_is_never_named_whoever_takes_it_away(town, official, month_of_west):
    for reader in (official, town.person("mairie@ville.example", Role.ADMINISTRATOR)):
        report = report_of(town, reader)
        stock = report.sections[0].stocks[0]
        assert (stock.figure.value, stock.total, len(stock.points)) == (5, 5, 5)
        for said in (file.html(report), Pdf(paper.pdf(report)).text):
            assert "4 rue du Lampadaire" in said
            assert "Secrète" not in said


def test_one_category_is_carried_and_named(town, client, official):
    reported(town, 4, category=town.street_light)
    reported(town, 6, category=town.pothole)
    client.force_login(official)
    code = town.street_light.code
    given = {"categorie": code}
    assert f'value="{code}" selected' in client.get(f"{WEST}/", given).content.decode()
    answer = client.get(f"{WEST}.html", given)
    assert f"rapport-ouest-{code}-{last_month().span.since:%Y-%m}.html" in answer["Content-Disposition"]
    page = Reader(answer.content.decode()).text
    on_paper = re.sub(r"\s", "", Pdf(client.get(f"{WEST}.pdf", given).content).text)
    assert f"{town.street_light.name}, {last_month().title()}" in page
    assert re.sub(r"\s", "", f"{town.street_light.name}, {last_month().title()}") in on_paper
    assert "Toutescatégoriesconfondues" in on_paper, "what waits"
    section = report_of(town, official, choice=replace(last_month(), kind=code)).sections[0]
    assert section.sheet.by_name["reported"].value == 4
    assert {one.title for stock in section.stocks for one in stock.points} == {town.street_light.name}
    assert client.get(f"{WEST}.pdf", {"categorie": "x"}).status_code == 400


def test_each_figure_and_list_says_of_which_day_it_is(town, official, month_of_west):
    report = report_of(town, official)
    last, today = long_date(last_month().span.last), long_date(timezone.localdate())
    page, said = Reader(file.html(report)).text, Pdf(paper.pdf(report)).text
    late = next(one for one in report.sections[0].stocks if one.is_due)
    point = late.points[0]
    days = (last_month().span.last - point.due).days
    assert f"En retard au {last} {late.figure.text}" in page
    assert re.sub(r"\s", "", f"En retard au {last} ({late.figure.text})") in re.sub(r"\s", "", said)
    for one in (page, re.sub(r"\s+", " ", said)):
        assert today in one
        assert point.due_text in one
    assert late.lateness(point) == f"Échéance le {long_date(point.due)}\u00a0: {days} jours de retard au {last}"


def test_the_paper_lists_what_cannot_be_pressed_and_ends_on_no_line_alone(town, official):
    reported(town, 61, category=town.pothole)
    pdf = Pdf(paper.pdf(report_of(town, official)))
    assert sum(page.count(f"{in_last_month():%d/%m/%Y}") for page in pdf.pages) == 2 * content.ON_PAPER
    assert min(len(page.splitlines()) for page in pdf.pages[1:]) > 12
    assert "ou-\nverts" not in pdf.text


def test_the_map_has_a_legend_and_two_hues(town, official, month_of_west):
    report = report_of(town, official)
    legends = webmap.parts(report).legends
    points, squares, territories = ({fill for fill, _round, _text in one.signs} for one in legends)
    assert not squares & territories
    assert len(points) == 2
    page = Reader(file.html(report)).text
    for one in legends:
        for _fill, _round, text in one.signs:
            assert " ".join(f"{text}".split()) in page


def test_few_private_ones_are_not_said(town, official):
    reported(town, 2, is_public=False)
    report = report_of(town, official)
    assert report.sections[0].sheet.by_name["reported"].value == 0
    assert report.sections[0].cells == []
    unsaid = report.sections[0].sheet.by_name["unlisted"].text
    assert unsaid == "moins de 5"
    assert unsaid in Reader(file.html(report)).text
    assert re.sub(r"\s", "", unsaid) in re.sub(r"\s", "", Pdf(paper.pdf(report)).text)


def test_the_file_loads_nothing_and_links_only_to_this_site(town, official, month_of_west, settings):
    settings.BASE_URL = "https://parvis.example"
    html = file.html(report_of(town, official))
    reader = Reader(html)
    assert reader.loads == []
    assert "link" not in reader.tags
    assert {urlsplit(link)[:2] for link in reader.links} == {("https", "parvis.example")}
    assert len(html.encode()) < 2_000_000
    # Links of documentation inside Leaflet and namespaces of SVG are no requests.
    assert "cdn" not in html
    assert "jquery" not in html.lower()
    assert "sourceMappingURL" not in html


def test_folium_s_shared_lists_stay_as_they_are(town, official, month_of_west):
    before = [*folium.Map.default_js], [*folium.Map.default_css]
    file.html(report_of(town, official))
    assert ([*folium.Map.default_js], [*folium.Map.default_css]) == before
    assert before[0], "control: there is something to leak"


@pytest.fixture
def hostile(town, official):
    town.pothole.name = HOSTILE
    town.pothole.save()
    for place in (town.west, town.east):
        place.name = HOSTILE
        place.save()
    reported(town, 6, category=town.pothole, public_address=HOSTILE, address=HOSTILE)
    return report_of(town, official)


def test_names_are_no_markup_in_the_file(hostile):
    reader = Reader(file.html(hostile))
    assert "img" not in reader.tags
    assert HOSTILE in reader.text
    assert reader.tags.count("script") == 2


def test_names_are_no_markup_on_paper(hostile):
    text = re.sub(r"\s", "", Pdf(paper.pdf(hostile)).text)
    assert re.sub(r"\s", "", HOSTILE) in text


def test_the_paper_is_tagged_and_its_pictures_have_words(town, official, month_of_west):
    pdf = Pdf(paper.pdf(report_of(town, official)))
    assert "/StructTreeRoot" in pdf.catalog
    assert pdf.catalog["/Lang"] == "fr"
    assert b"pdfuaid" in pdf.raw
    assert pdf.alternatives == 3


def test_letters_no_font_has_do_not_stop_the_paper(town, official):
    town.pothole.name = "中文 💡 حفرة \x0b"
    town.pothole.save()
    reported(town, 5, category=town.pothole)
    pdf = Pdf(paper.pdf(report_of(town, official)))
    assert "/StructTreeRoot" in pdf.catalog
    assert "Lampadaire" not in pdf.text


def test_an_empty_month_and_a_place_without_outline_have_a_report(town, official):
    town.west.boundaries.all().delete()
    report = report_of(town, official)
    assert "0" in Reader(file.html(report)).text
    assert Pdf(paper.pdf(report)).pages


def test_too_many_for_the_map_are_said(town, official, monkeypatch):
    monkeypatch.setattr("frontend.report.content.MOST_POINTS", 3)
    reported(town, 8)
    report = report_of(town, official)
    stock = report.sections[0].stocks[0]
    assert (len(stock.points), stock.left_out) == (3, 5)
    assert Reader(file.html(report)).text.count("Lampadaire en panne") < 20


def test_it_costs_the_same_for_ten_as_for_forty(town, official):
    def queries(count):
        reported(town, count - Alert.objects.count())
        forget()
        with CaptureQueriesContext(connection) as captured:
            report = report_of(town, official, choice=last_month())
            file.html(report), paper.pdf(report)
        return len(captured)

    queries(1)  # reads once what a process keeps
    assert queries(10) == queries(40)  # both have more than the first that are shown


@pytest.mark.parametrize("form", ["/", ".html", ".pdf"])
@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        (None, None, 302),
        (Role.RESIDENT, "west", 403),
        (Role.MODERATOR, "commune", 403),
        (Role.OFFICIAL, "east", 403),
        (Role.OFFICIAL, "west", 200),
        (Role.ADMINISTRATOR, "departement", 200),
    ],
)
def test_who_may_take_it(town, client, form, role, where, status):
    if role:
        client.force_login(town.person("qui@ville.example", role, territory=getattr(town, where)))
    assert client.get(WEST + form).status_code == status


def test_it_is_downloaded_under_its_name(town, client, official, month_of_west):
    client.force_login(official)
    month = last_month().span.since
    for form, kind in (("html", "text/html"), ("pdf", "application/pdf")):
        answer = client.get(f"{WEST}.{form}")
        assert answer["Content-Disposition"] == f'attachment; filename="rapport-ouest-{month:%Y-%m}.{form}"'
        assert answer["Content-Type"].startswith(kind)
        assert "no-store" in answer["Cache-Control"]
    answer = client.get(f"{WEST}.pdf", {"du": "2026-01-05", "au": "2026-01-20"})
    assert answer["Content-Disposition"].endswith('"rapport-ouest-2026-01-05_2026-01-20.pdf"')


@pytest.mark.parametrize(
    "given",
    [
        {"periode": "demain"},
        {"avec": "x"},
        {"du": "hier", "au": "2026-01-01"},
        {"du": "2026-02-30", "au": "2026-03-01"},
        {"au": "2026-02-01"},
        {"periode": "dates"},
        {"du": "2026-03-01", "au": "2026-02-01"},
        {"du": "2026-01-01", "au": "9999-12-31"},
        {"du": "0001-01-01", "au": "2026-01-01"},
        {"du": "-1", "au": "9" * 5000},
    ],
)
def test_what_cannot_be_understood_is_said_beside_the_field(town, client, official, given):
    client.force_login(official)
    for form in ("/", ".html", ".pdf"):
        answer = client.get(WEST + form, given)
        assert answer.status_code == 400
        assert "field__error" in answer.content.decode()


@pytest.mark.parametrize("name", ["4-semaines", "3-mois", "12-mois", "tout", "mois-dernier"])
@pytest.mark.parametrize("against", ["avant", "an", "rien"])
def test_each_period_has_a_report(town, client, official, month_of_west, name, against):
    client.force_login(official)
    given = {"periode": name, "avec": against}
    assert client.get(f"{WEST}.pdf", given).content.startswith(b"%PDF")
    assert client.get(f"{WEST}.html", given).status_code == 200


def test_a_limit_stops_who_takes_too_many(town, client, official, settings):
    settings.REPORTS_LIMIT = 2
    client.force_login(official)
    assert [client.get(f"{WEST}.pdf").status_code for _time in range(3)] == [200, 200, 429]
    assert client.get(f"{WEST}/").status_code == 200


def test_a_month_is_compared_with_the_month_before(town):
    choice = last_month()
    assert choice.against.until == choice.span.since
    assert choice.against.since.day == 1
    assert timezone.localdate() - choice.span.until < dt.timedelta(days=31)
