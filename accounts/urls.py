"""Only the pages we offer: no password, no sign-up page, no list of connected accounts.

Names are allauth's own where allauth looks them up.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from accounts import views

sign_in = views.SignInView.as_view()
to_sign_in = RedirectView.as_view(pattern_name="account_login", query_string=True)
to_second_factor = RedirectView.as_view(pattern_name="mfa_reauthenticate", query_string=True)

urlpatterns = [
    path("compte/", views.account, name="account_home"),
    path("compte/mes-donnees.json", views.export, name="account_export"),
    path("compte/fermer/", views.close, name="account_close"),
    path("compte/cles/", views.access_keys, name="account_keys"),
    path("compte/cles/<int:pk>/revoquer/", views.revoke_key, name="account_key_revoke"),
    path("confirmer/<str:token>/", views.confirm, name="account_confirm"),
    path("compte/langue/", set_language, name="set_language"),
    path("compte/connexion/demo/<int:pk>/", views.demo_sign_in, name="account_demo"),
    path("compte/connexion/", sign_in, name="account_request_login_code"),
    path("compte/connexion/", sign_in, name="account_login"),
    path("compte/connexion/code/", account.confirm_login_code, name="account_confirm_login_code"),
    path("compte/connexion/adresse/", account.email_verification_sent, name="account_email_verification_sent"),
    path("compte/connexion/suspendu/", account.account_inactive, name="account_inactive"),
    path("compte/connexion/second-facteur/", mfa.authenticate, name="mfa_authenticate"),
    path("compte/inscription/", to_sign_in, name="account_signup"),
    path("compte/deconnexion/", account.logout, name="account_logout"),
    path("compte/confirmer/", to_second_factor, name="account_reauthenticate"),
    path("compte/securite/", mfa.index, name="mfa_index"),
    path("compte/securite/confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("compte/securite/application/", totp.activate_totp, name="mfa_activate_totp"),
    path("compte/securite/application/retirer/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("compte/securite/codes/", recovery.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("compte/securite/codes/nouveaux/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("compte/securite/codes/fichier/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
]
if settings.OIDC_PROVIDERS:
    urlpatterns += [
        path("compte/fournisseur/inscription/", social.signup, name="socialaccount_signup"),
        path("compte/fournisseur/annule/", social.login_cancelled, name="socialaccount_login_cancelled"),
        path("compte/fournisseur/erreur/", social.login_error, name="socialaccount_login_error"),
        path("compte/fournisseur/", to_sign_in, name="socialaccount_connections"),
        path("compte/", include("allauth.socialaccount.providers.openid_connect.urls")),
    ]
