"""Every address there is. What is not here is not open."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as mfa_keys
from django.conf import settings
from django.urls import path

from plateward.web import (
    alert,
    alert_counts,
    alerts,
    camera_health,
    codes,
    demo,
    devices,
    downloads,
    downloads_steps,
    downloads_take,
    duties,
    faults_log,
    holds,
    holds_decide,
    holds_open,
    holds_place,
    home,
    lock,
    log,
    manage,
    media,
    media_drive,
    notice,
    notices,
    notices_browser,
    own_sessions,
    passkeys,
    practice,
    read,
    requests,
    reviews,
    saved,
    search,
    sign_in,
    single_sign_on,
    standing,
    suppress,
    trace,
)
from plateward.web import help as guide
from plateward.web.hotlists import add as hotlist_add
from plateward.web.hotlists import entries as hotlist_entries
from plateward.web.hotlists import files as hotlist_files
from plateward.web.hotlists import lists as hotlists
from plateward.web.people import everyone as people
from plateward.web.people import newcomer as people_new
from plateward.web.people import one as people_one
from plateward.web.policy import adopt as policy_adopt
from plateward.web.policy import clause as policy_clause
from plateward.web.policy import in_force as policy
from plateward.web.public import checkpoint
from plateward.web.public import pages as public

handler400 = "plateward.web.faults.bad_request"
handler403 = "plateward.web.faults.forbidden"
handler404 = "plateward.web.faults.not_found"
handler500 = "plateward.web.faults.server_error"

PUBLIC = [
    path("", public.everywhere, name="public"),
    path("city/<slug:city>/", public.city, name="public_city"),
    path("city/<slug:city>/policy/", public.policy, name="public_policy"),
    path("city/<slug:city>/cameras/", public.cameras, name="public_cameras"),
    path("city/<slug:city>/deletions/", public.deletions, name="public_deletions"),
    path("city/<slug:city>/deletions/<str:day>.jsonl", public.deletion, name="public_deletion"),
    path("checkpoint", checkpoint.plain, name="public_checkpoint"),
]
# allauth's own map would open sign-up, e-mail and password reset, which have no place here.
ACCOUNT = [
    path("sign-in/", notice.sign_in, name="account_login"),
    path("sign-in/notice/", notice.accept, name="notice"),
    path("sign-in/by/<slug:provider_id>/", single_sign_on.begin, name="openid_connect_login"),
    path(
        "sign-in/by/<slug:provider_id>/back/", single_sign_on.back, name="openid_connect_callback"
    ),
    path("sign-in/code/", mfa.authenticate, name="mfa_authenticate"),
    path("sign-in/closed/", account.account_inactive, name="account_inactive"),
    path("sign-out/", account.logout, name="account_logout"),
    path("account/", mfa.index, name="mfa_index"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/authenticator/", sign_in.SetUpAuthenticator.as_view(), name="mfa_activate_totp"),
    path("account/authenticator/off/", sign_in.TakeOff.as_view(), name="mfa_deactivate_totp"),
    path("account/codes/", codes.Show.as_view(), name="mfa_view_recovery_codes"),
    path("account/codes/new/", codes.Make.as_view(), name="mfa_generate_recovery_codes"),
    path("account/confirm/key/", passkeys.Confirm.as_view(), name="mfa_reauthenticate_webauthn"),
    path("account/keys/", mfa_keys.list_webauthn, name="mfa_list_webauthn"),
    path("account/keys/new/", passkeys.Add.as_view(), name="mfa_add_webauthn"),
    path("account/keys/<int:pk>/", passkeys.Rename.as_view(), name="mfa_edit_webauthn"),
    path("account/keys/<int:pk>/remove/", passkeys.Remove.as_view(), name="mfa_remove_webauthn"),
    path("account/sessions/", own_sessions.page, name="usersessions_list"),
    path("locked/", lock.page, name="locked"),
    path("locked/now/", lock.now, name="lock"),
    path("session/", lock.state, name="session"),
]
STAFF = [
    path("home/", home.page, name="home"),
    path("search/", search.page, name="search"),
    path("search/saved/", saved.page, name="saved"),
    path("search/saved/keep/", saved.keep, name="saved_keep"),
    path("search/saved/<slug:reference>/", saved.one, name="saved_one"),
    path("search/saved/<slug:reference>/delete/", saved.delete, name="saved_delete"),
    path("read/<int:read>/", read.page, name="read"),
    path("alerts/", alerts.page, name="alerts"),
    path("alerts/stream/", alerts.stream, name="alerts_stream"),
    path("alerts/counts/", alert_counts.page, name="alert_counts"),
    path("manage/<slug:city>/alerts/", alert_counts.page, name="alert_counts_city"),
    path("alerts/suppressed/", suppress.page, name="suppressions"),
    path("alerts/suppressed/<slug:city>/", suppress.of_plate, name="suppression_new"),
    path(
        "alerts/suppressed/<slug:city>/<int:suppression>/end/",
        suppress.end,
        name="suppression_end",
    ),
    path("alerts/<int:alert>/", alert.page, name="alert"),
    path("alerts/<int:alert>/verify/", alert.verify, name="alert_verify"),
    path("alerts/<int:alert>/reject/", alert.reject, name="alert_reject"),
    path("alerts/<int:alert>/pass-on/", alert.pass_on, name="alert_pass_on"),
    path("alerts/<int:alert>/close/", alert.close, name="alert_close"),
    path("alerts/<int:alert>/suppress/", suppress.of_alert, name="alert_suppress"),
    path("requests/", requests.page, name="requests"),
    path("requests/ask/", requests.ask, name="request_ask"),
    path("requests/<slug:reference>/", requests.answer, name="request"),
    path("requests/<slug:reference>/close/", requests.close, name="request_close"),
    path("reviews/ask/", reviews.ask, name="review_ask"),
    path("reviews/<slug:reference>/", reviews.answer, name="review"),
    path("log/", log.own, name="log"),
    path("log/own/<int:index>/", log.own_entry, name="log_own_entry"),
    path("log/<slug:city>/", log.of_city, name="log_city"),
    path("log/<slug:city>/export/", log.download, name="log_download"),
    path("log/<slug:city>/<int:index>/", log.city_entry, name="log_entry"),
    path("manage/", manage.page, name="manage"),
    path("manage/<slug:city>/people/", people.page, name="people"),
    path("manage/<slug:city>/people/new/", people_new.page, name="people_new"),
    path("manage/<slug:city>/people/changes/", people.changes, name="people_changes"),
    path("manage/<slug:city>/people/<int:number>/", people_one.page, name="person"),
    path("manage/<slug:city>/policy/", policy.page, name="policy"),
    path("manage/<slug:city>/policy/versions/<int:number>/", policy.version, name="policy_version"),
    path("manage/<slug:city>/policy/draft/", policy_adopt.text, name="policy_text"),
    path("manage/<slug:city>/policy/draft/changes/", policy_adopt.changes, name="policy_changes"),
    path("manage/<slug:city>/policy/draft/adopt/", policy_adopt.put_in_force, name="policy_adopt"),
    path("manage/<slug:city>/policy/draft/discard/", policy_adopt.discard, name="policy_discard"),
    path(
        "manage/<slug:city>/policy/clauses/<str:clause>/", policy_clause.page, name="policy_clause"
    ),
    path("manage/<slug:city>/devices/", devices.page, name="devices"),
    path("manage/<slug:city>/devices/<int:number>/", devices.one, name="device"),
    path("manage/<slug:city>/devices/<int:number>/unlink/", devices.unlink, name="device_unlink"),
    path("manage/<slug:city>/media/", media.page, name="media"),
    path("manage/<slug:city>/media/<int:number>/", media_drive.page, name="media_drive"),
    path(
        "manage/<slug:city>/media/<int:number>/steps/<int:row>/",
        media_drive.correct,
        name="media_step",
    ),
    path(
        "manage/<slug:city>/media/<int:number>/steps/<int:row>/receipt/",
        media_drive.receipt,
        name="media_receipt",
    ),
    path("downloads/take/", downloads_take.page, name="download_take"),
    path("manage/<slug:city>/downloads/", downloads.page, name="downloads"),
    path("manage/<slug:city>/downloads/<int:number>/", downloads.one, name="download"),
    path("manage/<slug:city>/downloads/<int:number>/key/", downloads_take.key, name="download_key"),
    path(
        "manage/<slug:city>/downloads/<int:number>/receipt/",
        downloads.receipt,
        name="download_receipt",
    ),
    path(
        "manage/<slug:city>/downloads/<int:number>/<slug:step>/",
        downloads_steps.act,
        name="download_step",
    ),
    path("manage/<slug:city>/notices/", notices.page, name="notices"),
    path("manage/<slug:city>/notices/new/<slug:kind>/", notices.new, name="notices_new"),
    path("manage/<slug:city>/notices/change/", notices.change, name="notices_change"),
    path("manage/<slug:city>/holds/", holds.page, name="holds"),
    path("manage/<slug:city>/holds/new/", holds_place.place, name="hold_new"),
    path("manage/<slug:city>/holds/emergency/", holds_place.preserve, name="hold_preserve"),
    path("manage/<slug:city>/holds/<int:number>/", holds.one, name="hold"),
    path("manage/<slug:city>/holds/<int:number>/decide/", holds_decide.decide, name="hold_decide"),
    path("manage/<slug:city>/holds/<int:number>/review/", holds_decide.review, name="hold_review"),
    path(
        "manage/<slug:city>/holds/<int:number>/release/", holds_decide.release, name="hold_release"
    ),
    path("manage/<slug:city>/holds/<int:number>/paper/", holds_decide.paper, name="hold_paper"),
    path("manage/<slug:city>/holds/<int:number>/open/", holds_open.held, name="hold_open"),
    path(
        "manage/<slug:city>/holds/emergency/<int:number>/review/",
        holds_decide.preserved_review,
        name="preserved_review",
    ),
    path(
        "manage/<slug:city>/holds/emergency/<int:number>/end/",
        holds_decide.preserved_end,
        name="preserved_end",
    ),
    path(
        "manage/<slug:city>/holds/emergency/<int:number>/paper/",
        holds_decide.preserved_paper,
        name="preserved_paper",
    ),
    path(
        "manage/<slug:city>/holds/emergency/<int:number>/open/",
        holds_open.preserved,
        name="preserved_open",
    ),
    path("account/notices/", notices_browser.page, name="notices_browser"),
    path("manage/<slug:city>/hotlists/", hotlists.page, name="hotlists"),
    path("manage/<slug:city>/hotlists/add/", hotlist_add.page, name="hotlist_add"),
    path("manage/<slug:city>/hotlists/file/", hotlist_files.page, name="hotlist_file"),
    path("manage/<slug:city>/hotlists/files/<int:number>/", hotlists.report, name="hotlist_report"),
    path("manage/<slug:city>/hotlists/entries/", hotlist_entries.page, name="hotlist_entries"),
    path(
        "manage/<slug:city>/hotlists/entries/<int:number>/",
        hotlist_entries.one,
        name="hotlist_entry",
    ),
    path(
        "manage/<slug:city>/hotlists/entries/<int:number>/past/",
        hotlist_add.look_back,
        name="hotlist_past",
    ),
    path("standing/", standing.page, name="standing"),
    path("help/", guide.page, name="help"),
    path("help/<slug:city>/", guide.of_city, name="help_city"),
    path("practice/", practice.choose, name="practice_choose"),
    path("practice/<slug:city>/", practice.page, name="practice"),
    path("duties/", duties.page, name="duties"),
    path("clauses/<slug:city>/", trace.page, name="trace"),
    path("duties/<slug:city>/cameras/", camera_health.page, name="camera_health"),
    path("duties/<slug:city>/faults/", faults_log.page, name="faults"),
    path("duties/<slug:city>/faults/<int:fault>/close/", faults_log.close, name="fault_close"),
    path("duties/<slug:city>/<slug:code>/", duties.record, name="duty"),
]
# The present codes of the demo people: no such address outside a demonstration.
DEMO = [path("demo/codes/", demo.codes, name="demo_codes")] if settings.DEMO else []
urlpatterns = [*PUBLIC, *ACCOUNT, *STAFF, *DEMO]
