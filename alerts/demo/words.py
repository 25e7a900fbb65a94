"""What residents and services of the demo city say to each other after a report. French, as the town is."""

# For each report of a kind (alerts.demo.texts), which of its answers fit; where missing, any does.
FITTING = {
    "lampadaire": ((0,), (0,), (1,), (0,), (2,)),
    "nid-de-poule": ((0,), (1,), (2,), (0, 1)),
    "trottoir": ((0,), (1,), (1,), (2,)),
    "feu-panneau": ((0,), (1,), (2,)),
    "graffiti": ((0,), (1,), (0,)),
    "corbeille": ((0,), (1,), (0,)),
    "arbre": ((0,), (1,), (2,)),
    "aire-de-jeux": ((1,), (0,), (2,)),
    "bac": ((0,), (1,), (2,)),
    "fuite": ((0,), (1,), (1,)),
}
# The reports and answers of a kind that its picture (alerts.demo.scenes) shows.
PICTURED = {
    "lampadaire": ({0, 2}, {0, 1}),
    "nid-de-poule": ({0, 3}, {0}),
    "trottoir": ({0}, {0}),
    "feu-panneau": ({1}, {1}),
    "depot-sauvage": ({0}, {0, 2}),
    "graffiti": ({0, 2}, {0}),
    "corbeille": ({0}, {0}),
    "arbre": ({0}, {0}),
    "aire-de-jeux": ({0}, {1}),
    "bac": ({1}, {1}),
    "fuite": ({0}, {0}),
    "stationnement": ({0}, {0}),
}
# What the form asked of a street light, for each of its reports.
LAMP_STATES = ("eteint", "clignote", "eteint", "jour", "abime")
NOT_FOUND = (
    "Notre équipe est passée et n'a rien trouvé à cette adresse. Si le problème est toujours là, dites-nous où, à "
    "quelques mètres près.",
    "Nous avons cherché de part et d'autre de la rue, sans rien voir. Une photo nous aiderait.",
)
QUESTIONS = (
    ("De quel côté de la rue est-ce, pair ou impair ?", "Du côté impair, juste après le passage piéton."),
    ("Est-ce toujours le cas ? Nos agents n'ont rien vu en passant mardi.", "Oui, je viens de vérifier ce matin."),
    (
        "Pouvez-vous nous dire à quelle hauteur de la rue, par exemple devant quel commerce ?",
        "C'est devant l'ancienne mercerie, à côté du porche.",
    ),
    (
        "Auriez-vous une photo à nous envoyer ?",
        "Je n'ai pas pu en prendre, mais c'est bien visible depuis l'arrêt de bus.",
    ),
)
NO_ANSWER = "Sans réponse à notre question, nous fermons ce signalement. Écrivez-nous de nouveau si le problème dure."
TRANSFERRED = {
    "stationnement": (
        "voirie",
        "La direction de la voirie posera des potelets : nous lui transmettons votre signalement.",
    ),
    "autre": ("proprete", "Cela relève de la direction de la propreté : nous lui transmettons votre signalement."),
}
WITHDRAWN = ("C'est réparé, merci !", "Le problème a disparu, vous pouvez fermer.")
NEWS_OF_REPORTER = (
    "C'est un peu pire depuis hier.",
    "Toujours rien de nouveau ce matin, je me permets de vous relancer.",
    "Un voisin a mis un cône en attendant.",
)
NEWS_OF_SERVICE = (
    "La pièce est commandée, elle arrive la semaine prochaine.",
    "L'équipe est retardée par la pluie : nous passerons dès que possible.",
    "Une signalisation provisoire a été posée en attendant les travaux.",
)
NOTES = (
    "Voir avec le concessionnaire avant d'ouvrir.",
    "Déjà intervenus ici l'an dernier : prévoir une reprise plus large.",
    "Accès par la cour, demander la clé au gardien.",
)
PRAISE = ("Rapide et propre, merci à l'équipe.", "Très bien, merci.", "")
BLAME = ("Travail à moitié fait.", "Le problème est revenu deux jours après.", "")
CONTESTED = (
    "Ce n'est pas réparé : j'y suis passé ce matin, rien n'a changé.",
    "Le problème est revenu après deux jours.",
)
AGAIN = "Merci de nous l'avoir dit. Nous y retournons."
FIXED_AGAIN = "Repris entièrement cette fois, avec un contrôle une semaine après."

# Title, act, category or "", text.
TEMPLATES = (
    (
        "Bien reçu",
        "qualify",
        "",
        "Bonjour, merci de votre signalement. Une équipe ira voir sur place dans les prochains jours ; vous serez "
        "informé de la suite.",
    ),
    (
        "Passage prévu",
        "plan",
        "",
        "Bonjour, l'intervention est prévue. Selon la météo, elle peut glisser d'un jour ou deux : nous vous "
        "tiendrons informé.",
    ),
    (
        "Pièce en commande",
        "plan",
        "lampadaire",
        "Bonjour, la panne est trouvée. La pièce est commandée ; la lampe sera réparée dès qu'elle arrive. Merci de "
        "votre patience.",
    ),
    (
        "Où exactement ?",
        "ask",
        "",
        "Bonjour, nous n'arrivons pas à situer le problème. Pouvez-vous nous dire devant quel numéro, ou joindre une "
        "photo prise d'un peu plus loin ?",
    ),
    (
        "C'est réparé",
        "resolve",
        "",
        "Bonjour, c'est réparé. Merci de nous avoir prévenus. Dites-nous si quelque chose ne va pas.",
    ),
    (
        "Trou rebouché, reprise au printemps",
        "resolve",
        "nid-de-poule",
        "Bonjour, le trou est rebouché à l'enrobé à froid. La chaussée sera reprise plus largement au "
        "printemps, quand il fera assez chaud.",
    ),
    (
        "Rien trouvé",
        "not_found",
        "",
        "Bonjour, nous sommes passés et n'avons rien trouvé. Si le problème est toujours là, signalez-le de "
        "nouveau avec une photo : nous reviendrons.",
    ),
    (
        "Domaine privé",
        "reject",
        "",
        "Bonjour, cet endroit est privé : la Ville ne peut pas y intervenir. Nous vous conseillons d'écrire "
        "au syndic ou au propriétaire. Votre signalement n'est pas perdu pour autant : nous en gardons la "
        "trace.",
    ),
    (
        "Pour un autre service",
        "transfer",
        "",
        "Bonjour, ce n'est pas notre service qui s'en occupe ; nous transmettons votre signalement à celui "
        "qui peut agir. Vous n'avez rien à refaire.",
    ),
)
