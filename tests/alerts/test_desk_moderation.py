"""What the public does not see: who may hide, what is undone, and that a blurred face is gone."""

import io

import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import Role
from alerts import services
from alerts.models import AlertPhoto, Category, Moderation
from alerts.trace import hidden_steps, public_trace
from common.images import blurred
from engagement.activity.models import Activity
from tests.alerts.conftest import upload
from tests.alerts.desk import report

pytestmark = pytest.mark.django_db
QUEUE = "/agents/moderation/"


def noise(size=(400, 300)) -> bytes:
    """A photo on which every pixel differs from its neighbours, as a face close by does."""
    pixels = np.random.default_rng(3).integers(0, 255, (size[1] // 10, size[0] // 10, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST).save(out, "JPEG", quality=95)
    return out.getvalue()


def with_photo(town, **changes):
    kept = services.keep_photo(file=upload(noise())).photo
    alert = report(town, photo_tokens=[kept.token], **changes)
    return alert, alert.photos.get()


def pixels(photo) -> np.ndarray:
    with photo.image.open("rb") as file:
        return np.asarray(Image.open(io.BytesIO(file.read())), dtype=float)


@pytest.fixture
def moderator(town):
    return town.person("moderation@ville.example", Role.MODERATOR)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_blurred_is_gone_for_good_and_nothing_keeps_it(town, moderator):
    alert, photo = with_photo(town)
    before, files, token = pixels(photo), (photo.image.name, photo.thumbnail.name), photo.token
    photo = services.blur_photo(photo=photo, areas=[(0.25, 0.25, 0.5, 0.5)], actor=moderator)
    after = pixels(photo)
    inside, outside = (slice(80, 220), slice(105, 295)), (slice(0, 60), slice(0, 90))
    # What tells neighbouring blocks of a face apart is gone inside, and as it was outside.
    assert after[inside].std() < before[inside].std() / 3
    assert abs(after[outside] - before[outside]).mean() < 8
    correlation = np.corrcoef(before[inside].ravel(), after[inside].ravel())[0, 1]
    assert abs(correlation) < 0.35
    assert not any(default_storage.exists(name) for name in files)
    assert photo.token != token
    assert photo.is_blurred
    with photo.thumbnail.open("rb") as file:
        small = np.asarray(Image.open(io.BytesIO(file.read())), dtype=float)
    assert small[inside].std() < before[inside].std() / 3
    assert alert.events.last().data == {"photo": photo.pk, "areas": 1}
    assert not alert.events.last().is_public


def test_the_old_files_stay_where_the_transaction_fails(town, moderator, django_capture_on_commit_callbacks):
    _alert, photo = with_photo(town)
    with django_capture_on_commit_callbacks(execute=False):
        services.blur_photo(photo=photo, areas=[(0, 0, 0.5, 0.5)], actor=moderator)
    assert default_storage.exists(photo.image.name)


NONE = [(0, 0, 0, 0.5), (1, 0, 0.5, 0.5), (-0.1, 0, 1, 1), (0, 0, float("nan"), 1), (0, 0, 2, 1)]


@pytest.mark.parametrize("area", NONE)
def test_an_area_that_is_none_is_refused(area):
    with pytest.raises(ValueError, match="not an area"):
        blurred(io.BytesIO(noise()), [area])


def test_areas_are_drawn_or_typed_in_percent(town, phone, moderator):
    category = Category.objects.filter(pk=town.street_light.pk)
    category.update(photos_checked=True)
    alert, photo = with_photo(town, category=category.get())
    assert photo.state == AlertPhoto.State.WAITING
    phone.force_login(moderator)
    address = f"{QUEUE}photos/{photo.token}/"
    assert phone.get(address).status_code == 200
    form = {"area-TOTAL_FORMS": "2", "area-INITIAL_FORMS": "0"}
    wrong = [
        {},
        form,
        form | {"area-0-left": "10"},
        form | {"area-0-left": "x", "area-0-top": "1", "area-0-width": "5", "area-0-height": "5"},
        form | {"area-0-left": "nan", "area-0-top": "1", "area-0-width": "5", "area-0-height": "5"},
        form | {"area-0-left": "-1", "area-0-top": "1", "area-0-width": "500", "area-0-height": "5"},
        {"area-TOTAL_FORMS": "99999", "area-INITIAL_FORMS": "0"},
    ]
    for given in wrong:
        assert phone.post(address, given).status_code == 422, given
    area = {"area-0-left": "10", "area-0-top": "10.5", "area-0-width": "30", "area-0-height": "20"}
    assert phone.post(address, form | area | {"publish": "1"}).url == f"{QUEUE}{alert.reference}/"
    photo.refresh_from_db()
    assert (photo.state, photo.is_blurred) == (AlertPhoto.State.SHOWN, True)
    assert phone.get(address).status_code == 404  # its address is a new one


@pytest.mark.parametrize("target", ["text", "photo", "step", "alert"])
def test_each_thing_is_hidden_with_a_trace_and_shown_again(town, moderator, agent, target):
    alert, photo = with_photo(town)
    services.apply(alert=alert, transition="plan", actor=agent, message="Appelez M. Untel.")
    step = alert.events.last()
    part = {"photo": {"photo": photo}, "step": {"step": step}}.get(target, {})

    def seen():
        alert.refresh_from_db()
        photo.refresh_from_db()
        return {
            "text": not alert.text_hidden,
            "photo": photo.state == "shown",
            "step": step.pk not in hidden_steps(alert),
            "alert": alert.is_public,
        }

    def told():
        return Activity.objects.public().filter(summary__contains="Untel").exists()

    hide = {"alert": alert, "actor": moderator, "target": target, "reason": "personal", **part}
    hidden = services.hide(**hide)
    assert services.hide(**hide) == hidden
    assert seen() == {"text": True, "photo": True, "step": True, "alert": True} | {target: False}
    assert told() == (target in ("text", "photo"))
    (trace,) = public_trace(alert)
    assert trace.why == Moderation.Reason.PERSONAL.label
    assert trace.lifted is None
    for _time in range(2):
        services.lift(moderation=hidden, actor=moderator)
    assert all(seen().values())
    assert told()
    (trace,) = public_trace(alert)
    assert trace.lifted is not None
    assert [one.transition for one in alert.events.all()][-2:] == ["hide", "lift"]


def test_a_hidden_message_stays_hidden_when_the_whole_report_is_shown_again(town, moderator, agent):
    alert = services.apply(alert=report(town), transition="plan", actor=agent, message="Appelez M. Untel.")
    services.hide(alert=alert, actor=moderator, target="step", step=alert.events.last(), reason="personal")
    whole = services.hide(alert=alert, actor=moderator, target="alert", reason="offensive")
    services.lift(moderation=whole, actor=moderator)
    assert not Activity.objects.public().filter(summary__contains="Untel").exists()
    assert Activity.objects.public().filter(verb="alerts.reported").exists()


def test_qualifying_does_not_show_what_was_hidden(town, moderator, agent):
    Category.objects.filter(pk=town.street_light.pk).update(visibility="reviewed")
    town.street_light.refresh_from_db()
    alert = services.apply(alert=report(town), transition="qualify", actor=agent)
    assert alert.is_public
    services.apply(alert=alert, transition="ask", actor=agent, message="Où ?")
    services.hide(alert=alert, actor=moderator, target="alert", reason="offensive")
    assert not services.apply(alert=alert, transition="qualify", actor=agent).is_public


def test_the_trace_says_which_service_and_never_what(town, agent):
    alert = report(town)
    services.hide(alert=alert, actor=agent, target="text", reason="personal", note="Nomme son voisin.")
    (trace,) = public_trace(alert)
    assert trace.by == "Service éclairage"
    assert "voisin" not in repr(trace)
    assert alert.description not in repr(trace)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.RESIDENT, False),
        (Role.OFFICIAL, False),
        (Role.GIS_OFFICER, False),
        ("other service", False),
        ("other town", False),
        (Role.AGENT, True),
        (Role.MODERATOR, True),
        (Role.ADMINISTRATOR, True),
    ],
)
def test_who_may_moderate(town, phone, role, allowed):
    alert, photo = with_photo(town)
    special = {
        "other service": (Role.AGENT, {"body": town.road_service}),
        "other town": (Role.MODERATOR, {"territory": town.village}),
    }
    kind, more = special.get(role, (role, {"body": town.light_service} if role == Role.AGENT else {}))
    person = town.person("q@q.example", kind, **more)
    phone.force_login(person)
    given = {"do": "hide", "target": "text", "reason": "personal"}
    assert phone.post(f"{QUEUE}{alert.reference}/", given).status_code == (302 if allowed else 403)
    alert.refresh_from_db()
    assert alert.text_hidden == allowed
    assert phone.get(f"{QUEUE}photos/{photo.token}/").status_code == (200 if allowed else 403)
    if not allowed:
        with pytest.raises(PermissionDenied):
            services.blur_photo(photo=photo, areas=[(0, 0, 1, 1)], actor=person)
        with pytest.raises(PermissionDenied):
            services.publish_photo(photo=photo, actor=person)


def test_a_moderator_finds_the_way_there(phone, moderator):
    phone.force_login(moderator)
    assert f'href="{QUEUE}"' in phone.get("/a-propos/").content.decode()


def test_waiting_photos_are_published_or_hidden_from_their_queue(town, phone, moderator):
    category = Category.objects.filter(pk=town.street_light.pk)
    category.update(photos_checked=True)
    alert, first = with_photo(town, category=category.get())
    _other, second = with_photo(town, category=category.get())
    phone.force_login(moderator)
    assert list(phone.get(QUEUE).context["page"]) == [first, second]
    one = f"{QUEUE}{alert.reference}/"
    assert phone.post(one, {"do": "publish", "photo": first.pk, "from": "waiting"}).url == QUEUE
    assert phone.post(one, {"do": "publish", "photo": second.pk}).status_code == 404  # of another report
    assert list(phone.get(QUEUE).context["page"]) == [second]
    first.refresh_from_db()
    assert first.state == AlertPhoto.State.SHOWN
    assert (
        phone.post(one, {"do": "hide", "target": "photo", "photo": first.pk, "reason": "off_topic"}).status_code == 302
    )
    assert list(phone.get(QUEUE).context["hidden"]) == [Moderation.objects.get()]
    assert phone.post(one, {"do": "lift", "moderation": Moderation.objects.get().pk}).status_code == 302


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, 422),
        ({"do": "hide", "target": "text"}, 422),
        ({"do": "hide", "target": "text", "reason": "because"}, 422),
        ({"do": "hide", "target": "x", "reason": "personal"}, 302),
        ({"do": "hide", "target": "photo", "reason": "personal", "photo": "-1"}, 404),
        ({"do": "hide", "target": "step", "reason": "personal", "step": "9" * 40}, 404),
        ({"do": "lift", "moderation": "x"}, 404),
        ({"do": "publish"}, 404),
    ],
)
def test_nonsense_hides_nothing(town, phone, moderator, given, status):
    alert = report(town)
    phone.force_login(moderator)
    assert phone.post(f"{QUEUE}{alert.reference}/", given).status_code == status
    assert not Moderation.objects.exists()
