"""The page on privacy tells what a device keeps. What a town has written itself about it stays as it is."""

from django.db import migrations

BEFORE = "## Vos droits"
DEVICE = """\
## Ce que votre appareil garde

Ce que vous écrivez dans un signalement, avec ses photos, est gardé au fur et à mesure sur votre appareil, pour que rien ne se perde sans réseau. Nous n'en savons rien avant l'envoi, sauf des photos que la page nous a déjà transmises : elles sont effacées un jour plus tard si le signalement ne part pas.

- **Un brouillon** reste jusqu'à son envoi, ou trente jours après la dernière modification. Un envoi que nous avons refusé attend votre correction pendant quatre-vingt-dix jours. Un envoi qui n'a pas pu partir en trente jours ne part plus sans votre accord, et est effacé après quatre-vingt-dix jours.
- **Dès l'envoi**, les photos, votre adresse et vos réponses quittent l'appareil. Le titre y reste sept jours ; le lien de suivi, jusqu'à ce que vous l'effaciez.
- **Pour tout effacer** : page [Brouillons et envois de cet appareil](/brouillons/), bouton « Tout effacer de cet appareil ».
- **Quand vous vous déconnectez**, tout est effacé. S'il reste quelque chose à envoyer, nous vous demandons d'abord si vous préférez le garder.

Toute personne qui utilise le même appareil peut lire ce qu'il garde sans compte : sur un appareil partagé, effacez-le en partant.

"""


def write(apps, schema_editor):
    pages = apps.get_model("frontend", "ContentPage").objects
    for page in pages.filter(slug="confidentialite").exclude(body__contains="/brouillons/"):
        head, before, tail = page.body.partition(BEFORE)
        page.body = f"{head}{DEVICE}{before}{tail}" if before else f"{head.rstrip()}\n\n{DEVICE.rstrip()}\n"
        page.save(update_fields=["body"])


class Migration(migrations.Migration):
    dependencies = [("frontend", "0002_pages")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
