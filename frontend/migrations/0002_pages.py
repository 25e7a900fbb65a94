"""The texts every French town must publish, to be completed by it."""

from django.db import migrations

ABOUT = """\
Parvis, c'est la place devant la mairie : l'endroit où habitants et services se retrouvent. Ici, chacun peut **signaler** un problème, **suivre** ce qui se passe dans son quartier et **savoir qui est compétent**.

## Comment cela marche

1. Vous montrez le lieu sur la carte et vous dites ce qui ne va pas.
2. Le lieu et le sujet désignent le service compétent. Vous voyez tout de suite lequel, et pourquoi.
3. Le service répond publiquement, à chaque étape.
4. Tout le monde peut suivre la suite sur la carte.

## Un logiciel libre

Parvis est un logiciel libre, publié sous licence AGPL-3.0. Les données publiques du site sont téléchargeables sur la page [Données](/donnees/). Les cartes sont affichées avec Leaflet.
"""

LEGAL = """\
## Éditeur

[à compléter : nom de la collectivité, adresse, téléphone, adresse électronique, numéro SIRET]

Directeur ou directrice de la publication : [à compléter : nom et qualité].

## Hébergeur

[à compléter : nom, adresse et téléphone de l'hébergeur]

## Contributions du public

Les signalements sont publiés avec leur lieu, leur catégorie, leur description et leurs photos. N'y mettez ni nom, ni visage, ni plaque d'immatriculation. Pour signaler un contenu illicite : [à compléter : adresse électronique].

## Propriété intellectuelle

Les données publiques sont réutilisables sous la licence indiquée sur la page [Données](/donnees/). Le logiciel Parvis est publié sous licence AGPL-3.0.
"""

PRIVACY = """\
Le responsable du traitement est [à compléter : nom de la collectivité]. La délégation à la protection des données se joint à l'adresse [à compléter : adresse du ou de la DPO].

## Ce que nous gardons, et pourquoi

| Données | Pour quoi faire | Combien de temps |
| --- | --- | --- |
| Adresse électronique (facultative) | Vous répondre et vous prévenir à chaque étape | [à compléter : durée] |
| Lieu, description et photos du signalement | Traiter le problème ; ils sont publics | [à compléter : durée] |
| Compte : adresse, nom public, abonnements | Vous reconnaître et tenir vos abonnements | jusqu'à la fermeture du compte, trois ans au plus après la dernière connexion |

La base légale est la mission d'intérêt public (article 6, paragraphe 1, point e du RGPD). Les données de position et d'appareil que contiennent les photos sont effacées à leur réception.

## Qui y a accès

Votre adresse électronique n'est jamais publiée. Seuls y ont accès les agents du service saisi et l'administration du site, dans la limite de leur mandat.

## Témoins de connexion

Le site n'utilise que les témoins nécessaires à son fonctionnement : la session et la protection des formulaires. Il n'y a ni publicité, ni mesure d'audience par un tiers.

## Vos droits

Vous pouvez demander à consulter, corriger, récupérer ou effacer vos données, et vous opposer à leur traitement, à l'adresse [à compléter : adresse du ou de la DPO]. Avec un compte, vous le faites vous-même depuis la page de votre compte. Vous pouvez aussi saisir la [CNIL](https://www.cnil.fr/fr/plaintes).
"""

ACCESSIBILITY = """\
[à compléter : nom de la collectivité] s'engage à rendre ce site accessible, conformément à l'article 47 de la loi n° 2005-102 du 11 février 2005.

## État de conformité

Ce site n'a pas encore été audité : au sens de la loi, il est donc « non conforme » au référentiel général d'amélioration de l'accessibilité (RGAA 4.1). [à compléter : résultat et date de l'audit]

## Ce que nous faisons

- Chaque carte est accompagnée d'une liste qui dit la même chose, avec les mêmes filtres.
- Un lieu se choisit à la souris, au doigt, au clavier ou par ses coordonnées.
- La lecture et les formulaires fonctionnent sans JavaScript.
- Les couleurs ne portent jamais seules une information.

## Contenus non accessibles

[à compléter : liste des non-conformités et des dérogations]

## Nous écrire

Si vous n'arrivez pas à accéder à un contenu ou à un service, écrivez à [à compléter : adresse électronique] : nous vous répondrons et vous donnerons l'information sous une autre forme.

## Voie de recours

Si nous ne vous répondons pas, vous pouvez écrire au [Défenseur des droits](https://formulaire.defenseurdesdroits.fr/) ou contacter son délégué dans votre région.
"""

PAGES = {
    "a-propos": ("À propos", ABOUT),
    "mentions-legales": ("Mentions légales", LEGAL),
    "confidentialite": ("Confidentialité", PRIVACY),
    "accessibilite": ("Accessibilité", ACCESSIBILITY),
}


def write(apps, schema_editor):
    """Where a page exists already, the town's own text stays."""
    pages = apps.get_model("frontend", "ContentPage").objects
    for slug, (title, body) in PAGES.items():
        pages.get_or_create(slug=slug, defaults={"title": title, "body": body})


class Migration(migrations.Migration):
    dependencies = [("frontend", "0001_initial")]
    operations = [migrations.RunPython(write, migrations.RunPython.noop)]
